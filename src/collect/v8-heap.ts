import * as z from "zod";
import { isolatesNotSampled } from "#src/analyse/findings/v8.js";
import { heapCallTree, type IsolateHeap, parseHeapProfile } from "#src/analyse/import/v8/heap-profile.js";
import type { CountedFunction } from "#src/model/allocation.js";
import type { Window } from "#src/model/measurement.js";
import type { RunningTarget } from "#src/target/target.js";
import { agentOf } from "./agent-of.js";
import type { CollectContext, CollectedTree, Collector } from "./collector.js";
import { type CountedObjects, countObjects, nothingLeft, withSamples } from "./counted-objects.js";
import { filesOf, IsolateFileProfiler, type IsolateFiles, workingOnes } from "./isolate-files.js";
import { isolateHeaps } from "./isolate-profiles.js";
import { CALL_TIMEOUT_MS } from "./profile-file.js";

const NAME = "heap";
/** One sample for every so many bytes: four times V8's default, for half of what that costs (docs/alloc.md). */
export const INTERVAL_BYTES = 131_072;

/**
 * V8's heap sampler, garbage included, in a process that may not inline: the sampler knows only of functions with a stack
 * frame of their own, so what an inlined function allocates would be charged to its caller. Shares come from here; how much
 * a request allocates comes from the clean measurement.
 */
export const v8Heap: Collector<CollectedTree> = {
	name: NAME,
	title: "V8 heap sampler",
	needsProcess: true,
	needsNode: true,
	seesEveryIsolate: true,
	unavailable: async () => null,
	collect: (context) => collectHeap(context, false),
};

/** The same collector, followed by a window that counts every object. */
export const v8HeapCounting: Collector<CollectedTree> = {
	...v8Heap,
	collect: (context) => collectHeap(context, true),
};

function collectHeap(context: CollectContext, counting: boolean): Promise<CollectedTree> {
	return context.withTarget({ label: NAME, env: { AZ_PROF_NO_INLINING: "1" } }, async (target) => {
		context.say("sampling");
		const { measurement, left } = await sample(context, target);
		const counted = counting ? await countedIn(context, target) : null;
		const { isolates, samples } = await readHeaps(context, left);
		const { tree, ticks } = heapCallTree(isolates, INTERVAL_BYTES);
		return {
			measurement,
			measures: "allocation",
			tree,
			ticks,
			...(counting ? { counted: counted === null ? null : await functionsOf(counted, context) } : {}),
			files: [...filesOf(left, "Heap profile"), ...(counted?.files ?? [])],
			notes: [
				{ kind: "allocation sampler", intervalBytes: INTERVAL_BYTES, samples },
				...(isolates.length > 1 ? [{ kind: "isolates" as const, isolates: isolates.length }] : []),
				{ kind: "taken without inlining" },
			],
			findings: isolatesNotSampled(NAME, left),
		};
	});
}

async function readHeaps(
	context: CollectContext,
	left: IsolateFiles,
): Promise<{ readonly isolates: readonly IsolateHeap[]; readonly samples: number }> {
	const working = workingOnes(withSamples(left));
	const isolates = await isolateHeaps(context.folder, working, parseHeapProfile);
	if (isolates.length === 0) throw nothingLeft(left.why);
	return { isolates, samples: working.reduce((sum, { value }) => sum + endedSchema.parse(value).samples, 0) };
}

const MOST_FUNCTIONS = 12;

/** Those with most bytes, where they were written. */
async function functionsOf(
	{ functions, requests }: CountedObjects,
	context: CollectContext,
): Promise<CountedFunction[]> {
	const most = functions.slice(0, MOST_FUNCTIONS);
	const written = await context.written(most.map(({ frame }) => frame));
	return most.map(({ frame, objects, bytes }, index) => {
		const { name, file, line } = written[index] ?? frame;
		return { name, file, line, objectsPerRequest: objects / requests, bytesPerRequest: bytes / requests };
	});
}

/** Null where they could not be counted: the samples are worth having without. */
async function countedIn(context: CollectContext, target: RunningTarget): Promise<CountedObjects | null> {
	context.say("counting every object");
	try {
		return await countObjects(target, context.folder, (hooks) => context.measure(target, hooks));
	} catch {
		context.signal.throwIfAborted();
		return null;
	}
}

async function sample(
	context: CollectContext,
	target: RunningTarget,
): Promise<{ readonly measurement: Window; readonly left: IsolateFiles }> {
	agentOf(target, NAME);
	const profiler = new IsolateFileProfiler(target, context.folder, {
		begin: "heap.begin",
		end: "heap.end",
		params: { intervalBytes: INTERVAL_BYTES },
		name: NAME,
		extension: ".heapprofile",
		endTimeoutMs: CALL_TIMEOUT_MS,
	});
	const left: IsolateFiles[] = [];
	const measurement = await context.measure(target, {
		onWindowOpens: () => profiler.begin(),
		onWindowClosed: async () => void left.push(await profiler.end()),
	});
	return { measurement, left: left[0] ?? { files: [], lost: 0, silent: 0, why: null } };
}

const endedSchema = z.object({ samples: z.number().nonnegative() });
