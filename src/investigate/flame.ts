import { isHung } from "#src/analyse/findings/measurement.js";
import type { Collector } from "#src/collect/collector.js";
import type { FlameRun } from "#src/model/run.js";
import { type EndpointRequest, endpointName } from "#src/target/endpoint.js";
import { agreementsOf, type Profiled, profile } from "./profile.js";
import { type RunOutcome, type RunPlan, tellRun } from "./run.js";
import { targetHung } from "./unusable-target.js";
import type { World } from "./world.js";

export interface FlamePlan extends RunPlan {
	readonly endpoint: EndpointRequest;
	readonly collectors: readonly Collector[];
}

/**
 * Where does the CPU time of an endpoint go? First a clean load, for the percentiles; then the same load once more under
 * each collector, every one in a process of its own; at last how far the profiles agree.
 */
export const investigateFlame = (plan: FlamePlan, world: World): Promise<RunOutcome<FlameRun>> =>
	tellRun(
		plan,
		world,
		"flame",
		{ measurements: [], profiles: [], agreements: [], findings: [] },
		async (run, ledger) => {
			const { endpoint } = plan;
			const clean = await run.withTarget(endpoint, { label: "clean" }, (target) => {
				plan.say(`clean load on ${endpointName(endpoint)}`);
				return run.measure(target, { endpoint, collector: null, light: true, namesPoolWork: true }, ledger.append);
			});
			if (isHung(clean)) throw targetHung(endpoint, "nothing was profiled");
			const subject = { endpoint, spec: plan.target, variant: null, clean };
			const profiled: Profiled[] = [];
			for (const collector of plan.collectors) {
				const brought = await profile(run, collector, subject, ledger.append);
				if (brought !== null) profiled.push(brought);
			}
			ledger.keep({ agreements: agreementsOf(profiled) });
		},
	);
