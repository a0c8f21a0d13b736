import { packageFolderOf } from "#src/analyse/call-tree/same-source.js";
import { mean, standardDeviation } from "#src/analyse/comparison/robust.js";
import { studentQuantile } from "#src/analyse/statistics/distributions.js";
import {
	type CommonVariance,
	commonVariance,
	moderatedVariance,
	twoSidedP,
} from "#src/analyse/statistics/moderated.js";
import type { Frame } from "#src/model/call-tree.js";
import type { CostChange } from "#src/model/function-verdicts.js";
import type { CostSeries, SampledFunctions } from "./cost-series.js";

/** With fewer sets nothing is known of how they differ. */
export const FEWEST_SETS = 4;
/** Over all sets and both sides together; chosen without a look at the difference, so it costs no certainty. */
const FEWEST_SAMPLES = 40;
/**
 * In which nothing of the target's is on top: a collection is a burst of ticks, and its cost is known better from V8; what compiling
 * allocates is none of the code's.
 */
const NOT_FUNCTIONS: ReadonlySet<string> = new Set([
	...["(garbage collector)", "(program)", "(idle)", "(root)"],
	...["(GC)", "(PARSER)", "(BYTECODE_COMPILER)", "(COMPILER)", "(IDLE)"],
]);
/** At this level a function may be what another one's change moved to. */
const PARTNER_P = 0.05;
/** A function that makes up so much of its package's change is the change. */
const EXPLAINS = 0.5;

/** What came of it; costs are in what a tick is worth, nanoseconds or bytes a request. */
export interface JudgedCosts {
	readonly sets: number;
	/** Of each side. */
	readonly ticks: { readonly base: number; readonly head: number };
	/** How many functions, files, packages and layers had enough samples. */
	readonly tested: number;
	readonly alpha: number;
	/** The largest difference first. */
	readonly changed: readonly CostChange[];
}

/** What may be named: a function, a file of the application, or a package; its ticks, and the functions that it is made of. */
interface Candidate extends CostSeries {
	readonly kind: CostChange["kind"];
	readonly members: readonly number[];
}

interface Tested extends Candidate {
	readonly base: number;
	readonly head: number;
	readonly difference: number;
	readonly error: number;
	readonly degrees: number;
	readonly p: number;
}

/** What is asked about apart from all other functions. */
export interface Families {
	/** Functions in lines that differ between the sides. */
	readonly suspects?: ReadonlySet<number>;
	/** Null: they are not known. */
	readonly layers?: { readonly series: readonly CostSeries[]; readonly alpha: number } | null;
}

/**
 * Which functions became dearer or cheaper, from ticks that are counted in interleaved slices of both sides, set by set. What is
 * counted varies by the square root of the count at least (Poisson; samples that weigh more than a tick by the root of the sum of their
 * squares); how much more it varies from set to set is known of each function from a few sets only, so that is mixed with what is common
 * to all (moderated t, Smyth 2004), and is never taken for less than the counts' own. All that is tested is one family (Bonferroni): of a comparison of equal sides something is named with
 * probability alpha at most, and the intervals hold together.
 *
 * Suspects, functions in lines that differ between the sides, are a family of their own and get half of alpha, as the others do: so one
 * of three candidates need not pay for hundreds. Layers have an alpha of their own besides.
 *
 * A function that grew while one that it calls, that calls it or that has its name shrank by as much has moved: it was inlined, split or
 * renamed. That is told as such, and is no change.
 * @returns null where fewer than four sets were sampled on both sides
 */
