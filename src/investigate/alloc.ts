import { allocationFindings } from "../analyse/allocation-findings.js";
import { isHung } from "../analyse/findings.js";
import type { Collector } from "../collect/collector.js";
import { type CollectedHeap, v8HeapCounting } from "../collect/v8-heap.js";
import { KnownError } from "../errors.js";
import type { Allocation } from "../model/allocation.js";
import type { EndpointRequest } from "../target/endpoint.js";
import { compareProfiles, profile } from "./profile.js";
import { measureRetainedGrowth } from "./retained-growth.js";
import { endpointName, Run, type RunOutcome, type RunPlan } from "./run.js";

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
			if (isHung(measured)) throw hung(plan);
			found.retained = await measureRetainedGrowth(run, endpoint, target);
			return measured;
		});
		if (clean.allocation === null) throw noAgent();
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

/** The heap sampler, handing on what it counted. */
const counting = (found: { objects: Allocation["objects"] }): Collector => ({
	...v8HeapCounting,
	collect: async (context) => {
		const collected = await v8HeapCounting.collect(context);
		found.objects = objectsOf(collected);
		return collected;
	},
});

function objectsOf({ counted }: CollectedHeap): Allocation["objects"] {
	if (counted === null || counted.requests === 0) return null;
	const perRequest = (sum: number): number => sum / counted.requests;
	return {
		perRequest: perRequest(counted.objects),
		bytesPerRequest: perRequest(counted.bytes),
		requests: counted.requests,
		functions: counted.functions.slice(0, MOST_FUNCTIONS).map(({ frame, objects, bytes }) => ({
			name: frame.name,
			file: frame.file,
			line: frame.line,
			objectsPerRequest: perRequest(objects),
			bytesPerRequest: perRequest(bytes),
		})),
	};
}

const hung = (plan: AllocPlan): KnownError =>
	new KnownError({
		code: "TARGET_SILENT",
		what: `the target stopped answering ${endpointName(plan.endpoint)} during the clean load`,
		fix: "see the target's log; nothing was profiled",
	});

const noAgent = (): KnownError =>
	new KnownError({
		code: "COLLECTOR_FAILED",
		what: "what a request allocates is not known",
		why: "the server that listens is not a Node process that carries the agent",
		fix: "start it with node directly; only Node's heap can be looked into",
	});
