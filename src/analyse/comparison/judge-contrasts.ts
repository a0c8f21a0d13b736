import type { StartSpreads, Verdict } from "#src/model/comparison.js";
import { isShare, type MetricName, metricNames } from "#src/model/metric-names.js";
import { seededRandom } from "#src/random.js";
import { criticalT } from "./critical-t.js";
import { allBeyondKinds, EARLY_SHARE, earlyInterval, earlyLooks } from "./early-look.js";
import { failureInterval } from "./failing-slices.js";
import { detectableChange } from "./forecast.js";
import { equivalenceCritical, levelOfLooks } from "./looks.js";
import type { SliceFailures } from "./paired-set.js";
import { mean, standardDeviation } from "./robust.js";
import { signFlipP, smallestSignFlipP } from "./sign-flip.js";

/** What is decided, at which risk. */
export interface JudgeDesign {
	/** Probability of any false "regressed" or "improved" among the judged metrics, over all looks together. */
	readonly alpha: number;
	/** Probability of a false "no change" of a metric whose true change is its margin, over all looks together. */
	readonly noChangeAlpha: number;
	/** The smallest change that matters: relative, of shares a difference. */
	readonly margins: Readonly<Record<MetricName, number>>;
	/** Judged metrics with their share of alpha; the shares are made to sum up to 1. Others are reported and not judged. */
	readonly weights: Readonly<Partial<Record<MetricName, number>>>;
	/** The metrics whose decision ends the measurement, and that make up "no change". */
	readonly primary: readonly MetricName[];
	/** Numbers of process sets: before the first only large changes are told, and the looks were planned up to the second. */
	readonly firstLook: number;
	readonly mostSets: number;
	/** What large changes are held against. */
	readonly starts: StartSpreads;
	/** The time limit; a decision that would take many times as long is not promised. */
	readonly withinMs: number;
	/** Whether the first judged metric that regressed ends the measurement. */
	readonly failFast: boolean;
	readonly seed: number;
}

/** What is known besides the contrasts, for the looks before the first ordinary one. */
export interface EarlyEvidence {
	/** See unrestOf(). */
	readonly unrest: number;
	/** Of all sets; null where slices are not known. */
	readonly failures: { readonly base: SliceFailures; readonly head: SliceFailures } | null;
}
const NOTHING_BESIDES: EarlyEvidence = { unrest: 1, failures: null };

/** What the sets say of one metric, in logs (of shares: in themselves). */
export interface Interval {
	readonly metric: MetricName;
	readonly judged: boolean;
	readonly sets: number;
	readonly estimate: number | null;
	/** Null where so few sets have none. */
	readonly low: number | null;
	readonly high: number | null;
	/** See Effect. */
	readonly rule: "early" | "sets" | null;
	readonly equivalence: { readonly low: number; readonly high: number } | null;
	/** The smallest change that as many sets find 8 times out of 10. */
	readonly detectable: number | null;
	readonly alpha: number;
	readonly sd: number | null;
	/** The two-sided nominal level of each look from the first on. */
	readonly level: number;
}

export interface Judged extends Interval {
	readonly verdict: Verdict;
	/** Of the sign-flip test that confirms a difference; null where the interval holds zero and there is nothing to confirm. */
	readonly permutationP: number | null;
}

/** By metric, one contrast for each process set in which it could be measured. */
export type ContrastsByMetric = Readonly<Record<MetricName, readonly number[]>>;

/** Judges every metric by its contrasts between process sets: where an interval leaves out zero, sign flips must confirm it. */
export function judgeContrasts(
	contrasts: ContrastsByMetric,
	design: JudgeDesign,
	besides: EarlyEvidence = NOTHING_BESIDES,
): Judged[] {
	return intervalsOf(contrasts, design, besides).map((interval) => {
		const values = contrasts[interval.metric];
		const needsFlips = interval.rule === "sets" && leavesOutZero(interval);
		const permutationP = needsFlips ? signFlipP(values, seededRandom(design.seed)) : null;
		return { ...interval, verdict: verdictOf(interval, values, permutationP, design), permutationP };
	});
}

/**
 * The interval of every metric. Each judged metric is tested at its share of alpha; the share of a metric whose interval leaves out
 * zero passes to the others (Holm 1979, with weights; for tests with several looks Ye, Li, Liu and Yao 2013, Statistics in Medicine
 * 32: the boundary of a metric is used as if its larger share had been there from the first look on, which can only widen what was
 * not rejected before). That holds the risk of any false claim of a difference at alpha. Once a share has passed on, the intervals
 * of the others each hold at the alpha that is given with them, no longer all together.
 */
