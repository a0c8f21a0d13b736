import { frameKey } from "#src/analyse/call-tree/call-tree.js";
import {
	distinctFrames,
	type SampledSet,
	type SampledSide,
	sampledFunctions,
	writtenAs,
} from "#src/analyse/comparison/functions/cost-series.js";
import { type Level, levelsOf } from "#src/analyse/comparison/functions/family.js";
import { FEWEST_SETS, type JudgedCosts, judgeFunctions } from "#src/analyse/comparison/functions/judge-functions.js";
import { layerSeries } from "#src/analyse/comparison/functions/layer-series.js";
import { allocatingSide, sampledTree } from "#src/analyse/comparison/functions/sampled-tree.js";
import { ownersOf } from "#src/analyse/comparison/functions/suspects.js";
import { bytesVerdicts, cpuVerdicts } from "#src/analyse/comparison/functions/verdicts-of.js";
import { priceOfWaiting } from "#src/analyse/comparison/functions/waiting.js";
import type { Judgement } from "#src/analyse/comparison/judge.js";
import type { ProcessSet } from "#src/analyse/comparison/process-set.js";
import { evidenceOf } from "#src/analyse/comparison/set-changes.js";
import type { SampledStacks } from "#src/analyse/diagnosis/costs-below.js";
import type { FunctionEvidence } from "#src/analyse/diagnosis/rank-suspects.js";
import type { InliningReference } from "#src/analyse/inlining/inlined-frames.js";
import type { Frame } from "#src/model/call-tree.js";
import type { Comparison } from "#src/model/comparison.js";
import type { SideLayers } from "#src/model/side-layers.js";
import type { ChangedLinesOfSides } from "#src/sides/changed-lines.js";

/** Both sides of a comparison, as its sets have sampled them. */
export interface SampledSides {
	readonly sets: readonly ProcessSet[];
	/** Which share of a side's CPU its sampled threads used. */
	readonly sampledShares: OfBoth<number>;
	/** Where the code of each side lies. */
	readonly roots: OfBoth<string>;
	readonly changedLines: ChangedLinesOfSides;
	/** What the metrics say. */
	readonly judgement: Pick<Judgement, "verdict" | "effects">;
	/** Whether it is asked why they differ: functions that were inlined are put back before anything is named. */
	readonly explains: boolean;
	/** Probability that anything is named of two equal sides, by CPU and bytes together. */
	readonly alpha: number;
	/** Frames of a side where they were written. */
	written(side: Side, frames: readonly Frame[]): Promise<readonly Frame[]>;
	/** By what functions that V8 had inlined are put back; it takes two starts. */
	references(): Promise<OfBoth<InliningReference | null>>;
	/** It takes two starts as well; null for a side whose layers are not known. */
	layers(): Promise<OfBoth<SideLayers | null>>;
}

const SIDES = ["base", "head"] as const;
type Side = (typeof SIDES)[number];
type OfBoth<T> = Readonly<Record<Side, T>>;

/** Functions that were inlined stay in their callers. */
const NO_REFERENCES = { base: null, head: null } as const;

/** Once, at the end: whoever looks again and again is fooled more often than promised. */
export async function judgeSampledFunctions(
	sampled: SampledSides,
): Promise<Pick<Comparison, "functions" | "functionBytes"> & { readonly evidence: FunctionEvidence | null }> {
	const { effects } = sampled.judgement;
	const ofBytes = bytesSets(sampled);
	const levels = levelsOf(sampled.alpha);
	const cpu = await judgedCpu(sampled, levels.cpu);
	const { costs: bytes } = await judged(sampled, ofBytes, levels.bytes);
	const [first] = sampled.sets.flatMap(({ sampledBytes }) => sampledBytes?.flatMap((each) => each ?? []) ?? []);
	const functions = cpu.costs && cpuVerdicts(priceOfWaiting(cpu.costs, effects));
	return {
		functions,
		functionBytes: bytes && bytesVerdicts(priceOfWaiting(bytes, effects), first?.bytes.intervalBytes ?? 0),
		evidence: cpu.stacks && { ...cpu.stacks, written: cpu.stacks.sampled.places, verdicts: functions },
	};
}

/**
 * With lines that differ it is known which functions to ask about, so those that V8 had inlined are put back before; else only where
 * something is named, as the name may be that of a caller.
 */
