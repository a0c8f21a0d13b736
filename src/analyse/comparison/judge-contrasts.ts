import { type MetricName, metricNames, type Verdict } from "#src/model/comparison.js";
import { seededRandom } from "#src/random.js";
import { criticalT } from "./critical-t.js";
import { levelOfLooks } from "./looks.js";
import { mean, standardDeviation } from "./robust.js";
import { isRatio } from "./set-changes.js";
import { signFlipP, smallestSignFlipP } from "./sign-flip.js";

/** What is decided, at which risk. */
export interface JudgeDesign {
	/** Probability of any false "regressed" or "improved" among the judged metrics, over all looks together. */
	readonly alpha: number;
	/** The smallest change that matters: relative, for errors a difference of shares. */
	readonly margins: Readonly<Record<MetricName, number>>;
	/** Judged metrics with their share of alpha; the shares are made to sum up to 1. Others are reported and not judged. */
	readonly weights: Readonly<Partial<Record<MetricName, number>>>;
	/** The metrics whose decision ends the measurement, and that make up "no change". */
	readonly primary: readonly MetricName[];
	/** Numbers of process sets: nothing is decided before the first, and the looks were planned up to the second. */
	readonly firstLook: number;
	readonly mostSets: number;
	readonly seed: number;
}

/** What the sets say of one metric, in logs (errors: in shares). */
export interface Interval {
	readonly metric: MetricName;
	readonly judged: boolean;
	readonly sets: number;
	readonly estimate: number | null;
	/** Null before the first look. */
	readonly low: number | null;
	readonly high: number | null;
	readonly alpha: number;
	readonly sd: number | null;
	/** The two-sided nominal level of each look. */
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
export function judgeContrasts(contrasts: ContrastsByMetric, design: JudgeDesign): Judged[] {
	return intervalsOf(contrasts, design).map((interval) => {
		const { metric, judged, sets, estimate, low, high, alpha, sd, level } = interval;
		const permutationP = leavesOutZero(interval) ? signFlipP(contrasts[metric], seededRandom(design.seed)) : null;
		const verdict = verdictOf(interval, permutationP, marginOf(metric, design));
		return { metric, judged, sets, estimate, low, high, alpha, sd, level, verdict, permutationP };
	});
}

/**
 * The interval of every metric. Each judged metric is tested at its share of alpha; the share of a metric whose interval leaves out
 * zero passes to the others (Holm 1979, with weights; for tests with several looks Ye, Li, Liu and Yao 2013, Statistics in Medicine
 * 32: the boundary of a metric is used as if its larger share had been there from the first look on, which can only widen what was
 * not rejected before). That holds the risk of any false claim of a difference at alpha. Once a share has passed on, the intervals
 * of the others each hold at the alpha that is given with them, no longer all together.
 */
function intervalsOf(contrasts: ContrastsByMetric, design: JudgeDesign): Interval[] {
	const open = metricNames.filter((metric) => weightOf(metric, design) > 0 && contrasts[metric].length > 0);
	const found = new Map<MetricName, Interval>();
	for (let left: readonly MetricName[] = open, again = true; again; ) {
		const weight = left.reduce((sum, metric) => sum + weightOf(metric, design), 0);
		for (const metric of left) {
			const alpha = (design.alpha * weightOf(metric, design)) / weight;
			found.set(metric, intervalOf(metric, contrasts[metric], design, alpha, true));
		}
		const still = left.filter((metric) => !leavesOutZero(found.get(metric)));
		again = still.length < left.length && still.length > 0;
		left = still;
	}
	return metricNames.map(
		(metric) => found.get(metric) ?? intervalOf(metric, contrasts[metric], design, design.alpha, false),
	);
}

const weightOf = (metric: MetricName, { weights }: JudgeDesign): number => weights[metric] ?? 0;

const leavesOutZero = (interval: Interval | undefined): boolean =>
	interval !== undefined && interval.low !== null && interval.high !== null && (interval.low > 0 || interval.high < 0);

function intervalOf(
	metric: MetricName,
	values: readonly number[],
	design: JudgeDesign,
	alpha: number,
	judged: boolean,
): Interval {
	const sets = values.length;
	const level = levelOfLooks(alpha, design.firstLook, design.mostSets);
	const of = (estimate: number | null, sd: number | null, half: number | null): Interval => ({
		metric,
		judged,
		sets,
		alpha,
		level,
		estimate,
		low: estimate === null || half === null ? null : estimate - half,
		high: estimate === null || half === null ? null : estimate + half,
		sd,
	});
	if (sets === 0) return of(null, null, null);
	// One set says nothing of the spread between sets.
	if (sets === 1) return of(mean(values), null, null);
	const sd = standardDeviation(values);
	const half = (criticalT(level, sets) * sd) / Math.sqrt(sets);
	return of(mean(values), sd, sets < design.firstLook ? null : half);
}

/** The margin on the scale of the contrasts. */
export const marginOf = (metric: MetricName, { margins }: Pick<JudgeDesign, "margins">): number =>
	isRatio(metric) ? Math.log1p(margins[metric]) : margins[metric];

const CONFIRMED_P = 0.01;

function verdictOf({ estimate, low, high, sets }: Interval, permutationP: number | null, margin: number): Verdict {
	if (estimate === null || low === null || high === null) return "cannot tell";
	const confirmed = permutationP !== null && permutationP <= Math.max(CONFIRMED_P, smallestSignFlipP(sets));
	if (low > 0 && estimate >= margin && confirmed) return "regressed";
	if (high < 0 && estimate <= -margin && confirmed) return "improved";
	return low > -margin && high < margin ? "no change" : "cannot tell";
}

/**
 * Verdict of all metrics together, and whether the measurement is over: a judged metric regressed, every primary metric is clear, or
 * all planned looks were taken. "No change" asks it of the primary metrics, and of the others that none of them differs, nor looks as
 * if it did: one whose estimate is beyond its margin is waited for.
 */
export function overall(judged: readonly Judged[], design: JudgeDesign): { verdict: Verdict; decided: boolean } {
	const counted = judged.filter((each) => each.judged);
	const primary = counted.filter(({ metric }) => design.primary.includes(metric));
	const deciding = primary.length > 0 ? primary : counted;
	const any = (verdict: Verdict): boolean => counted.some((each) => each.verdict === verdict);
	const settled =
		deciding.length > 0 &&
		deciding.every((each) => each.verdict !== "cannot tell") &&
		!counted.some((each) => isSuspicious(each, design));
	const over = settled || counted.some(({ sets }) => sets >= design.mostSets);
	if (any("regressed")) return { verdict: "regressed", decided: true };
	if (any("improved")) return { verdict: "improved", decided: over };
	return { verdict: settled ? "no change" : "cannot tell", decided: over };
}

const isSuspicious = ({ metric, verdict, estimate }: Judged, design: JudgeDesign): boolean =>
	verdict === "cannot tell" && estimate !== null && Math.abs(estimate) >= marginOf(metric, design);