export function judgeFunctions(
	sampled: SampledFunctions,
	alpha: number,
	{ suspects = new Set(), layers = null }: Families = {},
): JudgedCosts | null {
	const sets = sampled.allTicks.base.length;
	if (sets < FEWEST_SETS) return null;
	const functions = sampled.functions.map(
		(series, index): Candidate => ({ ...series, kind: "function", members: [index] }),
	);
	const recognised = functions.filter((_, index) => !sampled.unrecognised.has(index));
	const all = [...recognised, ...groupsOf(sampled)].filter(isCounted);
	const dispersions = all.filter(({ kind }) => kind === "function").map((each) => dispersionOf(each, sampled));
	const common = commonVariance(dispersions.filter(isPositive), sets - 1);
	const test = (each: Candidate): Tested => testOf(each, sampled, common);
	const isSuspect = ({ kind, members }: Candidate): boolean => kind === "function" && suspects.has(members[0] ?? -1);
	const families = [all.filter(isSuspect), all.filter((each) => !isSuspect(each))].filter(isNotEmpty);
	const ofLayers = (layers?.series ?? []).map((series): Candidate => ({ ...series, kind: "layer", members: [] }));
	const found = [
		...families.flatMap((family) => foundIn(family.map(test), alpha / families.length)),
		...foundIn(ofLayers.filter(isCounted).map(test), layers?.alpha ?? 0),
	];
	const moved = new Set(
		found.filter((each) => each.kind === "function" && hasMoved(each, { sampled, functions, test, level: each.level })),
	);
	return {
		sets,
		ticks: { base: sum(sampled.allTicks.base), head: sum(sampled.allTicks.head) },
		tested: all.length + ofLayers.filter(isCounted).length,
		alpha: alpha + (layers?.alpha ?? 0),
		changed: found
			.filter((each) => !isExplained(each, found, moved))
			.map((each) => ({
				...costChange(each, moved.has(each)),
				...(isSuspect(each) ? { linesChanged: true as const } : {}),
			}))
			.toSorted((a, b) => Math.abs(b.difference) - Math.abs(a.difference)),
	};
}

/** Those of a family that differ, each at an equal part of its alpha. */
const foundIn = (family: readonly Tested[], alpha: number): Found[] =>
	family.map((each) => ({ ...each, level: alpha / family.length })).filter(({ p, level }) => p <= level);

const isNotEmpty = (family: readonly Candidate[]): boolean => family.length > 0;

const isPositive = (value: number): boolean => value > 0;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const ticksOf = ({ ticks }: CostSeries): number => sum(ticks.base) + sum(ticks.head);

/** What a tick of it weighs more than one: by so much its ticks vary more than counts do. */
const weightOf = (series: CostSeries): number => series.squares / Math.max(Number.MIN_VALUE, ticksOf(series));

const isCounted = (each: Candidate): boolean =>
	!isNoFunction(each.frame) && ticksOf(each) / weightOf(each) >= FEWEST_SAMPLES;

const isNoFunction = ({ name, file }: Frame): boolean => file === null && NOT_FUNCTIONS.has(name);

/** Files of the application and packages with more than one function: many small changes may add up to one that is seen. */
function groupsOf({ functions, sources }: SampledFunctions): Candidate[] {
	const groups = new Map<string, { readonly kind: "file" | "package"; readonly members: number[] }>();
	for (const [index, { frame }] of functions.entries()) {
		const source = sources[index] ?? "";
		const kind = frame.package !== null ? "package" : frame.kind === "app" && frame.file !== null ? "file" : null;
		if (kind === null) continue;
		const key = `${kind} ${kind === "package" ? (packageFolderOf(source) ?? frame.package) : source}`;
		const group = groups.get(key) ?? { kind, members: [] };
		groups.set(key, group);
		group.members.push(index);
	}
	return [...groups.values()].flatMap(({ kind, members }) => {
		const series = members.flatMap((index) => functions[index] ?? []);
		const [first] = series;
		if (first === undefined || series.length < 2) return [];
		return [{ kind, members, frame: first.frame, ...together(series) }];
	});
}

function together(all: readonly CostSeries[]): Pick<CostSeries, "ticks" | "squares"> {
	const total = (side: "base" | "head"): number[] =>
		(all[0]?.ticks[side] ?? []).map((_, set) => sum(all.map(({ ticks }) => ticks[side][set] ?? 0)));
	return { ticks: { base: total("base"), head: total("head") }, squares: sum(all.map(({ squares }) => squares)) };
}

/** head − base of a request, in each set. */
const differencesOf = ({ ticks }: CostSeries, { perTick }: SampledFunctions): number[] =>
	ticks.base.map((base, set) => (ticks.head[set] ?? 0) * (perTick.head[set] ?? 0) - base * (perTick.base[set] ?? 0));

