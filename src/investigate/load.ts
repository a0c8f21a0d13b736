import { endpointFailed, isHung } from "../analyse/findings.js";
import { KnownError, messageOf } from "../errors.js";
import type { EndpointRequest } from "../target/endpoint.js";
import type { RunningTarget } from "../target/target.js";
import { type HarnessChoice, harnessOf } from "./harness.js";
import { endpointName, Run, type RunOutcome, type RunPlan } from "./run.js";

export interface LoadPlan extends RunPlan {
	/** At least one. */
	readonly endpoints: readonly [EndpointRequest, ...EndpointRequest[]];
	readonly harness: HarnessChoice;
}

/** How fast is it? Each endpoint in turn, on one process, without a profiler. */
export const investigateLoad = (plan: LoadPlan): Promise<RunOutcome> =>
	Run.tell(plan, (run) =>
		run.withTarget(plan.endpoints[0], { label: "clean" }, async (target) => {
			const failures: Error[] = [];
			for (const endpoint of plan.endpoints) {
				const failure = await measureEndpoint(run, target, plan, endpoint);
				if (failure !== null) failures.push(failure);
			}
			if (failures[0] !== undefined) throw failures[0];
		}),
	);

/** Why this endpoint could not be measured, or null; the others still can. */
async function measureEndpoint(
	run: Run,
	target: RunningTarget,
	plan: LoadPlan,
	endpoint: EndpointRequest,
): Promise<Error | null> {
	plan.say(`load on ${endpointName(endpoint)}`);
	try {
		const harness = await harnessOf(target.origin, endpoint, plan.harness, plan.signal);
		const measurement = await run.measure(target, { endpoint, harness, collector: null });
		return isHung(measurement) ? hung(endpoint) : null;
	} catch (error) {
		if (plan.signal.aborted || isDeath(error)) throw error;
		run.note(endpointFailed(endpointName(endpoint), messageOf(error)));
		return error instanceof Error ? error : new Error(messageOf(error));
	}
}

const isDeath = (error: unknown): boolean => error instanceof KnownError && error.code === "TARGET_DIED";

const hung = (endpoint: EndpointRequest): KnownError =>
	new KnownError({
		code: "TARGET_SILENT",
		what: `the target stopped answering ${endpointName(endpoint)}`,
		fix: "see the target's log",
	});
