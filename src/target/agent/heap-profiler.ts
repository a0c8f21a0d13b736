import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { getHeapStatistics } from "node:v8";
import { post } from "./inspector-post.js";

/** The target's side of V8's heap sampler. It does nothing until it is asked. */

interface SampledHeap {
	readonly head: object;
	readonly samples: readonly { readonly nodeId: number; readonly size: number }[];
}

let session: Session | undefined;

/**
 * heap.begin { intervalBytes } starts sampling, garbage included; heap.end { file } stops it, writes the .heapprofile and
 * says how many samples are in it. heap.endCounted { file } does the same for an interval of one byte, where every
 * allocation is a sample: it writes how many objects each node allocated instead of one line for each.
 * heap.settled collects all garbage and says what is left.
 */
export function heapProfilerMethods(): Record<string, (params: Record<string, unknown>) => Promise<unknown>> {
	return { "heap.begin": begin, "heap.end": end, "heap.endCounted": endCounted, "heap.settled": settled };
}

async function begin({ intervalBytes }: Record<string, unknown>): Promise<void> {
	if (session !== undefined) throw new Error("the heap is being sampled already");
	const opened = new Session();
	opened.connect();
	session = opened;
	await post(opened, "HeapProfiler.startSampling", {
		samplingInterval: Number(intervalBytes),
		includeObjectsCollectedByMajorGC: true,
		includeObjectsCollectedByMinorGC: true,
	});
}

async function end({ file }: Record<string, unknown>): Promise<{ samples: number }> {
	const profile = await stop();
	writeFileSync(String(file), JSON.stringify(profile));
	return { samples: profile.samples.length };
}

async function endCounted({ file }: Record<string, unknown>): Promise<void> {
	const { head, samples } = await stop();
	const counts: Record<string, number> = {};
	for (const { nodeId } of samples) counts[nodeId] = (counts[nodeId] ?? 0) + 1;
	writeFileSync(String(file), JSON.stringify({ head, counts }));
}

async function stop(): Promise<SampledHeap> {
	const running = session;
	if (running === undefined) throw new Error("the heap is not being sampled");
	session = undefined;
	try {
		return (await post<{ profile: SampledHeap }>(running, "HeapProfiler.stopSampling")).profile;
	} finally {
		running.disconnect();
	}
}

async function settled(): Promise<{ usedBytes: number }> {
	const collector = new Session();
	collector.connect();
	try {
		await post(collector, "HeapProfiler.collectGarbage");
	} finally {
		collector.disconnect();
	}
	return { usedBytes: getHeapStatistics().used_heap_size };
}