/** The variance that counting alone gives the difference in a set, if both sides cost the same: the mean over sets. */
function countingVariance(series: CostSeries, { perTick, allTicks }: SampledFunctions): number {
	const share = ticksOf(series) / Math.max(1, sum(allTicks.base) + sum(allTicks.head));
	const ofSide = (side: "base" | "head", set: number): number =>
		(perTick[side][set] ?? 0) ** 2 * share * (allTicks[side][set] ?? 0);
	return weightOf(series) * mean(allTicks.base.map((_, set) => ofSide("base", set) + ofSide("head", set)));
}

/** How many times its counting variance the difference of a function varies from set to set. */
const dispersionOf = (series: CostSeries, sampled: SampledFunctions): number =>
	standardDeviation(differencesOf(series, sampled)) ** 2 / countingVariance(series, sampled);

function testOf(candidate: Candidate, sampled: SampledFunctions, common: CommonVariance): Tested {
	const differences = differencesOf(candidate, sampled);
	const sets = differences.length;
	const own = dispersionOf(candidate, sampled);
	const moderated = moderatedVariance(own, sets - 1, common);
	const dispersion = Math.max(1, own, moderated.variance);
	const error = Math.sqrt((dispersion * countingVariance(candidate, sampled)) / sets);
	const difference = mean(differences);
	const costOf = (side: "base" | "head"): number =>
		mean(candidate.ticks[side].map((ticks, set) => ticks * (sampled.perTick[side][set] ?? 0)));
	return {
		...candidate,
		base: costOf("base"),
		head: costOf("head"),
		difference,
		error,
		degrees: moderated.degrees,
		p: twoSidedP(difference / error, moderated.degrees),
	};
}

/** A difference that is one, at this level. */
interface Found extends Tested {
	readonly level: number;
}

/** Whether what it gained or lost is found again in those around it: the smallest group that adds up shows no difference. */
function hasMoved(
	suspect: Tested,
	{
		sampled,
		functions,
		test,
		level,
	}: {
		readonly sampled: SampledFunctions;
		readonly functions: readonly Candidate[];
		readonly test: (each: Candidate) => Tested;
		readonly level: number;
	},
): boolean {
	const [own = -1] = suspect.members;
	const isPartner = (index: number): boolean =>
		index !== own &&
		(sampled.neighbours[own]?.has(index) === true || isNamesake(suspect.frame, sampled.functions[index]?.frame));
	const partners = functions
		.filter((each, index) => isPartner(index) && !isNoFunction(each.frame))
		.map(test)
		.filter(({ difference, p }) => difference * suspect.difference < 0 && p < PARTNER_P)
		.toSorted((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
	const group = [suspect as CostSeries];
	for (const partner of partners) {
		group.push(partner);
		const all = test({ kind: "function", frame: suspect.frame, members: [], ...together(group) });
		if (all.p > level) return true;
		if (all.difference * suspect.difference < 0) return false;
	}
	return false;
}

const isNamesake = (frame: Frame, other: Frame | undefined): boolean =>
	other !== undefined && frame.name === other.name && frame.name !== "(anonymous)" && other.file !== null;

/** A package or file whose change is that of one of its functions says nothing more, nor does one in which a function only moved. */
const isExplained = (each: Tested, found: readonly Tested[], moved: ReadonlySet<Tested>): boolean =>
	(each.kind === "file" || each.kind === "package") &&
	found.some(
		(other) =>
			other.kind === "function" &&
			other.members.every((member) => each.members.includes(member)) &&
			(moved.has(other) || other.difference / each.difference >= EXPLAINS),
	);

function costChange({ kind, frame, base, head, difference, error, degrees, level }: Found, moved: boolean): CostChange {
	const half = studentQuantile(1 - level / 2, Math.min(1e6, degrees)) * error;
	return {
		kind,
		frame,
		base,
		head,
		difference,
		low: difference - half,
		high: difference + half,
		verdict: moved ? "moved" : difference > 0 ? "dearer" : "cheaper",
	};
}
