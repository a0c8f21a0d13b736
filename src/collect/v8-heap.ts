import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import {
	type FunctionObjects,
	functionObjects,
	heapCallTree,
	parseCountedHeapProfile,
	parseHeapProfile,
} from "../analyse/v8-heap-profile.js";
import { KnownError, messageOf } from "../errors.js";
import type { Measurement } from "../model/run-record.js";
import type { RunningTarget } from "../target/target.js";
import { agentOf } from "./agent-of.js";
import type { CollectContext, CollectedTree, Collector } from "./collector.js";

const NAME = "heap";
/** V8's own default. One sample for every so many bytes: docs/alloc.md says what it costs. */
const INTERVAL_BYTES = 32_768;
/** Writing a profile takes a while under load. */
const CALL_TIMEOUT_MS = 60_000;
/** A larger file is refused: read into memory it would be many times its size. */
const LARGEST_FILE_BYTES = 512 * 1024 ** 2;
/** Every allocation is a sample then, at about two microseconds each, so it is kept short and to one client. */
const COUNTED = { label: "every object counted", warmupMs: 250, durationMs: 1_000, clients: 1 } as const;

const files = { sampled: "heap.heapprofile", counted: "objects.json" } as const;

/** What a short window says in which every allocation was recorded. */
export interface CountedObjects {
	readonly requests: number;
	readonly objects: number;
	readonly bytes: number;
	/** Those with most bytes first. */
	readonly functions: readonly FunctionObjects[];
}

export interface CollectedHeap extends CollectedTree {
	/** Null where it could not be had; the samples are worth having without it. */
	readonly counted: CountedObjects | null;
}

/**
 * V8's heap sampler, garbage included, in a process that may not inline: the sampler knows only of functions with a stack
 * frame of their own, so what an inlined function allocates would be charged to its caller. Shares come from here; how much
 * a request allocates comes from the clean measurement.
 */
export const v8Heap: Collector<CollectedHeap> = {
	name: NAME,
	title: "V8 heap sampler",
	needsProcess: true,
	needsNode: true,
	unavailable: async () => null,
	collect: (context) => collectHeap(context, false),
};

/** The same collector, followed by a window that counts every object. */
export const v8HeapCounting: Collector<CollectedHeap> = {
	...v8Heap,
	collect: (context) => collectHeap(context, true),
};

function collectHeap(context: CollectContext, counting: boolean): Promise<CollectedHeap> {
	return context.withTarget({ label: NAME, env: { AZ_PROF_NO_INLINING: "1" } }, async (target) => {
		context.say("sampling");
		const { measurement, samples } = await sample(context, target);
		const counted = counting ? await countObjects(context, target) : null;
		const { tree, ticks } = heapCallTree(parseHeapProfile(await readJson(context, files.sampled)), INTERVAL_BYTES);
		return {
			measurement,
			measures: "allocation",
			tree,
			ticks,
			counted,
			files: [
				{ title: "Heap profile", path: files.sampled },
				...(counted === null ? [] : [{ title: "Objects by position", path: files.counted }]),
			],
			notes: [
				`one sample for every ${INTERVAL_BYTES.toLocaleString("en-US")} bytes allocated, garbage included: ${samples.toLocaleString("en-US")} samples`,
				"without inlining, so that every function is charged with its own allocations; what V8 saves by inlining (objects that never reach the heap) is in the bytes per request, not in the shares",
			],
			findings: [],
		};
	});
}

async function sample(
	context: CollectContext,
	target: RunningTarget,
): Promise<{ readonly measurement: Measurement; readonly samples: number }> {
	const agent = agentOf(target, NAME);
	let samples = 0;
	const measurement = await context.measure(target, {
		onWindowOpens: async () => {
			await agent.call("heap.begin", { intervalBytes: INTERVAL_BYTES });
		},
		onWindowClosed: async () => {
			const file = join(context.folder, files.sampled);
			({ samples } = totalsSchema.parse(await agent.call("heap.end", { file }, CALL_TIMEOUT_MS)));
		},
	});
	return { measurement, samples };
}

async function countObjects(context: CollectContext, target: RunningTarget): Promise<CountedObjects | null> {
	const agent = agentOf(target, NAME);
	context.say("counting every object");
	try {
		const { counts } = await context.measure(target, {
			aside: COUNTED,
			onWindowOpens: async () => {
				await agent.call("heap.begin", { intervalBytes: 1 });
			},
			onWindowClosed: async () => {
				await agent.call("heap.endCounted", { file: join(context.folder, files.counted) }, CALL_TIMEOUT_MS);
			},
		});
		const functions = functionObjects(parseCountedHeapProfile(await readJson(context, files.counted)));
		const sumOf = (of: (each: FunctionObjects) => number): number => functions.reduce((sum, each) => sum + of(each), 0);
		return {
			requests: counts.attempted,
			objects: sumOf(({ objects }) => objects),
			bytes: sumOf(({ bytes }) => bytes),
			functions,
		};
	} catch {
		context.signal.throwIfAborted();
		return null;
	}
}

const totalsSchema = z.object({ samples: z.number().nonnegative(), bytes: z.number().nonnegative() });

async function readJson(context: CollectContext, name: string): Promise<unknown> {
	const file = join(context.folder, name);
	try {
		const { size } = await stat(file);
		if (size > LARGEST_FILE_BYTES) throw new Error(`it has ${Math.round(size / 1024 ** 2)} MiB, too much to be read`);
		return JSON.parse(await readFile(file, "utf8"));
	} catch (error) {
		throw new KnownError({
			code: "COLLECTOR_FAILED",
			what: `the target did not leave a readable ${name}`,
			why: messageOf(error),
			fix: "check that the target may write to the run folder; a shorter --duration makes smaller files",
			cause: error,
		});
	}
}
