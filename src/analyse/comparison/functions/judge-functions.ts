import { mean, standardDeviation } from "#src/analyse/comparison/robust.js";
import { studentQuantile } from "#src/analyse/statistics/distributions.js";
import {
	type CommonVariance,
	commonVariance,
	moderatedVariance,
	twoSidedP,
} from "#src/analyse/statistics/moderated.js";
import type { Frame } from "#src/model/call-tree.js";
import type { ChangedCost, FunctionVerdicts } from "#src/model/function-verdicts.js";
import type { CostSeries, OfSides, SampledFunctions } from "./cost-series.js";

/** With fewer sets nothing is known of how they differ. */
export const FEWEST_SETS = 4;
/** Over all sets and both sides together; chosen without a look at the difference, so it costs no certainty. */
const FEWEST_TICKS = 40;
/** In which nothing of the target's is on top: a collection is a burst of ticks, and its cost is known better from V8. */
const NOT_FUNCTIONS = new Set(["(garbage collector)", "(program)", "(idle)", "(root)"]);
/** At this level a function may be what another one's change moved to. */
const PARTNER_P = 0.05;
/** A function that makes up so much of its package's change is the change. */
const EXPLAINS = 0.5;

/** What may be named: a function, a file of the application, or a package; its ticks, and the functions that it is made of. */
interface Candidate extends CostSeries {
	readonly kind: ChangedCost["kind"];
	readonly members: readonly number[];
}

interface Tested extends Candidate {
	/** Nanoseconds a request. */
	readonly baseNs: number;
	readonly headNs: number;
	readonly difference: number;
	readonly error: number;
	readonly degrees: number;
	readonly p: number;
}

/**
 * Which functions became dearer or cheaper, from ticks that are counted in interleaved slices of both sides, set by set. What is
 * counted varies by the square root of the count at least (Poisson); how much more it varies from set to set is known of each
 * function from a few sets only, so that is mixed with what is common to all (moderated t, Smyth 2004), and is never taken for
 * less than the counts' own. All that is tested is one family (Bonferroni): of a comparison of equal sides something is named with
 * probability alpha at most, and the intervals hold together.
 *
 * Suspects, functions in lines that differ between the sides, are a family of their own and get half of alpha, as the others do: so one
 * of three candidates need not pay for hundreds.
 *
 * A function that grew while one that it calls, that calls it or that has its name shrank by as much has moved: it was inlined, split or
 * renamed. That is told as such, and is no change.
 * @returns null where fewer than four sets were sampled on both sides
 */
export function judgeFunctions(
	sampled: SampledFunctions,
	alpha: number,
	suspects: ReadonlySet<number> = new Set(),
): FunctionVerdicts | null {
	const sets = sampled.allTicks.base.length;
	if (sets < FEWEST_SETS) return null;
	const functions = sampled.functions.map(
		(series, index): Candidate => ({ ...series, kind: "function", members: [index] }),
	);
	const all = [...functions, ...groupsOf(sampled.functions)].filter(isCounted);
	const dispersions = all.map((each) => dispersionOf(each, sampled));
	const common = commonVariance(
		dispersions.filter((_, index) => all[index]?.kind === "function").filter(isPositive),
		sets - 1,
	);
	const test = (each: Candidate): Tested => testOf(each, sampled, common);
	const tested = all.map(test);
	const isSuspect = ({ kind, members }: Candidate): boolean => kind === "function" && suspects.has(members[0] ?? -1);
	const ofSuspects = tested.filter(isSuspect).length;
	const families = ofSuspects === 0 || ofSuspects === tested.length ? 1 : 2;
	const levelOf = (each: Candidate): number =>
		alpha / families / (isSuspect(each) ? ofSuspects : tested.length - ofSuspects);
	const found = tested.filter((each) => each.p <= levelOf(each));
	const moved = new Set(
		found.filter(
			(each) => each.kind === "function" && hasMoved(each, { sampled, functions, test, level: levelOf(each) }),
		),
	);
	return {
		sets,
		ticks: { base: sum(sampled.allTicks.base), head: sum(sampled.allTicks.head) },
		tested: tested.length,
		alpha,
		changed: found
			.filter((each) => !isExplained(each, found, moved))
			.map((each) => ({
				...changedCost(each, levelOf(each), moved.has(each)),
				...(isSuspect(each) ? { linesChanged: true as const } : {}),
			}))
			.toSorted((a, b) => Math.abs(b.differenceNs) - Math.abs(a.differenceNs)),
	};
}

