import { join } from "node:path";
import * as z from "zod";
import { heapCallTree, parseHeapProfile } from "#src/analyse/import/v8/heap-profile.js";
import type { CountedFunction } from "#src/model/allocation.js";
import type { Window } from "#src/model/measurement.js";
import type { RunningTarget } from "#src/target/target.js";
import { agentOf } from "./agent-of.js";
import type { CollectContext, CollectedTree, Collector } from "./collector.js";
import { type CountedObjects, countObjects } from "./counted-objects.js";
import { CALL_TIMEOUT_MS, readProfile } from "./profile-file.js";

const NAME = "heap";
/** One sample for every so many bytes: four times V8's default, for half of what that costs (docs/alloc.md). */
export const INTERVAL_BYTES = 131_072;
const FILE = "heap.heapprofile";

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
		const { measurement, samples } = await sample(context, target);
		const counted = counting ? await countedIn(context, target) : null;
		const { tree, ticks } = heapCallTree(parseHeapProfile(await readProfile(context.folder, FILE)), INTERVAL_BYTES);
		return {
			measurement,
			measures: "allocation",
			tree,
			ticks,
			...(counting ? { counted: counted === null ? null : await functionsOf(counted, context) } : {}),
			files: [
				{ title: "Heap profile", path: FILE },
				...(counted === null ? [] : [{ title: "Objects by position", path: counted.file }]),
			],
			notes: [
				{ kind: "allocation sampler", intervalBytes: INTERVAL_BYTES, samples },
				{ kind: "taken without inlining" },
			],
			findings: [],
		};
	});
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
		return await countObjects(agentOf(target, NAME), context.folder, (hooks) => context.measure(target, hooks));
	} catch {
		context.signal.throwIfAborted();
		return null;
	}
}

async function sample(
	context: CollectContext,
	target: RunningTarget,
): Promise<{ readonly measurement: Window; readonly samples: number }> {
	const agent = agentOf(target, NAME);
	const file = join(context.folder, FILE);
	let samples = 0;
	const measurement = await context.measure(target, {
		onWindowOpens: async () => {
			await agent.call("heap.begin", { intervalBytes: INTERVAL_BYTES, file });
		},
		onWindowClosed: async () => {
			({ samples } = endedSchema.parse(await agent.call("heap.end", { file }, CALL_TIMEOUT_MS)));
		},
	});
	return { measurement, samples };
}

const endedSchema = z.object({ samples: z.number().nonnegative() });
