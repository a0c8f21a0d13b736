import {
	type ComparedSet,
	type Effect,
	type MetricName,
	metricNames,
	type RunningEffect,
	type Verdict,
} from "../../model/comparison.js";
import { mergeHistograms, valueAtQuantile } from "../histogram.js";
import { detectableChange, setsToDecide } from "./forecast.js";
import {
	type ContrastsByMetric,
	type JudgeDesign,
	type Judged,
	judgeContrasts,
	marginOf,
	overall,
} from "./judge-contrasts.js";
import type { ProcessSet } from "./process-set.js";
import { contrastsOfSet, isRatio, roundContrasts, sideOfSet } from "./set-changes.js";

/** Which two variants of the sets are compared. */
export interface Pair {
	readonly base: number;
	readonly head: number;
}

export interface Judgement {
	readonly effects: readonly Effect[];
	readonly verdict: Verdict;
	/** False while more sets could still lead to another verdict. */
	readonly decided: boolean;
}

/** Effects of head against base in all metrics, and the verdict. */
export function judge(sets: readonly ProcessSet[], pair: Pair, design: JudgeDesign): Judgement {
	const judged = judgeContrasts(contrastsByMetric(sets, pair), design);
	const effects = judged.map((each) => withErrorBounds(effectOf(each, sets, pair, design), sets, pair));
	const corrected = judged.map((each, index) => ({ ...each, verdict: effects[index]?.verdict ?? each.verdict }));
	return { effects, ...overall(corrected, design) };
}

function contrastsByMetric(sets: readonly ProcessSet[], { base, head }: Pair): ContrastsByMetric {
	const contrasts = sets.map((set) => contrastsOfSet(set, base, head));
	const of = (metric: MetricName): number[] => contrasts.flatMap((each) => each[metric] ?? []);
	return byMetric(of);
}

function effectOf(judged: Judged, sets: readonly ProcessSet[], { base, head }: Pair, design: JudgeDesign): Effect {
	const { metric } = judged;
	const change = (value: number | null): number | null => changeOf(metric, value);
	const perSetMs = (sets.at(-1)?.endedAtMs ?? 0) / Math.max(1, sets.length);
	const needed = setsNeeded(judged, design);
	const more = needed === null ? null : Math.max(1, needed - judged.sets);
	return {
		metric,
		unit: metric === "alloc" ? "bytes" : metric === "errors" ? "share" : "ns",
		base: overSets(sets, base, metric),
		head: overSets(sets, head, metric),
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
	const { verdict, estimate, sd, sets, level, metric } = judged;
	if (verdict !== "cannot tell" || estimate === null || sd === null || sets < 2) return null;
	return setsToDecide(estimate, sd, marginOf(metric, design), level);
}

const byMetric = <T>(figure: (metric: MetricName) => T): Record<MetricName, T> =>
	Object.fromEntries(metricNames.map((metric) => [metric, figure(metric)])) as Record<MetricName, T>;

const changeOf = (metric: MetricName, contrast: number | null): number | null =>
	contrast === null || !isRatio(metric) ? contrast : Math.expm1(contrast);

/**
 * Where no request failed there is no spread to judge by; then at most −ln(alpha / 2) failures in as many attempts as there were are
 * compatible with having seen none (the "rule of three" for another alpha: Hanley and Lippman-Hand 1983, JAMA 249).
 */
function withErrorBounds(effect: Effect, sets: readonly ProcessSet[], pair: Pair): Effect {
	if (effect.metric !== "errors" || effect.setSd !== 0 || effect.change !== 0 || effect.low === null) return effect;
	const attempts = (variant: number): number =>
		sets.map((set) => sideOfSet(set, variant)).reduce((sum, { requests, errors }) => sum + requests + errors, 0);
	const bound = -Math.log(effect.alpha / 2) / Math.max(1, Math.min(attempts(pair.base), attempts(pair.head)));
	return { ...effect, low: -bound, high: bound, verdict: bound < effect.margin ? "no change" : "cannot tell" };
}

/** A metric of one variant over all sets: quantiles of all its answers, everything else by request. */
function overSets(sets: readonly ProcessSet[], variant: number, metric: MetricName): number | null {
	const sides = sets.map((set) => sideOfSet(set, variant));
	const weighted = (figure: "cpuNsPerRequest" | "bytesPerRequest"): number | null => {
		const known = sides.filter((side) => side[figure] !== null && side.requests > 0);
		const requests = known.reduce((sum, side) => sum + side.requests, 0);
		return requests === 0 ? null : known.reduce((sum, side) => sum + (side[figure] ?? 0) * side.requests, 0) / requests;
	};
	const quantile = (q: number): number | null =>
		valueAtQuantile(
			mergeHistograms(sets.flatMap(({ rounds }) => rounds.flatMap(({ slices }) => slices[variant]?.latency ?? []))),
			q,
		);
	switch (metric) {
		case "cpu":
			return weighted("cpuNsPerRequest");
		case "alloc":
			return weighted("bytesPerRequest");
		case "p50":
			return quantile(0.5);
		case "p99":
			return quantile(0.99);
		case "p99.9":
			return quantile(0.999);
		case "errors": {
			const attempts = sides.reduce((sum, { requests, errors }) => sum + requests + errors, 0);
			return attempts === 0 ? null : sides.reduce((sum, { errors }) => sum + errors, 0) / attempts;
		}
	}
}

/** The interval of every metric after each set from the first look on, as it was then. */
export function runningEffects(sets: readonly ProcessSet[], pair: Pair, design: JudgeDesign): RunningEffect[] {
	const all = contrastsByMetric(sets, pair);
	const running: RunningEffect[] = [];
	for (let count = design.firstLook; count <= sets.length; count++) {
		const until = byMetric((metric) => all[metric].slice(0, count));
		for (const { metric, estimate, low, high } of judgeContrasts(until, design)) {
			if (estimate === null || low === null || high === null) continue;
			running.push({
				metric,
				sets: count,
				endedAtMs: sets[count - 1]?.endedAtMs ?? 0,
				change: changeOf(metric, estimate) ?? 0,
				low: changeOf(metric, low) ?? 0,
				high: changeOf(metric, high) ?? 0,
			});
		}
	}
	return running;
}

/** The sets as the record keeps them. */
export const toComparedSets = (sets: readonly ProcessSet[], { base, head }: Pair): ComparedSet[] =>
	sets.map((set) => {
		const contrasts = contrastsOfSet(set, base, head);
		return {
			endedAtMs: set.endedAtMs,
			startOrder: [...set.startOrder],
			warmupRequests: [...set.warmupRequests],
			base: sideOfSet(set, base),
			head: sideOfSet(set, head),
			changes: byMetric((metric) => changeOf(metric, contrasts[metric])),
			roundChanges: roundContrasts(set, base, head).map(Math.expm1),
		};
	});
