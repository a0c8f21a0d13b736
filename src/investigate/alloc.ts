import { allocationFindings, objectsNotCounted } from "#src/analyse/findings/allocation.js";
import { isHung } from "#src/analyse/findings/measurement.js";
import type { CollectContext, Collector } from "#src/collect/collector.js";
import { type CountedObjects, countObjects } from "#src/collect/counted-objects.js";
import { v8HeapCounting } from "#src/collect/v8-heap.js";
import { messageOf } from "#src/errors.js";
import type { Allocation } from "#src/model/allocation.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import type { RunningTarget } from "#src/target/target.js";
import { compareProfiles, profile } from "./profile.js";
import { measureRetainedGrowth } from "./retained-growth.js";
import { endpointName, Run, type RunOutcome, type RunPlan } from "./run.js";
import { targetHung, targetWithoutAgent } from "./unusable-target.js";

export interface AllocPlan extends RunPlan {
	readonly endpoint: EndpointRequest;
	readonly collectors: readonly Collector[];
}

const MOST_FUNCTIONS = 12;

/**
 * What does a request allocate, and where? A clean load, for the bytes and the pauses; then what stays on the heap; then
 * the same load under each collector; the heap sampler also counts every object of a short window.
 */
export const investigateAlloc = (plan: AllocPlan): Promise<RunOutcome> =>
	Run.tell(plan, async (run) => {
		const { endpoint } = plan;
		const found: { -readonly [Key in keyof Allocation]: Allocation[Key] } = { objects: null, retained: null };
		const clean = await run.withTarget(endpoint, { label: "clean" }, async (target) => {
			plan.say(`clean load on ${endpointName(endpoint)}`);
			const measured = await run.measure(target, { endpoint, collector: null, watchAllocation: true });
			if (isHung(measured)) throw targetHung(endpoint, "nothing was profiled");
			found.objects = await countedAtFullSpeed(run, endpoint, target);
			found.retained = await measureRetainedGrowth(run, endpoint, target);
			return measured;
		});
		if (clean.allocation === null)
			throw targetWithoutAgent("what a request allocates is not known", "heap can be looked into");
		run.record.allocation = found;
		run.save();
		for (const collector of plan.collectors) {
			await profile(run, collector.name === v8HeapCounting.name ? counting(found) : collector, {
				endpoint,
				spec: plan.target,
				variant: null,
				clean,
			});
		}
		compareProfiles(run);
		run.note(...allocationFindings(clean, found));
	});

/** In the process of the clean load, so that what V8 saves by inlining is not counted; null where it cannot be had. */
async function countedAtFullSpeed(
	run: Run,
	endpoint: EndpointRequest,
	target: RunningTarget,
): Promise<Allocation["objects"]> {
	if (target.agent === null) return null;
	run.plan.say("counting every object");
	try {
		const folder = run.folder.subfolder("clean");
		const { requests, objects, bytes } = await countObjects(target.agent, folder, (hooks) =>
			run.measure(target, { ...hooks, endpoint, collector: null }),
		);
		if (requests === 0) return null;
		return { perRequest: objects / requests, bytesPerRequest: bytes / requests, requests, functions: [] };
	} catch (error) {
		run.plan.signal.throwIfAborted();
		run.note(objectsNotCounted(messageOf(error)));
		return null;
	}
}

/** The heap sampler, handing on what it counted of each function. */
const counting = (found: { objects: Allocation["objects"] }): Collector => ({
	...v8HeapCounting,
	collect: async (context) => {
		const collected = await v8HeapCounting.collect(context);
		if (found.objects !== null) {
			const functions = await functionsOf(collected.counted, context);
			found.objects = { ...found.objects, functions };
		}
		return collected;
	},
});

async function functionsOf(
	counted: CountedObjects | null,
	context: CollectContext,
): Promise<NonNullable<Allocation["objects"]>["functions"]> {
	const most = (counted?.functions ?? []).slice(0, MOST_FUNCTIONS);
	const written = await context.written(most.map(({ frame }) => frame));
	return most.map(({ frame, objects, bytes }, index) => {
		const { name, file, line } = written[index] ?? frame;
		return {
			name,
			file,
			line,
			objectsPerRequest: objects / (counted?.requests ?? 1),
			bytesPerRequest: bytes / (counted?.requests ?? 1),
		};
	});
}
