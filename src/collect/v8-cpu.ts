import { join } from "node:path";
import { inlinedPutBack, inliningUnresolved, isolatesNotSampled, samplesLost } from "#src/analyse/findings/v8.js";
import { countTicks, plainCallTree, type SampledProfile } from "#src/analyse/import/v8/cpu-profile.js";
import { parseFunctionRanges } from "#src/analyse/import/v8/function-ranges.js";
import { type InliningReference, putBackInlinedFrames } from "#src/analyse/inlining/inlined-frames.js";
import { KnownError, messageOf } from "#src/errors.js";
import type { CallTree, TickCounts } from "#src/model/call-tree.js";
import type { ThreadKind } from "#src/model/cpu-parts.js";
import type { ProfileFinding } from "#src/model/finding.js";
import type { Window } from "#src/model/measurement.js";
import type { ProfileNote } from "#src/model/profile-note.js";
import { NO_INLINING_FLAGS } from "#src/target/agent/no-inlining.js";
import { oneOfEachKind } from "#src/target/kind-of-isolate.js";
import type { RunningTarget } from "#src/target/target.js";
import { agentOf } from "./agent-of.js";
import type { CollectContext, CollectedTree, Collector, MeasureHooks } from "./collector.js";
import { filesOf, IsolateFileProfiler, type IsolateFiles, workingOnes } from "./isolate-files.js";
import { joinedProfile } from "./isolate-profiles.js";
import { CALL_TIMEOUT_MS, readProfile } from "./profile-file.js";

const NAME = "v8";
const INTERVAL_US = 1_000;
const WINDOW = "az-prof window";
/** The reference only tells who calls whom on which lines; about two thousand samples do. */
const REFERENCE_MS = 3_000;
/** Optimised code is enough: what is asked of this run is who calls whom, not how long it takes. */
const REFERENCE_WARMUP_MS = 1_500;

const PROFILE = { name: "cpu", extension: ".cpuprofile" } as const;
const REFERENCE = { name: "cpu-no-inlining", extension: ".cpuprofile" } as const;

/**
 * V8's CPU sampler at full speed, then, with the target started again, a short run without inlining; in every isolate of the target at
 * once. The shares come from the first; the second only tells which function a line belongs to (docs/inlined-frames.md).
 */
export const v8Cpu: Collector<CollectedTree> = {
	name: NAME,
	title: "V8 CPU sampler",
	needsProcess: true,
	needsNode: true,
	seesEveryIsolate: true,
	unavailable: async () => null,
	collect: async (context) => {
		const sampled = await sampleAtFullSpeed(context);
		const reference = await sampleWithoutInlining(context);
		const analysis = analyse(sampled.profile, reference);
		return {
			measurement: sampled.measurement,
			tree: analysis.tree,
			ticks: analysis.ticks,
			sampled: sampledKinds(sampled.left),
			files: [
				...filesOf(sampled.left, "CPU profile"),
				...("failure" in reference
					? []
					: [
							...filesOf(reference.left, "CPU profile without inlining (for reference)"),
							...reference.functionFiles.map((path) => ({ title: "Line ranges of the target's functions", path })),
						]),
			],
			notes: notesOf(sampled, analysis),
			findings: [...analysis.findings, ...isolatesNotSampled(NAME, sampled.left)],
		};
	},
};

/** Of threads: every isolate has one, and the listener is among them. */
function sampledKinds({ files }: IsolateFiles): ThreadKind[] {
	const workers = files.filter(({ agent }) => agent.isolate.kind === "worker thread");
	return [
		"main thread",
		...(files.length - workers.length > 1 ? (["other main threads"] as const) : []),
		...(workers.length > 0 ? (["worker threads"] as const) : []),
	];
}

/** What the sampler saw in a target. */
interface Sampled {
	/** Of all isolates, joined where there are several. */
	readonly profile: SampledProfile;
	/** That of the isolate which was sampled for longest. */
	readonly windowUs: number;
	readonly left: IsolateFiles;
}

async function sampleAtFullSpeed(context: CollectContext): Promise<Sampled & { readonly measurement: Window }> {
	const env = { AZ_PROF_CPU_INTERVAL_US: String(INTERVAL_US) };
	const { measurement, left } = await context.withTarget({ label: NAME, env }, (target) => {
		context.say("sampling");
		return measureSampled(context, target, PROFILE, {});
	});
	return { measurement, left, ...(await readProfiles(context, left)) };
}

