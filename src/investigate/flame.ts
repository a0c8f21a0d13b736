import { isHung } from "#src/analyse/findings/measurement.js";
import type { Collector } from "#src/collect/collector.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import { compareProfiles, profile } from "./profile.js";
import { endpointName, Run, type RunOutcome, type RunPlan } from "./run.js";
import { targetHung } from "./unusable-target.js";

export interface FlamePlan extends RunPlan {
	readonly endpoint: EndpointRequest;
	readonly collectors: readonly Collector[];
}

/**
 * Where does the CPU time of an endpoint go? First a clean load, for the percentiles; then the same load once more under
 * each collector, every one in a process of its own; at last how far the profiles agree.
 */
export const investigateFlame = (plan: FlamePlan): Promise<RunOutcome> =>
	Run.tell(plan, async (run) => {
		const clean = await run.withTarget(plan.endpoint, { label: "clean" }, (target) => {
			plan.say(`clean load on ${endpointName(plan.endpoint)}`);
			return run.measure(target, { endpoint: plan.endpoint, collector: null });
		});
		if (isHung(clean)) throw targetHung(plan.endpoint, "nothing was profiled");
		for (const collector of plan.collectors) {
			await profile(run, collector, { endpoint: plan.endpoint, spec: plan.target, variant: null, clean });
		}
		compareProfiles(run);
	});
