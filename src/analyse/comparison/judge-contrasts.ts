import { type MetricName, metricNames, type Verdict } from "../../model/comparison.js";
import { criticalT, levelOfLooks } from "./looks.js";
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
export interface Judged {
	readonly metric: MetricName;
	readonly judged: boolean;
	readonly verdict: Verdict;
	readonly sets: number;
	readonly estimate: number | null;
	readonly low: number | null;
	readonly high: number | null;
	readonly alpha: number;
	readonly sd: number | null;
	/** The two-sided nominal level of each look. */
	readonly level: number;
	/** Of the sign-flip test that confirms a difference; null where the interval holds zero and there is nothing to confirm. */
	readonly permutationP: number | null;
}

/** By metric, one contrast for each process set in which it could be measured. */
export type ContrastsByMetric = Readonly<Record<MetricName, readonly number[]>>;

/**
 * Judges every metric by its contrasts between process sets. Each judged metric is tested at its share of alpha; the share of a metric
 * that is found to differ passes to the others (Holm 1979, with weights; for tests with several looks Ye, Li, Liu and Yao 2013,
 * Statistics in Medicine 32: the boundary of a metric is used as if its larger share had been there from the first look on, which can
 * only widen what was not rejected before).
 */
export function judgeContrasts(contrasts: ContrastsByMetric, design: JudgeDesign): Judged[] {
	const open = metricNames.filter((metric) => weightOf(metric, design) > 0 && contrasts[metric].length > 0);
	const judged = new Map<MetricName, Judged>();
	for (let again = true; again; ) {
		again = false;
		const left = open.filter((metric) => !isDifferent(judged.get(metric)));
		const weight = left.reduce((sum, metric) => sum + weightOf(metric, design), 0);
		for (const metric of left) {
			const found = judgeOne(
				metric,
				contrasts[metric],
				design,
				(design.alpha * weightOf(metric, design)) / weight,
				true,
			);
			judged.set(metric, found);
			if (isDifferent(found)) again = true;
		}
	}
	return metricNames.map(
		(metric) => judged.get(metric) ?? judgeOne(metric, contrasts[metric], design, design.alpha, false),
	);
}

const weightOf = (metric: MetricName, { weights }: JudgeDesign): number => weights[metric] ?? 0;

/** Whether the interval leaves out zero. */
const isDifferent = (judged: Judged | undefined): boolean =>
	judged !== undefined && judged.low !== null && judged.high !== null && (judged.low > 0 || judged.high < 0);

function judgeOne(
	metric: MetricName,
	values: readonly number[],
	design: JudgeDesign,
	alpha: number,
	judged: boolean,
): Judged {
	const sets = values.length;
	const level = levelOfLooks(alpha, design.firstLook, design.mostSets);
	const nothing = { metric, judged, sets, alpha, level, verdict: "cannot tell" as const, permutationP: null };
	if (sets === 0) return { ...nothing, estimate: null, low: null, high: null, sd: null };
	const estimate = mean(values);
	const sd = standardDeviation(values);
	if (sets < design.firstLook) return { ...nothing, estimate, low: null, high: null, sd };
	const half = (criticalT(level, sets) * sd) / Math.sqrt(sets);
	const interval = { low: estimate - half, high: estimate + half };
	const permutationP = interval.low > 0 || interval.high < 0 ? signFlipP(values, randomOf(design.seed)) : null;
	const verdict = verdictOf({ estimate, ...interval, margin: marginOf(metric, design), permutationP, sets });
	return { ...nothing, ...interval, verdict, estimate, sd, permutationP };
}

/** The margin on the scale of the contrasts. */
export const marginOf = (metric: MetricName, { margins }: Pick<JudgeDesign, "margins">): number =>
	isRatio(metric) ? Math.log1p(margins[metric]) : margins[metric];

const CONFIRMED_P = 0.01;

function verdictOf(found: {
	readonly estimate: number;
	readonly low: number;
	readonly high: number;
	readonly margin: number;
	readonly permutationP: number | null;
	readonly sets: number;
}): Verdict {
	const { estimate, low, high, margin, permutationP, sets } = found;
	const confirmed = permutationP !== null && permutationP <= Math.max(CONFIRMED_P, smallestSignFlipP(sets));
	if (low > 0 && estimate >= margin && confirmed) return "regressed";
	if (high < 0 && estimate <= -margin && confirmed) return "improved";
	return low > -margin && high < margin ? "no change" : "cannot tell";
}

/** Verdict of all metrics together, and whether more evidence could still change it. */
export function overall(judged: readonly Judged[], design: JudgeDesign): { verdict: Verdict; decided: boolean } {
	const counted = judged.filter((each) => each.judged);
	const primary = counted.filter(({ metric }) => design.primary.includes(metric));
	const deciding = primary.length > 0 ? primary : counted;
	const any = (verdict: Verdict): boolean => counted.some((each) => each.verdict === verdict);
	const settled = deciding.length > 0 && deciding.every((each) => each.verdict !== "cannot tell");
	if (any("regressed")) return { verdict: "regressed", decided: true };
	if (any("improved")) return { verdict: "improved", decided: settled };
	return settled ? { verdict: "no change", decided: true } : { verdict: "cannot tell", decided: false };
}

/** xorshift32: only the draws of the permutation depend on it. */
function randomOf(seed: number): () => number {
	let state = (seed >>> 0) ^ 0x9e3779b9 || 1;
	return () => {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		return (state >>> 0) / 2 ** 32;
	};
}
