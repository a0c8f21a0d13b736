import { levelOfLooks } from "#src/analyse/comparison/looks.js";
import type { ProcessSet } from "#src/analyse/comparison/process-set.js";
import { mean } from "#src/analyse/comparison/robust.js";
import { contrastsOfSet, figureOf, sidesOfSet } from "#src/analyse/comparison/set-changes.js";
import { studentQuantile } from "#src/analyse/statistics/distributions.js";
import { meanRatio } from "#src/analyse/statistics/fieller.js";
import type { TakenBack, TrialOutcome } from "#src/model/diagnosis.js";
import { isShare, type MetricName } from "#src/model/metric-names.js";

/** Variants of a rotation in which something is taken back. */
export const ROTATION = { base: 0, head: 1, without: 2 } as const;

/** Half of the difference is what a cause explains at least, and a quarter for certain. */
const LEAST_SHARE = 0.5;
const CERTAIN_SHARE = 0.25;
/** The first look: with fewer sets hardly anything is known of how they differ. */
export const FIRST_LOOK = 3;
export const MOST_SETS = 24;

/** What a rotation is held against. */
export interface TrialRules {
	/** The one that decides first. */
	readonly metrics: readonly MetricName[];
	/** The one that tells base from head soonest; it may refute what the first does not hold for the cause either. */
	readonly clearest: MetricName;
	/** Probability of an interval that leaves the truth out at any look. */
	readonly alpha: number;
}

/**
 * Which share of the difference between head and base is gone without something, by metric. In each set both differences are taken
 * relative to head, so that what slows the machine is in none of them; of metrics that are shares they are plain differences.
 */
export function takenBackOf(
	sets: readonly ProcessSet[],
	{ metrics, alpha }: Pick<TrialRules, "metrics" | "alpha">,
): TakenBack[] {
	const level = levelOfLooks(alpha, FIRST_LOOK, MOST_SETS);
	const warm = sets.filter(({ cold = [] }) => cold.length === 0);
	// All three are as cold in a set that was not warm, which is better than nothing: a half and a quarter are told apart.
	const used = warm.length >= FIRST_LOOK ? warm : sets;
	return metrics.flatMap((metric) => {
		const seen = used.flatMap((set) => differencesIn(set, metric) ?? []);
		if (seen.length === 0) return [];
		const critical = seen.length < FIRST_LOOK ? null : studentQuantile(1 - level / 2, seen.length - 1);
		const ratio =
			critical === null
				? null
				: meanRatio(
						seen.map(({ part }) => part),
						seen.map(({ whole }) => whole),
						critical,
					);
		const [low, high] = ratio?.bounds ?? [null, null];
		return [
			{
				...{ metric, unit: unitOf(metric) },
				base: mean(seen.map(({ base }) => base)),
				head: mean(seen.map(({ head }) => head)),
				without: mean(seen.map(({ without }) => without)),
				share: ratio?.ratio ?? null,
				...{ low, high, sets: seen.length },
			},
		];
	});
}

const unitOf = (metric: MetricName): TakenBack["unit"] =>
	isShare(metric) ? "share" : metric === "alloc" ? "bytes" : "ns";

interface SetDifferences {
	readonly base: number;
	readonly head: number;
	readonly without: number;
	/** head − base, head − without. */
	readonly whole: number;
	readonly part: number;
}

/** Null where one of the three is not known. */
function differencesIn(set: ProcessSet, metric: MetricName): SetDifferences | null {
	const variants = [ROTATION.base, ROTATION.head, ROTATION.without];
	const [base, head, without] = sidesOfSet(set, variants).map((side) => figureOf(side, metric));
	if (base == null || head == null || without == null) return null;
	if (isShare(metric)) return { base, head, without, whole: head - base, part: head - without };
	const toBase = contrastsOfSet(set, ROTATION.head, ROTATION.base)[metric];
	const toWithout = contrastsOfSet(set, ROTATION.head, ROTATION.without)[metric];
	if (toBase === null || toWithout === null) return null;
	return {
		base: head * Math.exp(toBase),
		head,
		without: head * Math.exp(toWithout),
		whole: -Math.expm1(toBase),
		part: -Math.expm1(toWithout),
	};
}

/** What the deciding metric says so far; null: nothing yet. */
export function outcomeOf(
	takenBack: readonly TakenBack[],
	clearest: MetricName,
): Extract<TrialOutcome, "proved" | "refuted"> | null {
	const [first] = takenBack;
	if (first?.share == null) return null;
	const clear = takenBack.find(({ metric }) => metric === clearest);
	if (first.share < LEAST_SHARE && clear?.high != null && clear.high < LEAST_SHARE) return "refuted";
	if (first.low === null || first.high === null) return null;
	if (first.share >= LEAST_SHARE && first.low > CERTAIN_SHARE) return "proved";
	return first.high < LEAST_SHARE ? "refuted" : null;
}

/** Ends of an interval so near to each other say how much it is, not only that it is. */
const NEAR = 0.3;
/** However wide it is then, more of them take more time than they are worth. */
const ENOUGH_SETS = 10;

/** Whether a proof may end: a reader who sees the share should not have to wonder. */
export const isClear = ([first]: readonly TakenBack[]): boolean =>
	first?.low != null && first.high !== null && (first.high - first.low <= NEAR || first.sets >= ENOUGH_SETS);

/** Of one that is not decided, whether it looks more like the cause than not. */
export const looksLikeCause = ([first]: readonly TakenBack[]): boolean => (first?.share ?? 0) >= LEAST_SHARE;

/** Of the error of a run, what trial number `index` (from 0) may spend: all of them together spend it all, however many there are. */
export const alphaOfTrial = (alpha: number, index: number): number => alpha / ((index + 1) * (index + 2));