function intervalsOf(contrasts: ContrastsByMetric, design: JudgeDesign, besides: EarlyEvidence): Interval[] {
	const of = (metric: MetricName, alpha: number, judged: boolean): Interval => ({
		...intervalOf(metric, contrasts[metric], design, alpha, besides),
		judged,
	});
	const open = metricNames.filter((metric) => weightOf(metric, design) > 0 && contrasts[metric].length > 0);
	const found = new Map<MetricName, Interval>();
	for (let left: readonly MetricName[] = open, again = true; again; ) {
		const weight = left.reduce((sum, metric) => sum + weightOf(metric, design), 0);
		for (const metric of left) {
			const alpha = (design.alpha * weightOf(metric, design)) / weight;
			found.set(metric, of(metric, alpha, true));
		}
		const still = left.filter((metric) => !leavesOutZero(found.get(metric)));
		again = still.length < left.length && still.length > 0;
		left = still;
	}
	return metricNames.map((metric) => found.get(metric) ?? of(metric, design.alpha, false));
}

const weightOf = (metric: MetricName, { weights }: JudgeDesign): number => weights[metric] ?? 0;

const leavesOutZero = (interval: Interval | undefined): boolean =>
	interval !== undefined && interval.low !== null && interval.high !== null && (interval.low > 0 || interval.high < 0);

function intervalOf(
	metric: MetricName,
	values: readonly number[],
	design: JudgeDesign,
	alpha: number,
	besides: EarlyEvidence,
): Omit<Interval, "judged"> {
	const { firstLook, mostSets, noChangeAlpha } = design;
	const sets = values.length;
	if (sets === 0) return { metric, sets, alpha, level: alpha, estimate: null, sd: null, ...NO_INTERVAL };
	const level = levelOfLooks(alpha * (1 - EARLY_SHARE), firstLook, mostSets);
	const estimate = mean(values);
	// One set says nothing of the spread between sets.
	const sd = sets < 2 ? null : standardDeviation(values);
	const common = { metric, sets, alpha, level, estimate, sd };
	if (sets < firstLook || sd === null) {
		const early = earlyIntervalOf(metric, values, design, alpha, besides);
		return { ...common, ...NO_INTERVAL, ...(early === null ? {} : { ...early, rule: "early" }) };
	}
	const around = (critical: number): { low: number; high: number } => {
		const half = (critical * sd) / Math.sqrt(sets);
		return { low: estimate - half, high: estimate + half };
	};
	return {
		...common,
		rule: "sets",
		...around(criticalT(level, sets)),
		equivalence: around(equivalenceCritical(noChangeAlpha, firstLook, mostSets, sets)),
		detectable: detectableChange(sd, sets, level),
	};
}

const NO_INTERVAL = { low: null, high: null, rule: null, equivalence: null, detectable: null };

function earlyIntervalOf(
	metric: MetricName,
	values: readonly number[],
	{ firstLook, starts }: JudgeDesign,
	alpha: number,
	{ unrest, failures }: EarlyEvidence,
): { low: number; high: number; detectable: number | null } | null {
	const looks = earlyLooks(firstLook);
	if (!isShare(metric)) return earlyInterval(values, starts[metric], (alpha * EARLY_SHARE) / looks, unrest);
	// By how much two kinds of processes differ in their slow answers is not known.
	if (metric !== "errors") return null;
	// Those that fail are counted from the first set on. Where none do, or as many on both sides, no interval leaves out zero.
	if (failures?.base.share === failures?.head.share) return null;
	const counted = failures && failureInterval(failures.base, failures.head, (alpha * EARLY_SHARE) / (looks + 1));
	// What so few slices leave open is nearly everything, and no interval to show.
	if (counted === null || (counted.low <= 0 && counted.high >= 0)) return null;
	// The estimate weighs slices by their requests.
	const estimate = mean(values);
	return { low: Math.min(counted.low, estimate), high: Math.max(counted.high, estimate), detectable: null };
}

/** The margin on the scale of the contrasts. */
export const marginOf = (metric: MetricName, { margins }: Pick<JudgeDesign, "margins">): number =>
	isShare(metric) ? margins[metric] : Math.log1p(margins[metric]);

const CONFIRMED_P = 0.01;
/** By so much the shares of failed requests must differ to be told early: a few may fail together for another reason. */
const MANY_FAIL = 0.5;

function verdictOf(
	interval: Interval,
	values: readonly number[],
	permutationP: number | null,
	design: JudgeDesign,
): Verdict {
	const { metric, estimate, low, high, equivalence } = interval;
	if (estimate === null || low === null || high === null) return "cannot tell";
	const margin = marginOf(metric, design);
	const confirmed = leavesOutZero(interval) && isConfirmed(interval, values, permutationP, design);
	if (low > 0 && estimate >= margin && confirmed) return "regressed";
	if (high < 0 && estimate <= -margin && confirmed) return "improved";
	if (equivalence === null) return "cannot tell";
	return equivalence.low > -margin && equivalence.high < margin ? "no change" : "cannot tell";
}

function isConfirmed(
	{ metric, rule, sets, estimate }: Interval,
	values: readonly number[],
	permutationP: number | null,
	{ starts }: JudgeDesign,
): boolean {
	if (rule === "sets") return permutationP !== null && permutationP <= Math.max(CONFIRMED_P, smallestSignFlipP(sets));
	return isShare(metric) ? Math.abs(estimate ?? 0) >= MANY_FAIL : allBeyondKinds(values, starts[metric]);
}
