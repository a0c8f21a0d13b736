import type { Effect, RunningEffect } from "#src/model/comparison.js";
import { byMetric, isShare } from "#src/model/metric-names.js";
import { criticalT } from "./critical-t.js";
import { FEWEST_SETS, unrestOf } from "./early-look.js";
import { fewRoundsDiffer } from "./few-rounds.js";
import { setsToDecide } from "./forecast.js";
import {
	type ContrastsByMetric,
	type EarlyEvidence,
	type Interval,
	type JudgeDesign,
	type Judged,
	judgeContrasts,
	marginOf,
} from "./judge-contrasts.js";
import { levelsOf } from "./levels.js";
import { equivalenceCritical } from "./looks.js";
import { type Overall, overall } from "./overall.js";
import { type CpuRounds, changeOf, contrastOf, type PairedSet, type SliceFailures } from "./paired-set.js";
import { mean } from "./robust.js";
import { attemptsOf } from "./set-changes.js";
import { coldSpreads } from "./start-spread.js";

/** What the sets say when one looks at them after one of them. */
export interface Judgement extends Overall {
	readonly effects: readonly Effect[];
	/** Of which the effects are made, in logs. */
	readonly judged: readonly Judged[];
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
	const besides: EarlyEvidence = { unrest: unrestOf(sets, design.starts.cpu), failures: failuresOf(sets) };
	const judged = (
		isHardlyAnyWarm(sets, design)
			? judgeContrasts(contrastsAsMeasured(sets), { ...design, starts: coldSpreads(design.starts) }, besides)
			: judgeContrasts(contrastsByMetric(sets, cpu), design, besides)
	).map((each) => withErrorBound(each, sets, design));
	const endedAtMs = sets.at(-1)?.endedAtMs ?? 0;
	const perSetMs = endedAtMs / Math.max(1, sets.length);
	return {
		effects: judged.map((each) => effectOf(each, sets, cpu, perSetMs, design)),
		judged,
		cpu,
		typicalCpuChange: cpu === "typical" ? null : Math.expm1(mean(sets.flatMap(({ contrasts }) => contrasts.cpu ?? []))),
		running: judged.flatMap((each) => runningEffect(each, sets.length, endedAtMs) ?? []),
		...overall(judged, design),
	};
}

function failuresOf(sets: readonly PairedSet[]): EarlyEvidence["failures"] {
	const all = (side: "base" | "head"): SliceFailures => {
		const each = sets.map(({ failures }) => failures[side]);
		const slices = each.reduce((sum, of) => sum + of.slices, 0);
		return { slices, share: slices === 0 ? 0 : each.reduce((sum, of) => sum + of.share * of.slices, 0) / slices };
	};
	return { base: all("base"), head: all("head") };
}

/** Then the largest changes can be told from those that were not. */
const isHardlyAnyWarm = (sets: readonly PairedSet[], { firstLook }: JudgeDesign): boolean =>
	sets.length < firstLook && sets.filter(({ cold }) => cold.length === 0).length < FEWEST_SETS;

const contrastsAsMeasured = (sets: readonly PairedSet[]): ContrastsByMetric =>
	byMetric((metric) => sets.flatMap((set) => set.contrastsAsMeasured[metric] ?? []));

/** Sets in which a metric could not be measured are left out of it. */
function contrastsByMetric(sets: readonly PairedSet[], cpu: CpuRounds): ContrastsByMetric {
	return byMetric((metric) => sets.flatMap((set) => contrastOf(set, metric, cpu) ?? []));
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
	const moreMs = needed === null || perSetMs === 0 ? null : Math.max(1, needed - judged.sets) * perSetMs;
	return {
		metric,
		unit: metric === "alloc" ? "bytes" : isShare(metric) ? "share" : "ns",
		...levelsOf(metric, judged.estimate, sets, cpu),
		change: change(judged.estimate),
		low: change(judged.low),
		high: change(judged.high),
		rule: judged.rule,
		equivalence: judged.equivalence && {
			low: changeOf(metric, judged.equivalence.low),
			high: changeOf(metric, judged.equivalence.high),
		},
		alpha: judged.alpha,
		margin: design.margins[metric],
		judged: judged.judged,
		verdict: judged.verdict,
		permutationP: judged.permutationP,
		sets: judged.sets,
		setSd: judged.sd,
		smallestDetectable: finite(change(judged.detectable)),
		secondsToDecide: moreMs === null || moreMs > OUT_OF_REACH * design.withinMs ? null : moreMs / 1e3,
	};
}

/** Times the time limit: nobody waits for that. */
const OUT_OF_REACH = 10;

/** Two wild sets detect nothing that a number could tell. */
const finite = (value: number | null): number | null => (value !== null && Number.isFinite(value) ? value : null);

function setsNeeded(judged: Judged, design: JudgeDesign): number | null {
	const { verdict, estimate, sd, level, metric } = judged;
	if (verdict !== "cannot tell" || estimate === null || sd === null) return null;
	const { noChangeAlpha, firstLook, mostSets } = design;
	const needed = setsToDecide(estimate, sd, marginOf(metric, design), {
		difference: (sets) => criticalT(level, sets),
		noChange: (sets) => equivalenceCritical(noChangeAlpha, firstLook, mostSets, sets),
	});
	return needed === null ? null : Math.max(needed, firstLook);
}

/**
 * Where no request failed there is no spread to judge by; then a share of at most −ln(alpha / 2) ÷ attempts is compatible with having
 * seen no failure (the "rule of three" for another alpha: Hanley and Lippman-Hand 1983, JAMA 249). Whoever has seen none at a later
 * look had seen none at the first, so looks cost nothing here.
 */
function withErrorBound(judged: Judged, sets: readonly PairedSet[], design: JudgeDesign): Judged {
	const { metric, sd, estimate, rule, alpha } = judged;
	if (metric !== "errors" || sd !== 0 || estimate !== 0 || rule !== "sets") return judged;
	const attempts = (side: "base" | "head"): number => sets.reduce((sum, set) => sum + attemptsOf(set[side]), 0);
	const fewest = Math.max(1, Math.min(attempts("base"), attempts("head")));
	const bound = Math.min(1, -Math.log(alpha / 2) / fewest);
	const oneSided = Math.min(1, -Math.log(design.noChangeAlpha) / fewest);
	return {
		...judged,
		low: -bound,
		high: bound,
		equivalence: { low: -oneSided, high: oneSided },
		verdict: oneSided < marginOf(metric, design) ? "no change" : "cannot tell",
	};
}

/** Null where there is no interval yet. */
function runningEffect(
	{ metric, estimate, low, high }: Interval,
	sets: number,
	endedAtMs: number,
): RunningEffect | null {
	if (estimate === null || low === null || high === null) return null;
	const change = (value: number): number => changeOf(metric, value);
	return { metric, sets, endedAtMs, change: change(estimate), low: change(low), high: change(high) };
}
