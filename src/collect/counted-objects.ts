import * as z from "zod";
import {
	type CountedHeapProfile,
	type FunctionObjects,
	functionObjects,
	parseCountedHeapProfile,
} from "#src/analyse/import/v8/heap-profile.js";
import { KnownError } from "#src/errors.js";
import type { Window } from "#src/model/measurement.js";
import type { RunningTarget } from "#src/target/target.js";
import type { MeasureHooks } from "./collector.js";
import { filesOf, type IsolateFile, IsolateFileProfiler, type IsolateFiles } from "./isolate-files.js";
import { CALL_TIMEOUT_MS, readProfile } from "./profile-file.js";

/** Every allocation is recorded then, at about two microseconds each, so it is kept short and to one client. */
const WINDOW = { label: "every object counted", warmupMs: 250, durationMs: 1_000, clients: 1 } as const;

/** What a short window says in which every allocation was recorded. */
export interface CountedObjects {
	/** Answered while objects were counted, which is a little longer than the window. */
	readonly requests: number;
	/** Allocations; several that V8 folds into one count once. */
	readonly objects: number;
	readonly bytes: number;
	/** Those with most bytes first. */
	readonly functions: readonly FunctionObjects[];
	/** Where they are kept, in the folder that was given. */
	readonly files: readonly { readonly title: string; readonly path: string }[];
}

/**
 * Counts every object that a target allocates, in all of its isolates, with V8's heap sampler at an interval of one byte.
 * @throws KnownError COLLECTOR_FAILED when the target cannot deliver
 */
export async function countObjects(
	target: RunningTarget,
	folder: string,
	measure: (hooks: MeasureHooks) => Promise<Window>,
): Promise<CountedObjects> {
	const profiler = new IsolateFileProfiler(target, folder, {
		begin: "heap.begin",
		end: "heap.end",
		params: { intervalBytes: 1, counted: true },
		name: "objects",
		extension: ".json",
		endTimeoutMs: CALL_TIMEOUT_MS,
	});
	let before = 0;
	let after = 0;
	const left: IsolateFiles[] = [];
	await measure({
		aside: WINDOW,
		onWindowOpens: async (answers) => {
			await profiler.begin();
			before = await answers();
		},
		onWindowClosed: async (answers) => {
			after = await answers();
			left.push(await profiler.end());
		},
	});
	const files = left.flatMap((each) => withSamples(each));
	const profiles: CountedHeapProfile[] = [];
	for (const { file } of files) profiles.push(parseCountedHeapProfile(await readProfile(folder, file)));
	if (profiles.length === 0) throw nothingLeft(left[0]?.why ?? null);
	const functions = functionObjects(profiles);
	const sumOf = (of: (each: FunctionObjects) => number): number => functions.reduce((sum, each) => sum + of(each), 0);
	return {
		requests: after - before,
		objects: sumOf(({ objects }) => objects),
		bytes: sumOf(({ bytes }) => bytes),
		functions,
		files: left.flatMap((each) => filesOf(each, "Objects by position")),
	};
}

const samplesSchema = z.object({ samples: z.number().positive() });

/** An isolate that allocates nothing leaves a file without a sample. */
export const withSamples = ({ files }: IsolateFiles): IsolateFile[] =>
	files.filter(({ value }) => samplesSchema.safeParse(value).success);

export const nothingLeft = (why: string | null): KnownError =>
	new KnownError({
		code: "COLLECTOR_FAILED",
		what: "V8's heap sampler saw no allocation in the window",
		why: why ?? "the target allocated next to nothing, or its processes ended",
		fix: "try a longer --duration",
	});
