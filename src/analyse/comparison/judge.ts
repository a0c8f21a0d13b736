import {
	type ComparedSet,
	type Effect,
	type MetricName,
	metricNames,
	type RunningEffect,
	type Verdict,
} from "#src/model/comparison.js";
import { fewRoundsDiffer } from "./few-rounds.js";
import { detectableChange, setsToDecide } from "./forecast.js";
import {
	type ContrastsByMetric,
	type Interval,
	intervalsOf,
	type JudgeDesign,
	type Judged,
	judgeContrasts,
	marginOf,
	overall,
} from "./judge-contrasts.js";
import { attemptsOf, overSets } from "./over-sets.js";
import type { ProcessSet } from "./process-set.js";
import { mean } from "./robust.js";
import { type Contrasts, contrastsOfSet, cpuContrast, isRatio, roundContrasts, sideOfSet } from "./set-changes.js";

/** Which two variants of the sets are compared. */
export interface Pair {
	readonly base: number;
	readonly head: number;
}

export interface Judgement {
	readonly effects: readonly Effect[];
	readonly verdict: Verdict;
	/** See Comparison. */
	readonly typicalCpuChange: number | null;
	/** False while more sets could still lead to another verdict. */
	readonly decided: boolean;
}

/** Effects of head against base in all metrics, and the verdict. */
export function judge(sets: readonly ProcessSet[], pair: Pair, design: JudgeDesign): Judgement {
	const { contrasts, typicalCpuChange } = contrastsBetween(sets, pair);
	const judged = judgeContrasts(collect(contrasts), design).map((each) => {
		const bound = errorBound(each, sets, pair);
		if (bound === null) return each;
		const clear = bound < marginOf(each.metric, design);
		return { ...each, low: -bound, high: bound, verdict: clear ? ("no change" as const) : ("cannot tell" as const) };
	});
	const totals = { base: overSets(sets, pair.base), head: overSets(sets, pair.head) };
	const perSetMs = (sets.at(-1)?.endedAtMs ?? 0) / Math.max(1, sets.length);
	return {
		effects: judged.map((each) => effectOf(each, totals, perSetMs, design)),
		typicalCpuChange,
		...overall(judged, design),
	};
}

interface Evidence {
	/** Of every set. */
	readonly contrasts: readonly Contrasts[];
	/** See Comparison. */
	readonly typicalCpuChange: number | null;
}

/** CPU is that of typical rounds, unless those that are not typical differ between the sides. */
function contrastsBetween(sets: readonly ProcessSet[], { base, head }: Pair): Evidence {
	if (!fewRoundsDiffer(sets, base, head)) {
		return { contrasts: sets.map((set) => contrastsOfSet(set, base, head)), typicalCpuChange: null };
	}
	const typical = sets.flatMap((set) => cpuContrast(set, base, head) ?? []);
	return {
		contrasts: sets.map((set) => contrastsOfSet(set, base, head, "totals")),
		typicalCpuChange: Math.expm1(mean(typical)),
	};
}

/** Sets in which a metric could not be measured are left out of it. */
const collect = (contrasts: readonly Contrasts[]): ContrastsByMetric =>
	byMetric((metric) => contrasts.flatMap((each) => each[metric] ?? []));

function effectOf(
	judged: Judged,
	totals: Readonly<Record<keyof Pair, ReturnType<typeof overSets>>>,
	perSetMs: number,
	design: JudgeDesign,
): Effect {
	const { metric } = judged;
	const change = (value: number | null): number | null => changeOf(metric, value);
	const needed = setsNeeded(judged, design);
	const more = needed === null ? null : Math.max(1, needed - judged.sets);
	return {
		metric,
		unit: metric === "alloc" ? "bytes" : metric === "errors" ? "share" : "ns",
		base: totals.base[metric],
		head: totals.head[metric],
		change: change(judged.estimate),
		low: change(judged.low),
		high: change(judged.high),
		alpha: judged.alpha,
		margin: design.margins[metric],
		judged: judged.judged,
		verdict: judged.verdict,
		permutationP: judged.permutationP,
		sets: judged.sets,
		setSd: judged.sd,
		smallestDetectable: change(judged.sd === null ? null : detectableChange(judged.sd, judged.sets, judged.level)),
		secondsToDecide: more === null || perSetMs === 0 ? null : (more * perSetMs) / 1e3,
	};
}

function setsNeeded(judged: Judged, design: JudgeDesign): number | null {
	const { verdict, estimate, sd, level, metric } = judged;
	if (verdict !== "cannot tell" || estimate === null || sd === null) return null;
	const needed = setsToDecide(estimate, sd, marginOf(metric, design), level);
	return needed === null ? null : Math.max(needed, design.firstLook);
}

const byMetric = <T>(figure: (metric: MetricName) => T): Record<MetricName, T> =>
	Object.fromEntries(metricNames.map((metric) => [metric, figure(metric)])) as Record<MetricName, T>;

const changeOf = <T extends number | null>(metric: MetricName, contrast: T): T =>
	contrast === null || !isRatio(metric) ? contrast : (Math.expm1(contrast) as T);

/**
 * Where no request failed there is no spread to judge by; then a share of at most −ln(alpha / 2) ÷ attempts is compatible with having
 * seen no failure (the "rule of three" for another alpha: Hanley and Lippman-Hand 1983, JAMA 249). Null where there is a spread, or
 * no interval yet.
 */
function errorBound(interval: Interval, sets: readonly ProcessSet[], { base, head }: Pair): number | null {
	const { metric, sd, estimate, low, alpha } = interval;
	if (metric !== "errors" || sd !== 0 || estimate !== 0 || low === null) return null;
	return Math.min(1, -Math.log(alpha / 2) / Math.max(1, Math.min(attemptsOf(sets, base), attemptsOf(sets, head))));
}

/** The interval of every metric after each set from the first look on, as it was then. */
export function runningEffects(sets: readonly ProcessSet[], pair: Pair, design: JudgeDesign): RunningEffect[] {
	const running: RunningEffect[] = [];
	for (let count = design.firstLook; count <= sets.length; count++) {
		const until = sets.slice(0, count);
		for (const interval of intervalsOf(collect(contrastsBetween(until, pair).contrasts), design)) {
			const { metric, estimate, low, high } = interval;
			if (estimate === null || low === null || high === null) continue;
			const bound = errorBound(interval, until, pair);
			running.push({
				metric,
				sets: count,
				endedAtMs: sets[count - 1]?.endedAtMs ?? 0,
				change: changeOf(metric, estimate),
				low: changeOf(metric, bound === null ? low : -bound),
				high: changeOf(metric, bound ?? high),
			});
		}
	}
	return running;
}

/** The sets as the record keeps them. */
export function toComparedSets(sets: readonly ProcessSet[], pair: Pair): ComparedSet[] {
	const { base, head } = pair;
	const { contrasts } = contrastsBetween(sets, pair);
	return sets.map((set, index) => ({
		endedAtMs: set.endedAtMs,
		startOrder: [...set.startOrder],
		warmupRequests: [...set.warmupRequests],
		base: sideOfSet(set, base),
		head: sideOfSet(set, head),
		changes: byMetric((metric) => changeOf(metric, contrasts[index]?.[metric] ?? null)),
		roundChanges: roundContrasts(set, base, head).map(Math.expm1),
	}));
}
