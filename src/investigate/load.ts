import { clientFindings } from "#src/analyse/findings/client.js";
import { endpointFailed, isHung } from "#src/analyse/findings/measurement.js";
import { sweepFindings } from "#src/analyse/findings/sweep.js";
import { KnownError, messageOf } from "#src/errors.js";
import type { Harness } from "#src/load/order/order.js";
import { clientCeiling } from "#src/measure/client-ceiling.js";
import type { Load } from "#src/model/load.js";
import type { Measurement } from "#src/model/measurement.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import type { RunningTarget } from "#src/target/target.js";
import { findLimit, type LimitSearch } from "./find-limit.js";
import { type HarnessChoice, harnessOf } from "./harness.js";
import { endpointName, Run, type RunOutcome, type RunPlan } from "./run.js";

export interface LoadPlan extends RunPlan {
	/** At least one. */
	readonly endpoints: readonly [EndpointRequest, ...EndpointRequest[]];
	readonly harness: HarnessChoice;
	/** Numbers of clients, each with every endpoint; null: the plan's load alone. */
	readonly sweep: readonly number[] | null;
	/** Looks for the highest rate of each endpoint instead; null: does not. */
	readonly limit: LimitSearch | null;
}

/** How fast is it? Each endpoint in turn, on one process, without a profiler. */
export const investigateLoad = (plan: LoadPlan): Promise<RunOutcome> =>
	Run.tell(plan, async (run) => {
		run.record.load = { client: null, limits: [] };
		await run.withTarget(plan.endpoints[0], { label: "clean" }, async (target) => {
			const failures: Error[] = [];
			try {
				for (const work of worksOf(run, target, plan)) {
					const failure = await attempt(run, work);
					if (failure !== null) failures.push(failure);
				}
			} finally {
				if (plan.sweep !== null) inOrderOfSweep(run, plan.sweep);
			}
			run.note(...sweepFindings(run.record.measurements));
			if (failures[0] !== undefined) throw failures[0];
		});
		await judgeClient(run);
	});

/** One thing to measure; it says what is wrong with the endpoint, or null. */
interface Work {
	readonly endpoint: EndpointRequest;
	measure(): Promise<Error | null>;
}

function worksOf(run: Run, target: RunningTarget, plan: LoadPlan): Work[] {
	const { endpoints, limit, sweep } = plan;
	const harnessFor = onceEach((endpoint) => harnessOf(target.origin, endpoint, plan.harness, plan.signal));
	if (limit !== null) {
		return endpoints.map((endpoint) => ({
			endpoint,
			measure: async () => {
				const harness = await harnessFor(endpoint);
				const found = await findLimit({ run, target, endpoint, harness }, limit);
				run.record.load?.limits.push(found);
				return null;
			},
		}));
	}
	const loads = sweep === null ? [plan.load] : sweep.map((clients): Load => ({ ...closed(plan.load), clients }));
	// What an endpoint does with few and with many clients is compared: those windows follow each other, as the machine changes.
	return endpoints.flatMap((endpoint) =>
		loads.map((load) => ({
			endpoint,
			measure: async () =>
				measureEndpoint(run, target, { endpoint, harness: await harnessFor(endpoint), load }, sweep !== null),
		})),
	);
}

/** As a table is read: all endpoints with the first number of clients, then all with the next. */
function inOrderOfSweep(run: Run, sweep: readonly number[]): void {
	const placeOf = ({ load }: Measurement): number => (load.kind === "closed" ? sweep.indexOf(load.clients) : 0);
	run.record.measurements = run.record.measurements.toSorted((a, b) => placeOf(a) - placeOf(b));
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

async function measureEndpoint(
	run: Run,
	target: RunningTarget,
	{ endpoint, harness, load }: { readonly endpoint: EndpointRequest; readonly harness: Harness; readonly load: Load },
	isSwept: boolean,
): Promise<Error | null> {
	const label = isSwept && load.kind === "closed" ? `${load.clients} clients` : null;
	run.plan.say(`load on ${endpointName(endpoint)}${label === null ? "" : ` with ${label}`}`);
	const measurement = await run.measure(target, {
		endpoint,
		harness,
		load,
		collector: null,
		...(label === null ? {} : { label }),
	});
	return isHung(measurement) ? hung(endpoint) : null;
}

/** Why it could not be measured, or null; the others still can. */
async function attempt(run: Run, { endpoint, measure }: Work): Promise<Error | null> {
	try {
		return await measure();
	} catch (error) {
		if (run.plan.signal.aborted || isDeath(error)) throw error;
		run.note(endpointFailed(endpointName(endpoint), messageOf(error)));
		return error instanceof Error ? error : new Error(messageOf(error));
	}
}

/** Was it my client? Its figures against what it can do at most on this machine. */
async function judgeClient(run: Run): Promise<void> {
	const { load, measurements } = run.record;
	if (load === null || measurements.length === 0) return;
	run.plan.say("what the client can do");
	load.client = await clientCeiling(await run.generator(), run.cpus, run.plan.signal);
	if (load.client !== null) run.note(...clientFindings(measurements, load.client));
}

const isDeath = (error: unknown): boolean => error instanceof KnownError && error.code === "TARGET_DIED";

const hung = (endpoint: EndpointRequest): KnownError =>
	new KnownError({
		code: "TARGET_SILENT",
		what: `the target stopped answering ${endpointName(endpoint)}`,
		fix: "see the target's log",
	});