const isPositive = (value: number): boolean => value > 0;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const isCounted = ({ frame, ticks }: Candidate): boolean =>
	!NOT_FUNCTIONS.has(frame.name) && sum(ticks.base) + sum(ticks.head) >= FEWEST_TICKS;

/** Files of the application and packages with more than one function: many small changes may add up to one that is seen. */
function groupsOf(functions: readonly CostSeries[]): Candidate[] {
	const groups = new Map<string, { readonly kind: "file" | "package"; readonly members: number[] }>();
	for (const [index, { frame }] of functions.entries()) {
		const kind = frame.package !== null ? "package" : frame.kind === "app" && frame.file !== null ? "file" : null;
		if (kind === null) continue;
		const key = `${kind} ${frame.package ?? frame.file}`;
		const group = groups.get(key) ?? { kind, members: [] };
		groups.set(key, group);
		group.members.push(index);
	}
	return [...groups.values()].flatMap(({ kind, members }) => {
		const series = members.flatMap((index) => functions[index] ?? []);
		const [first] = series;
		if (first === undefined || series.length < 2) return [];
		return [{ kind, members, frame: first.frame, ticks: ticksOfAll(series) }];
	});
}

const ticksOfAll = (series: readonly CostSeries[]): OfSides => {
	const total = (side: "base" | "head"): number[] =>
		(series[0]?.ticks[side] ?? []).map((_, set) => sum(series.map(({ ticks }) => ticks[side][set] ?? 0)));
	return { base: total("base"), head: total("head") };
};

/** head − base in each set, in nanoseconds a request. */
const differencesOf = ({ ticks }: CostSeries, { nsPerTick }: SampledFunctions): number[] =>
	ticks.base.map(
		(base, set) => (ticks.head[set] ?? 0) * (nsPerTick.head[set] ?? 0) - base * (nsPerTick.base[set] ?? 0),
	);

/** The variance that counting alone gives the difference in a set, if both sides cost the same: the mean over sets. */
function countingVariance({ ticks }: CostSeries, { nsPerTick, allTicks }: SampledFunctions): number {
	const share = (sum(ticks.base) + sum(ticks.head)) / Math.max(1, sum(allTicks.base) + sum(allTicks.head));
	const ofSide = (side: "base" | "head", set: number): number =>
		(nsPerTick[side][set] ?? 0) ** 2 * share * (allTicks[side][set] ?? 0);
	return mean(ticks.base.map((_, set) => ofSide("base", set) + ofSide("head", set)));
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
		mean(candidate.ticks[side].map((ticks, set) => ticks * (sampled.nsPerTick[side][set] ?? 0)));
	return {
		...candidate,
		baseNs: costOf("base"),
		headNs: costOf("head"),
		difference,
		error,
		degrees: moderated.degrees,
		p: twoSidedP(difference / error, moderated.degrees),
	};
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
		.filter((each, index) => isPartner(index) && !NOT_FUNCTIONS.has(each.frame.name))
		.map(test)
		.filter(({ difference, p }) => difference * suspect.difference < 0 && p < PARTNER_P)
		.toSorted((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
	const group = [suspect as CostSeries];
	for (const partner of partners) {
		group.push(partner);
		const together = test({ kind: "function", frame: suspect.frame, members: [], ticks: ticksOfAll(group) });
		if (together.p > level) return true;
		if (together.difference * suspect.difference < 0) return false;
	}
	return false;
}

const isNamesake = (frame: Frame, other: Frame | undefined): boolean =>
	other !== undefined && frame.name === other.name && frame.name !== "(anonymous)" && other.file !== null;

/** A package or file whose change is that of one of its functions says nothing more, nor does one in which a function only moved. */
const isExplained = (each: Tested, found: readonly Tested[], moved: ReadonlySet<Tested>): boolean =>
	each.kind !== "function" &&
	found.some(
		(other) =>
			other.kind === "function" &&
			other.members.every((member) => each.members.includes(member)) &&
			(moved.has(other) || other.difference / each.difference >= EXPLAINS),
	);

function changedCost(
	{ kind, frame, baseNs, headNs, difference, error, degrees }: Tested,
	level: number,
	moved: boolean,
): ChangedCost {
	const half = studentQuantile(1 - level / 2, Math.min(1e6, degrees)) * error;
	return {
		kind,
		frame,
		baseNs,
		headNs,
		differenceNs: difference,
		lowNs: difference - half,
		highNs: difference + half,
		verdict: moved ? "moved" : difference > 0 ? "dearer" : "cheaper",
	};
}
