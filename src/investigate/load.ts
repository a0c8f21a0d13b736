import { clientFindings } from "#src/analyse/findings/client.js";
import { endpointFailed, isHung } from "#src/analyse/findings/measurement.js";
import { sweepFindings } from "#src/analyse/findings/sweep.js";
import { KnownError, messageOf } from "#src/errors.js";
import type { Load } from "#src/model/load.js";
import type { Window } from "#src/model/measurement.js";
import type { LoadRun } from "#src/model/run.js";
import { type EndpointRequest, endpointName } from "#src/target/endpoint.js";
import type { RunningTarget } from "#src/target/target.js";
import { findLimit, type LimitSearch } from "./find-limit.js";
import type { Ledger } from "./found.js";
import { type HarnessChoice, harnessOf } from "./harness.js";
import type { OpenRun } from "./open-run.js";
import { type RunOutcome, type RunPlan, tellRun } from "./run.js";
import type { World } from "./world.js";

export interface LoadPlan extends RunPlan {
	/** At least one. */
	readonly endpoints: readonly [EndpointRequest, ...EndpointRequest[]];
	readonly harness: HarnessChoice;
	/** Numbers of clients, each with every endpoint; null: the plan's load alone. */
	readonly sweep: readonly number[] | null;
	/** Looks for the highest rate of each endpoint instead; null: does not. */
	readonly limit: LimitSearch | null;
}

const nothing = { measurements: [], client: null, limits: [], findings: [] };

/** How fast is it? Each endpoint in turn, on one process, without a profiler. */
export const investigateLoad = (plan: LoadPlan, world: World): Promise<RunOutcome<LoadRun>> =>
	tellRun(plan, world, "load", nothing, async (run, ledger) => {
		await run.withTarget(plan.endpoints[0], { label: "clean" }, async (target) => {
			const failures: Error[] = [];
			try {
				for (const work of worksOf(run, target, plan, ledger)) {
					const failure = await attempt(run, work, ledger);
					if (failure !== null) failures.push(failure);
				}
			} finally {
				if (plan.sweep !== null) ledger.keep({ measurements: inOrderOfSweep(ledger.now.measurements, plan.sweep) });
			}
			ledger.append({ findings: sweepFindings(ledger.now.measurements) });
			if (failures[0] !== undefined) throw failures[0];
		});
		await judgeClient(run, ledger);
	});

/** One thing to measure; it says what is wrong with the endpoint, or null. */
interface Work {
	readonly endpoint: EndpointRequest;
	measure(): Promise<Error | null>;
}

function worksOf(run: OpenRun, target: RunningTarget, plan: LoadPlan, ledger: Ledger<"load">): Work[] {
	const { endpoints, limit, sweep } = plan;
	const harnessFor = onceEach((endpoint) => harnessOf(target.origin, endpoint, plan.harness, run.world, plan.signal));
	if (limit !== null) {
		return endpoints.map((endpoint) => ({
			endpoint,
			measure: async () => {
				const harness = await harnessFor(endpoint);
				const found = await findLimit({ run, target, endpoint, harness, keep: ledger.append }, limit);
				ledger.append({ limits: [found] });
				return null;
			},
		}));
	}
	const loads = sweep === null ? [plan.load] : sweep.map((clients): Load => ({ ...closed(plan.load), clients }));
	// What an endpoint does with few and with many clients is compared: those windows follow each other, as the machine changes.
	return endpoints.flatMap((endpoint) =>
		loads.map((load) => ({
			endpoint,
			measure: async () => {
				const harness = await harnessFor(endpoint);
				const label = sweep !== null && load.kind === "closed" ? `${load.clients} clients` : null;
				plan.say(`load on ${endpointName(endpoint)}${label === null ? "" : ` with ${label}`}`);
				const options = {
					endpoint,
					harness,
					load,
					collector: null,
					light: sweep === null,
					...(label === null ? {} : { label }),
				};
				return isHung(await run.measure(target, options, ledger.append)) ? hung(endpoint) : null;
			},
		})),
	);
}

/** As a table is read: all endpoints with the first number of clients, then all with the next. */
function inOrderOfSweep(windows: readonly Window[], sweep: readonly number[]): Window[] {
	const placeOf = ({ load }: Window): number => (load.kind === "closed" ? sweep.indexOf(load.clients) : 0);
	return windows.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/** Asks each endpoint once, however many loads it gets; one that could not be asked is asked again. */
function onceEach<T>(ask: (endpoint: EndpointRequest) => Promise<T>): (endpoint: EndpointRequest) => Promise<T> {
	const known = new Map<EndpointRequest, T>();
	return async (endpoint) => {
		const answer = known.get(endpoint) ?? (await ask(endpoint));
		known.set(endpoint, answer);
		return answer;
	};
}

function closed(load: Load) {
	if (load.kind === "open") throw new RangeError("a sweep is of a closed loop");
	return load;
}

/** Why it could not be measured, or null; the others still can. */
async function attempt(run: OpenRun, { endpoint, measure }: Work, ledger: Ledger<"load">): Promise<Error | null> {
	try {
		return await measure();
	} catch (error) {
		if (run.plan.signal.aborted || isDeath(error)) throw error;
		ledger.append({ findings: [endpointFailed(endpointName(endpoint), messageOf(error))] });
		return error instanceof Error ? error : new Error(messageOf(error));
	}
}

/** Was it my client? Its figures against what it can do at most on this machine. */
async function judgeClient(run: OpenRun, ledger: Ledger<"load">): Promise<void> {
	const { measurements } = ledger.now;
	if (measurements.length === 0) return;
	run.plan.say("what the client can do");
	const client = await run.world.clientCeiling(await run.generator(), run.cpus, run.plan.signal);
	if (client === null) return;
	ledger.keep({ client });
	ledger.append({ findings: clientFindings(measurements, client) });
}

const isDeath = (error: unknown): boolean => error instanceof KnownError && error.code === "TARGET_DIED";

const hung = (endpoint: EndpointRequest): KnownError =>
	new KnownError({
		code: "TARGET_SILENT",
		what: `the target stopped answering ${endpointName(endpoint)}`,
		fix: "see the target's log",
	});
