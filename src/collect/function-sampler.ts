import { rm } from "node:fs/promises";
import { join } from "node:path";
import { countTicks, plainCallTree, type SampledProfile } from "#src/analyse/import/v8/cpu-profile.js";
import { KnownError } from "#src/errors.js";
import type { Window } from "#src/model/measurement.js";
import type { RunningTarget } from "#src/target/target.js";
import type { CollectedTree } from "./collector.js";
import { IsolateFileProfiler } from "./isolate-files.js";
import { joinedProfile } from "./isolate-profiles.js";

/** Short slices are to show as much as they can: five times as many samples as a profile of a whole window. */
const FUNCTION_INTERVAL_US = 200;
const END_TIMEOUT_MS = 10_000;

/**
 * Samples the functions of a target, in every isolate, while others load it: V8's sampler, started for that alone. Functions that V8 has
 * inlined are in their callers, on lines of their own.
 * @param folder for its files, which are removed again
 */
export class TargetFunctionSampler {
	readonly #profiler: IsolateFileProfiler;

	constructor(
		target: RunningTarget,
		readonly folder: string,
	) {
		this.#profiler = new IsolateFileProfiler(target, folder, {
			begin: "cpu.sample.begin",
			end: "cpu.sample.end",
			params: { intervalUs: FUNCTION_INTERVAL_US },
			name: "functions",
			extension: ".cpuprofile",
			endTimeoutMs: END_TIMEOUT_MS,
		});
	}

	begin(): Promise<void> {
		return this.#profiler.begin();
	}

	/** What it saw since begin(); null where there is no sample. */
	async end(): Promise<SampledProfile | null> {
		const left = await this.#profiler.end();
		try {
			return (await joinedProfile(this.folder, left))?.profile ?? null;
		} finally {
			await Promise.all(left.files.map(({ file }) => rm(join(this.folder, file), { force: true })));
		}
	}
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