async function judgedCpu(sampled: SampledSides, level: Level): Promise<Judged> {
	const { changedLines, explains, judgement } = sampled;
	const setsWith = (references: OfBoth<InliningReference | null>): SampledSet[] => cpuSets(sampled, references);
	if (setsWith(NO_REFERENCES).length < FEWEST_SETS) return NOT_JUDGED;
	const isDifferent = judgement.verdict === "regressed" || judgement.verdict === "improved";
	const isAsked = changedLines.base.length + changedLines.head.length > 0 && judgement.verdict === "cannot tell";
	if (isAsked || (explains && isDifferent)) return judged(sampled, setsWith(await sampled.references()), level);
	const plain = await judged(sampled, setsWith(NO_REFERENCES), { ...level, layers: 0 });
	if (plain.costs === null || plain.costs.changed.length === 0) return plain;
	const putBack = await judged(sampled, setsWith(await sampled.references()), level);
	return putBack.costs === null || putBack.costs.changed.length === 0 ? plain : putBack;
}

/** What functions cost, and the stacks that say so; nulls where too few sets were sampled. */
interface Judged {
	readonly costs: JudgedCosts | null;
	readonly stacks: SampledStacks | null;
}
const NOT_JUDGED: Judged = { costs: null, stacks: null };

/** Where a function is named, layers are looked at as well: it takes starts to know them. */
async function judged(sampled: SampledSides, sets: readonly SampledSet[], level: Level): Promise<Judged> {
	if (sets.length < FEWEST_SETS) return NOT_JUDGED;
	const written = await asWritten(sampled, sets);
	const functions = sampledFunctions(written, sampled.roots);
	const stacks = { sampled: functions, sets: written };
	const suspects = new Set(SIDES.flatMap((side) => [...ownersOf(functions.places[side], sampled.changedLines[side])]));
	const alone = judgeFunctions(functions, level.functions, { suspects });
	if (alone === null || alone.changed.length === 0 || level.layers === 0) return { costs: alone, stacks };
	const layers = { series: layerSeries(written, await sampled.layers()), alpha: level.layers };
	return { costs: judgeFunctions(functions, level.functions, { suspects, layers }), stacks };
}

/**
 * Functions are where they were written, by source maps where there are any, before those of one side are looked for on the other one:
 * names of a bundle mean nothing in the next.
 */
async function asWritten(sampled: SampledSides, sets: readonly SampledSet[]): Promise<SampledSet[]> {
	const ofSide = async (side: Side): Promise<readonly SampledSide[]> => {
		const all = sets.map((set) => set[side]);
		const frames = distinctFrames(all);
		const written = await sampled.written(side, frames);
		const byFrame = new Map(frames.map((frame, index) => [frameKey(frame), written[index] ?? frame]));
		return all.map((each) => writtenAs(each, byFrame));
	};
	const [base, head] = [await ofSide("base"), await ofSide("head")];
	return sets.map((set, index) => ({ base: base[index] ?? set.base, head: head[index] ?? set.head }));
}

/** Sets in which both sides were warm and sampled, their CPU without that of threads which are not sampled. */
const cpuSets = ({ sets, sampledShares }: SampledSides, references: OfBoth<InliningReference | null>): SampledSet[] =>
	setsOf(sets, (set, variant, side) => {
		const profile = set.sampled?.[variant] ?? null;
		const { cpuNsPerRequest } = evidenceOf(set, variant).cost;
		if (profile === null || cpuNsPerRequest === null) return null;
		return { tree: sampledTree(profile, references[side]), perRequest: cpuNsPerRequest * sampledShares[side] };
	});

const bytesSets = ({ sets }: SampledSides): SampledSet[] =>
	setsOf(sets, (set, variant) => {
		const seen = set.sampledBytes?.[variant] ?? null;
		return seen === null || seen.answers === 0 ? null : allocatingSide(seen.bytes, seen.answers);
	});

/** A set with a side that was not warm, or of which nothing was seen, says nothing. */
const setsOf = (
	sets: readonly ProcessSet[],
	sideOf: (set: ProcessSet, variant: number, side: Side) => SampledSide | null,
): SampledSet[] =>
	sets.flatMap((set) => {
		if ((set.cold?.length ?? 0) > 0) return [];
		const [base, head] = SIDES.map((side, variant) => sideOf(set, variant, side));
		return base == null || head == null ? [] : [{ base, head }];
	});
