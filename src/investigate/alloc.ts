import { allocationFindings, objectsNotCounted } from "#src/analyse/findings/allocation.js";
import { isHung } from "#src/analyse/findings/measurement.js";
import type { Collector } from "#src/collect/collector.js";
import { messageOf } from "#src/errors.js";
import type { Allocation } from "#src/model/allocation.js";
import type { AllocRun } from "#src/model/run.js";
import { type EndpointRequest, endpointName } from "#src/target/endpoint.js";
import type { RunningTarget } from "#src/target/target.js";
import type { KeepEvidence } from "./found.js";
import type { OpenRun } from "./open-run.js";
import { agreementsOf, type Profiled, profile } from "./profile.js";
import { measureRetainedGrowth } from "./retained-growth.js";
import { type RunOutcome, type RunPlan, tellRun } from "./run.js";
import { targetHung, targetWithoutAgent } from "./unusable-target.js";
import type { World } from "./world.js";

export interface AllocPlan extends RunPlan {
	readonly endpoint: EndpointRequest;
	readonly collectors: readonly Collector[];
}

const nothing = { measurements: [], profiles: [], agreements: [], allocation: null, findings: [] };

/**
 * What does a request allocate, and where? A clean load, for the bytes and the pauses; then what stays on the heap; then
 * the same load under each collector, of which the heap sampler also counts every object of a short window.
 */
export const investigateAlloc = (plan: AllocPlan, world: World): Promise<RunOutcome<AllocRun>> =>
	tellRun(plan, world, "alloc", nothing, async (run, ledger) => {
		const { endpoint } = plan;
		const { clean, allocation } = await run.withTarget(endpoint, { label: "clean" }, async (target) => {
			plan.say(`clean load on ${endpointName(endpoint)}`);
			const measured = await run.measure(target, { endpoint, collector: null, watchAllocation: true }, ledger.append);
			if (isHung(measured)) throw targetHung(endpoint, "nothing was profiled");
			const objects = await countedAtFullSpeed(run, endpoint, target, ledger.append);
			return {
				clean: measured,
				allocation: { objects, retained: await measureRetainedGrowth(run, endpoint, target, measured, ledger.append) },
			};
		});
		if (clean.allocation == null)
			throw targetWithoutAgent("what a request allocates is not known", "heap can be looked into");
		ledger.keep({ allocation });
		const subject = { endpoint, spec: plan.target, variant: null, clean };
		const profiled: Profiled[] = [];
		for (const collector of plan.collectors) {
			const brought = await profile(run, collector, subject, ledger.append);
			if (brought === null) continue;
			profiled.push(brought);
			ledger.keep({ allocation: withFunctions(ledger.now.allocation ?? allocation, brought) });
		}
		ledger.keep({ agreements: agreementsOf(profiled) });
		ledger.append({ findings: allocationFindings(clean, ledger.now.allocation ?? allocation) });
	});

/** In the process of the clean load, so that what V8 saves by inlining is not counted; null where it cannot be had. */
async function countedAtFullSpeed(
	run: OpenRun,
	endpoint: EndpointRequest,
	target: RunningTarget,
	keep: KeepEvidence,
): Promise<Allocation["objects"]> {
	if (target.agent === null) return null;
	run.plan.say("counting every object");
	try {
		const folder = run.folder.subfolder("clean");
		const { requests, objects, bytes } = await run.world.countObjects(target, folder, (hooks) =>
			run.measure(target, { ...hooks, endpoint, collector: null }, keep),
		);
		if (requests === 0) return null;
		return { perRequest: objects / requests, bytesPerRequest: bytes / requests, requests, functions: [] };
	} catch (error) {
		run.plan.signal.throwIfAborted();
		keep({ findings: [objectsNotCounted(messageOf(error))] });
		return null;
	}
}

/** With what a profiler counted of each function, where it did. */
function withFunctions(allocation: Allocation, { collected }: Profiled): Allocation {
	const { objects } = allocation;
	if (objects === null || collected.counted == null) return allocation;
	return { ...allocation, objects: { ...objects, functions: collected.counted } };
}
