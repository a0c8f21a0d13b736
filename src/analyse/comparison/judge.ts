import { type Effect, type MetricName, metricNames, type RunningEffect, type Verdict } from "#src/model/comparison.js";
import { fewRoundsDiffer } from "./few-rounds.js";
import { detectableChange, setsToDecide } from "./forecast.js";
import {
	type ContrastsByMetric,
	type Interval,
	type JudgeDesign,
	type Judged,
	judgeContrasts,
	marginOf,
	overall,
} from "./judge-contrasts.js";
import { levelsOf } from "./levels.js";
import { type CpuRounds, changeOf, contrastOf, type PairedSet } from "./paired-set.js";
import { mean } from "./robust.js";
import { attemptsOf } from "./set-changes.js";

/** What the sets say when one looks at them after one of them. */
export interface Judgement {
	readonly effects: readonly Effect[];
	readonly verdict: Verdict;
	/** False while more sets could still lead to another verdict. */
	readonly decided: boolean;
	/** Which rounds CPU is of: typical ones, unless those that are not typical differ between the sides. */
	readonly cpu: CpuRounds;
	/** See Comparison. */
	readonly typicalCpuChange: number | null;
	/** The interval of every metric at this look; those of all looks make up the running intervals of the record. */
	readonly running: readonly RunningEffect[];
}

/** Effects of head against base in all metrics, and the verdict. */
export function judge(sets: readonly PairedSet[], design: JudgeDesign): Judgement {
	const cpu: CpuRounds = fewRoundsDiffer(sets) ? "all" : "typical";
	const judged = judgeContrasts(contrastsByMetric(sets, cpu), design).map((each) => withErrorBound(each, sets, design));
	const endedAtMs = sets.at(-1)?.endedAtMs ?? 0;
	const perSetMs = endedAtMs / Math.max(1, sets.length);
	return {
		effects: judged.map((each) => effectOf(each, sets, cpu, perSetMs, design)),
		cpu,
		typicalCpuChange: cpu === "typical" ? null : Math.expm1(mean(sets.flatMap(({ contrasts }) => contrasts.cpu ?? []))),
		running: judged.flatMap((each) => runningEffect(each, sets.length, endedAtMs) ?? []),
		...overall(judged, design),
	};
}

/** Sets in which a metric could not be measured are left out of it. */
function contrastsByMetric(sets: readonly PairedSet[], cpu: CpuRounds): ContrastsByMetric {
	const of = (metric: MetricName): number[] => sets.flatMap((set) => contrastOf(set, metric, cpu) ?? []);
	return Object.fromEntries(metricNames.map((metric) => [metric, of(metric)])) as Record<MetricName, number[]>;
}

function effectOf(
	judged: Judged,
	sets: readonly PairedSet[],
	cpu: CpuRounds,
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
		...levelsOf(metric, judged.estimate, sets, cpu),
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
		smallestDetectable: finite(change(detectable(judged))),
		secondsToDecide: more === null || perSetMs === 0 ? null : (more * perSetMs) / 1e3,
	};
}

const detectable = ({ sd, sets, level }: Judged): number | null =>
	sd === null ? null : detectableChange(sd, sets, level);

/** Two wild sets detect nothing that a number could tell. */
const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);

function setsNeeded(judged: Judged, design: JudgeDesign): number | null {
	const { verdict, estimate, sd, level, metric } = judged;
	if (verdict !== "cannot tell" || estimate === null || sd === null) return null;
	const needed = setsToDecide(estimate, sd, marginOf(metric, design), level);
	return needed === null ? null : Math.max(needed, design.firstLook);
}

/**
 * Where no request failed there is no spread to judge by; then a share of at most −ln(alpha / 2) ÷ attempts is compatible with having
 * seen no failure (the "rule of three" for another alpha: Hanley and Lippman-Hand 1983, JAMA 249).
 */
function withErrorBound(judged: Judged, sets: readonly PairedSet[], design: JudgeDesign): Judged {
	const { metric, sd, estimate, low, alpha } = judged;
	if (metric !== "errors" || sd !== 0 || estimate !== 0 || low === null) return judged;
	const attempts = (side: "base" | "head"): number => sets.reduce((sum, set) => sum + attemptsOf(set[side]), 0);
	const bound = Math.min(1, -Math.log(alpha / 2) / Math.max(1, Math.min(attempts("base"), attempts("head"))));
	return {
		...judged,
		low: -bound,
		high: bound,
		verdict: bound < marginOf(metric, design) ? "no change" : "cannot tell",
	};
}

/** Null before the first look. */
function runningEffect(
	{ metric, estimate, low, high }: Interval,
	sets: number,
	endedAtMs: number,
): RunningEffect | null {
	if (estimate === null || low === null || high === null) return null;
	const change = (value: number): number => changeOf(metric, value);
	return { metric, sets, endedAtMs, change: change(estimate), low: change(low), high: change(high) };
}
