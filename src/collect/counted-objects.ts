import { join } from "node:path";
import { type FunctionObjects, functionObjects, parseCountedHeapProfile } from "#src/analyse/import/v8/heap-profile.js";
import type { Window } from "#src/model/measurement.js";
import type { AgentConnection } from "#src/target/target.js";
import type { MeasureHooks } from "./collector.js";
import { CALL_TIMEOUT_MS, readProfile } from "./profile-file.js";

/** Every allocation is recorded then, at about two microseconds each, so it is kept short and to one client. */
const WINDOW = { label: "every object counted", warmupMs: 250, durationMs: 1_000, clients: 1 } as const;
const FILE = "objects.json";

/** What a short window says in which every allocation was recorded. */
export interface CountedObjects {
	/** Answered while objects were counted, which is a little longer than the window. */
	readonly requests: number;
	/** Allocations; several that V8 folds into one count once. */
	readonly objects: number;
	readonly bytes: number;
	/** Those with most bytes first. */
	readonly functions: readonly FunctionObjects[];
	/** Where it is kept, in the folder that was given. */
	readonly file: string;
}

/**
 * Counts every object that a target allocates, with V8's heap sampler at an interval of one byte.
 * @throws KnownError COLLECTOR_FAILED when the target cannot deliver
 */
export async function countObjects(
	agent: AgentConnection,
	folder: string,
	measure: (hooks: MeasureHooks) => Promise<Window>,
): Promise<CountedObjects> {
	const file = join(folder, FILE);
	let before = 0;
	let after = 0;
	await measure({
		aside: WINDOW,
		onWindowOpens: async (answers) => {
			await agent.call("heap.begin", { intervalBytes: 1, counted: true, file });
			before = await answers();
		},
		onWindowClosed: async (answers) => {
			after = await answers();
			await agent.call("heap.end", { file }, CALL_TIMEOUT_MS);
		},
	});
	const functions = functionObjects(parseCountedHeapProfile(await readProfile(folder, FILE)));
	const sumOf = (of: (each: FunctionObjects) => number): number => functions.reduce((sum, each) => sum + of(each), 0);
	return {
		requests: after - before,
		objects: sumOf(({ objects }) => objects),
		bytes: sumOf(({ bytes }) => bytes),
		functions,
		file: FILE,
	};
}
