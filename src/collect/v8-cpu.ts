import { join } from "node:path";
import * as z from "zod";
import { inlinedPutBack, inliningUnresolved, samplesLost } from "#src/analyse/findings/v8.js";
import { countTicks, parseCpuProfile, plainCallTree, type SampledProfile } from "#src/analyse/import/v8/cpu-profile.js";
import { parseFunctionRanges } from "#src/analyse/import/v8/function-ranges.js";
import { type InliningReference, putBackInlinedFrames } from "#src/analyse/inlining/inlined-frames.js";
import { KnownError, messageOf } from "#src/errors.js";
import type { CallTree, TickCounts } from "#src/model/call-tree.js";
import type { ProfileFinding } from "#src/model/finding.js";
import type { Window } from "#src/model/measurement.js";
import type { ProfileNote } from "#src/model/profile-note.js";
import { NO_INLINING_FLAGS } from "#src/target/agent/no-inlining.js";
import type { RunningTarget } from "#src/target/target.js";
import { agentOf } from "./agent-of.js";
import type { CollectContext, CollectedTree, Collector, MeasureHooks } from "./collector.js";
import { CALL_TIMEOUT_MS, readProfile } from "./profile-file.js";

const NAME = "v8";
const INTERVAL_US = 1_000;
const WINDOW = "az-prof window";
/** The reference only tells who calls whom on which lines; about two thousand samples do. */
const REFERENCE_MS = 3_000;
/** Optimised code is enough: what is asked of this run is who calls whom, not how long it takes. */
const REFERENCE_WARMUP_MS = 1_500;

const files = {
	profile: "cpu.cpuprofile",
	reference: "cpu-no-inlining.cpuprofile",
	functions: "functions.json",
} as const;

/**
 * V8's CPU sampler at full speed, then, with the target started again, a short run without inlining. The shares come from
 * the first; the second only tells which function a line belongs to (docs/inlined-frames.md).
 */
export const v8Cpu: Collector<CollectedTree> = {
	name: NAME,
	title: "V8 CPU sampler",
	needsProcess: true,
	needsNode: true,
	unavailable: async () => null,
	collect: async (context) => {
		const { measurement, profile } = await sampleAtFullSpeed(context);
		const reference = await sampleWithoutInlining(context);
		const analysis = analyse(profile, reference);
		return {
			measurement,
			tree: analysis.tree,
			ticks: analysis.ticks,
			files: [
				{ title: "CPU profile", path: files.profile },
				...("failure" in reference
					? []
					: [
							{ title: "CPU profile without inlining (for reference)", path: files.reference },
							{ title: "Line ranges of the target's functions", path: files.functions },
						]),
			],
			notes: notesOf(profile, analysis),
			findings: analysis.findings,
		};
	},
};

async function sampleAtFullSpeed(
	context: CollectContext,
): Promise<{ readonly measurement: Window; readonly profile: SampledProfile }> {
	const env = { AZ_PROF_CPU_INTERVAL_US: String(INTERVAL_US) };
	const measurement = await context.withTarget({ label: NAME, env }, (target) => {
		context.say("sampling");
		return measureSampled(context, target, join(context.folder, files.profile), {});
	});
	return { measurement, profile: await readCpuProfile(context, files.profile) };
}

/** The reference, or why it could not be had; the profile is worth having without it. */
async function sampleWithoutInlining(context: CollectContext): Promise<InliningReference | { failure: string }> {
	const env = { AZ_PROF_CPU_INTERVAL_US: String(INTERVAL_US), AZ_PROF_NO_INLINING: "1" };
	try {
		await context.withTarget({ label: `${NAME}-no-inlining`, env }, async (target) => {
			context.say("sampling without inlining");
			await measureSampled(context, target, join(context.folder, files.reference), {
				aside: {
					label: "without inlining",
					warmupMs: REFERENCE_WARMUP_MS,
					durationMs: Math.min(REFERENCE_MS, context.durationMs),
				},
			});
			const file = join(context.folder, files.functions);
			await agentOf(target, NAME).call("cpu.functions", { file }, CALL_TIMEOUT_MS);
		});
		return {
			profile: await readCpuProfile(context, files.reference),
			functions: parseFunctionRanges(await readProfile(context.folder, files.functions)),
		};
	} catch (error) {
		context.signal.throwIfAborted();
		return { failure: messageOf(error) };
	}
}

async function measureSampled(
	context: CollectContext,
	target: RunningTarget,
	file: string,
	window: Pick<MeasureHooks, "aside">,
): Promise<Window> {
	const agent = agentOf(target, NAME);
	return context.measure(target, {
		...window,
		onWindowOpens: async () => {
			await agent.call("cpu.begin", { name: WINDOW, file });
		},
		onWindowClosed: async () => {
			const answer = await agent.call("cpu.end", { name: WINDOW, file }, CALL_TIMEOUT_MS);
			if (!z.object({ samples: z.number().positive() }).safeParse(answer).success) throw noSamples();
		},
	});
}

interface Analysis {
	readonly tree: CallTree;
	readonly ticks: TickCounts;
	readonly findings: readonly ProfileFinding[];
	readonly inlining: ProfileNote;
}

function analyse(profile: SampledProfile, reference: InliningReference | { failure: string }): Analysis {
	if ("failure" in reference) {
		const ticks = countTicks(profile, INTERVAL_US);
		return {
			tree: plainCallTree(profile),
			ticks,
			findings: [inliningUnresolved(NAME, reference.failure), ...lossOf(ticks)],
			inlining: { kind: "inlined charged to callers" },
		};
	}
	const { tree, putBack, ambiguous, unresolved } = putBackInlinedFrames(profile, reference);
	const ticks = countTicks(profile, INTERVAL_US, { putBack, ambiguous });
	return {
		tree,
		ticks,
		findings: [inlinedPutBack(NAME, ticks, unresolved), samplesLost(NAME, ticks)].filter((found) => found !== null),
		inlining: { kind: "inlined put back", ticks: putBack, ambiguousTicks: ambiguous },
	};
}

function lossOf(ticks: TickCounts): ProfileFinding[] {
	const finding = samplesLost(NAME, ticks);
	return finding === null ? [] : [finding];
}

function notesOf(profile: SampledProfile, { ticks, inlining }: Analysis): ProfileNote[] {
	return [
		{ kind: "CPU sampler", intervalUs: INTERVAL_US, windowUs: profile.windowUs },
		{ kind: "samples", taken: ticks.total - ticks.lost, due: ticks.total, idle: ticks.idle },
		inlining,
		{ kind: "reference run", flags: NO_INLINING_FLAGS },
	];
}

async function readCpuProfile(context: CollectContext, name: string): Promise<SampledProfile> {
	return parseCpuProfile(await readProfile(context.folder, name));
}

const noSamples = (): KnownError =>
	new KnownError({
		code: "COLLECTOR_FAILED",
		what: "V8's sampler took no sample in the window",
		why: "the target's main thread was blocked, or the window was too short",
		fix: "try a longer --duration",
	});
