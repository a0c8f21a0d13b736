import { rm } from "node:fs/promises";
import { join } from "node:path";
import { countTicks, plainCallTree, type SampledProfile } from "#src/analyse/import/v8/cpu-profile.js";
import { parseSampledHeapProfile, type SampledBytes, sampledBytes } from "#src/analyse/import/v8/heap-profile.js";
import { KnownError } from "#src/errors.js";
import type { FunctionSampler } from "#src/measure/live-set.js";
import type { Window } from "#src/model/measurement.js";
import type { RunningTarget } from "#src/target/target.js";
import type { CollectedTree } from "./collector.js";
import { withSamples } from "./counted-objects.js";
import { IsolateFileProfiler, type IsolateFiles, workingOnes } from "./isolate-files.js";
import { isolateHeaps, joinedProfile } from "./isolate-profiles.js";

/** Short slices are to show as much as they can: five times as many samples as a profile of a whole window. */
const FUNCTION_INTERVAL_US = 200;
/** One sample for so many bytes, some ten of a request: what taking them costs is in no figure. */
const INTERVAL_BYTES = 4_096;
const END_TIMEOUT_MS = 10_000;

/**
 * Samples the functions of a target, in every isolate, while others load it: first what they cost, at full speed, where functions that V8
 * has inlined are in their callers, on lines of their own; then what they allocate, where none may be inlined. Samplers are started for
 * that alone.
 * @param folder for their files, which are removed again
 */
export function targetFunctionSampler(target: RunningTarget, folder: string): FunctionSampler {
	const endTimeoutMs = END_TIMEOUT_MS;
	const cpu = new IsolateFileProfiler(target, folder, {
		begin: "cpu.sample.begin",
		end: "cpu.sample.end",
		params: { intervalUs: FUNCTION_INTERVAL_US },
		name: "functions",
		extension: ".cpuprofile",
		endTimeoutMs,
	});
	const bytes = new IsolateFileProfiler(target, folder, {
		begin: "heap.begin",
		end: "heap.end",
		params: { intervalBytes: INTERVAL_BYTES },
		name: "functions",
		extension: ".heapprofile",
		endTimeoutMs,
	});
	let isInlining = true;
	return {
		cpu: { begin: () => cpu.begin(), end: () => readAndRemove(cpu, folder, profileOf) },
		bytes: {
			begin: async () => (isInlining ? undefined : bytes.begin()),
			end: () => readAndRemove(bytes, folder, bytesOf),
		},
		endInlining: async () => {
			await Promise.all(target.agents.now().map((agent) => agent.call("inlining.end", {}, endTimeoutMs)));
			isInlining = false;
		},
	};
}

async function readAndRemove<Seen>(
	profiler: IsolateFileProfiler,
	folder: string,
	read: (left: IsolateFiles, folder: string) => Promise<Seen | null>,
): Promise<Seen | null> {
	const left = await profiler.end();
	try {
		return await read(left, folder);
	} finally {
		await Promise.all(left.files.map(({ file }) => rm(join(folder, file), { force: true })));
	}
}

const profileOf = async (left: IsolateFiles, folder: string): Promise<SampledProfile | null> =>
	(await joinedProfile(folder, left))?.profile ?? null;

async function bytesOf(left: IsolateFiles, folder: string): Promise<SampledBytes | null> {
	const isolates = await isolateHeaps(folder, workingOnes(withSamples(left)), parseSampledHeapProfile);
	return isolates.length === 0 ? null : sampledBytes(isolates, INTERVAL_BYTES);
}

/**
 * What it saw, as collectors bring it: of every isolate, functions that were inlined within their callers.
 * @throws KnownError COLLECTOR_FAILED where that is nothing
 */
export function sampledCollected(measurement: Window, profile: SampledProfile | null): CollectedTree {
	if (profile === null) {
		throw new KnownError({
			code: "COLLECTOR_FAILED",
			what: "no process of the target could be sampled",
			why: "none of them carries the agent, or they were idle",
			fix: "start the target with node directly",
		});
	}
	const ticks = countTicks(profile, FUNCTION_INTERVAL_US);
	return {
		measurement,
		tree: plainCallTree(profile),
		ticks,
		sampled: ["main thread", "other main threads", "worker threads"],
		files: [],
		notes: [
			{ kind: "CPU sampler", intervalUs: FUNCTION_INTERVAL_US, windowUs: profile.windowUs },
			{ kind: "samples", taken: ticks.total - ticks.lost, due: ticks.total, idle: ticks.idle },
			{ kind: "inlined charged to callers" },
		],
		findings: [],
	};
}
