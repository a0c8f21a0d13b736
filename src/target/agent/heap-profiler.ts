import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { answerOf, post } from "./inspector-post.js";
import { sayNothingWhenLeaving, sayWhenLeaving } from "./parting.js";

/** The target's side of V8's heap sampler. It does nothing until it is asked. */

interface SampledHeap {
	readonly head: object;
	readonly samples: readonly { readonly nodeId: number; readonly size: number }[];
}

interface Sampling {
	readonly session: Session;
	/** Whether objects are counted instead of listed. */
	readonly counted: boolean;
}

let sampling: Sampling | undefined;

/**
 * heap.begin { intervalBytes, counted, file } starts sampling, garbage included; heap.end { file } stops it, writes the .heapprofile
 * and says how many samples are in it, and so does the end of the isolate. `counted` is for an interval of one byte, where every
 * allocation is a sample: what is written then says how many objects each node allocated instead of a line for each.
 */
export function heapProfilerMethods(): Record<string, (params: Record<string, unknown>) => Promise<unknown>> {
	return { "heap.begin": begin, "heap.end": end };
}

async function begin({ intervalBytes, counted, file }: Record<string, unknown>): Promise<void> {
	if (sampling !== undefined) throw new Error("the heap is being sampled already");
	const session = new Session();
	session.connect();
	sampling = { session, counted: counted === true };
	await post(session, "HeapProfiler.startSampling", {
		samplingInterval: Number(intervalBytes),
		includeObjectsCollectedByMajorGC: true,
		includeObjectsCollectedByMinorGC: true,
	});
	if (file !== undefined) sayWhenLeaving("heap.end", () => finish(String(file)));
}

async function end({ file }: Record<string, unknown>): Promise<SampledWindow> {
	return finish(String(file));
}

interface SampledWindow {
	readonly samples: number;
}

function finish(file: string): SampledWindow {
	const running = sampling;
	if (running === undefined) throw new Error("the heap is not being sampled");
	sampling = undefined;
	sayNothingWhenLeaving("heap.end");
	try {
		const { profile } = answerOf<{ profile: SampledHeap }>(running.session, "HeapProfiler.stopSampling");
		const { head, samples } = profile;
		writeFileSync(file, JSON.stringify(running.counted ? { head, counts: countsOf(samples) } : profile));
		return { samples: samples.length };
	} finally {
		running.session.disconnect();
	}
}

function countsOf(samples: SampledHeap["samples"]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const { nodeId } of samples) counts[nodeId] = (counts[nodeId] ?? 0) + 1;
	return counts;
}