export interface Reference extends InliningReference {
	readonly left: IsolateFiles;
	readonly functionFiles: readonly string[];
}

/** The reference, or why it could not be had; the profile is worth having without it. */
export async function sampleWithoutInlining(context: CollectContext): Promise<Reference | { failure: string }> {
	const env = { AZ_PROF_CPU_INTERVAL_US: String(INTERVAL_US), AZ_PROF_NO_INLINING: "1" };
	try {
		const { left, functionFiles } = await context.withTarget({ label: `${NAME}-no-inlining`, env }, async (target) => {
			context.say("sampling without inlining");
			const sampled = await measureSampled(context, target, REFERENCE, {
				aside: {
					label: "without inlining",
					warmupMs: REFERENCE_WARMUP_MS,
					durationMs: Math.min(REFERENCE_MS, context.durationMs),
				},
			});
			return { left: sampled.left, functionFiles: await writeFunctions(context, sampled.left) };
		});
		const { profile } = await readProfiles(context, left);
		const lists = await Promise.all(functionFiles.map((file) => readProfile(context.folder, file)));
		return { profile, functions: parseFunctionRanges(...lists), left, functionFiles };
	} catch (error) {
		context.signal.throwIfAborted();
		return { failure: messageOf(error) };
	}
}

async function measureSampled(
	context: CollectContext,
	target: RunningTarget,
	names: typeof PROFILE | typeof REFERENCE,
	window: Pick<MeasureHooks, "aside">,
): Promise<{ readonly measurement: Window; readonly left: IsolateFiles }> {
	agentOf(target, NAME);
	const profiler = new IsolateFileProfiler(target, context.folder, {
		begin: "cpu.begin",
		end: "cpu.end",
		params: { name: WINDOW },
		endTimeoutMs: CALL_TIMEOUT_MS,
		...names,
	});
	const left: IsolateFiles[] = [];
	const measurement = await context.measure(target, {
		...window,
		onWindowOpens: () => profiler.begin(),
		onWindowClosed: async () => void left.push(await profiler.end()),
	});
	const [files] = left;
	if (files === undefined || files.files.length === 0) throw nobodySampled(files?.why ?? null);
	return { measurement, left: files };
}

/** Isolates of one kind run the same code, so one of each is asked. Returns names of files. */
async function writeFunctions(context: CollectContext, { files }: IsolateFiles): Promise<string[]> {
	const asked = oneOfEachKind(workingOnes(files).map(({ agent }) => agent));
	const several = asked.length > 1;
	return Promise.all(
		asked.map(async (agent, index) => {
			const file = several ? `functions-${index + 1}.json` : "functions.json";
			await agent.call("cpu.functions", { file: join(context.folder, file) }, CALL_TIMEOUT_MS);
			return file;
		}),
	);
}

async function readProfiles(context: CollectContext, left: IsolateFiles): Promise<Omit<Sampled, "left">> {
	const joined = await joinedProfile(context.folder, left);
	if (joined === null) throw noSamples();
	return joined;
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

function notesOf({ left, windowUs }: Sampled, { ticks, inlining }: Analysis): ProfileNote[] {
	const isolates = workingOnes(left.files).length;
	return [
		{ kind: "CPU sampler", intervalUs: INTERVAL_US, windowUs },
		...(isolates > 1 ? [{ kind: "isolates" as const, isolates }] : []),
		{ kind: "samples", taken: ticks.total - ticks.lost, due: ticks.total, idle: ticks.idle },
		inlining,
		{ kind: "reference run", flags: NO_INLINING_FLAGS },
	];
}

const noSamples = (): KnownError =>
	new KnownError({
		code: "COLLECTOR_FAILED",
		what: "V8's sampler took no sample in the window",
		why: "the target's main thread was blocked, or the window was too short",
		fix: "try a longer --duration",
	});

const nobodySampled = (why: string | null): KnownError =>
	new KnownError({
		code: "COLLECTOR_FAILED",
		what: "no process of the target could be sampled",
		why: why ?? "they ended",
		fix: "try another collector",
	});
