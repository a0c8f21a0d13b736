import { accountOf, againstMargin, leadOf } from "#src/analyse/comparison/lead.js";
import type { Comparison, Effect, MetricName, Side } from "#src/model/comparison.js";
import type { ChangedFunction } from "#src/report/figures/changed-functions.js";
import { loadLabel } from "#src/report/labels/load.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import { formatChangeSize, formatEffect } from "#src/report/numbers/effects.js";
import { formatCount, formatTwoDigits } from "#src/report/numbers/format.js";
import { formatDurationMs, formatWholeSeconds } from "#src/report/numbers/times.js";
import { briefName } from "./brief-name.js";
import { costFigures, costName, functionsClause, namedIn } from "./changed-functions.js";
import { differenceClause } from "./comparison-lead.js";
import { capitalized } from "./phrases.js";

/** The sentences about two sides, for every view of a comparison alike. */

const MAX_LABEL = 48;

/** One pair of brackets is enough for the eye. */
const briefLabel = ({ label }: Side): string => briefName(label.replace(/ \(([^()]*)\)$/, " $1"), MAX_LABEL);

/** "base (main 1a2b3c4)" */
export const sideName = (side: Side): string => `${side.name} (${briefLabel(side)})`;

/** Labels that do not tell the sides apart, as with two values of one variable or where they are cut, are left out. */
const sideNames = ([base, head]: Comparison["sides"]): readonly [base: string, head: string] =>
	briefLabel(base) === briefLabel(head) ? [base.name, head.name] : [sideName(base), sideName(head)];

const noun = (metric: MetricName): string => wordsOf(metric).noun;

/** A sentence whose first words are the verdict, which a view may set apart. */
export interface ComparisonAnswer {
	/** "Regressed" */
	readonly verdict: string;
	/** ": GET /items costs …" */
	readonly rest: string;
	/** Further sentences, what matters most first. */
	readonly besides: readonly string[];
}

/**
 * The answer of `compare`: what people mind most of what changed, then what else moved, and which of the metrics that a verdict rests
 * on are not settled. All others stand in the table below.
 */
export function comparisonAnswer(comparison: Comparison, endpoint: string): ComparisonAnswer {
	const verdict = capitalized(comparison.verdict);
	const lead = leadOf(comparison);
	if (lead === undefined) {
		return {
			verdict: "Cannot tell",
			rest: `: nothing that is judged could be measured on both sides of ${endpoint}.`,
			besides: [],
		};
	}
	const named = namedIn(comparison, "cpu");
	const [first, ...others] = named?.functions ?? [];
	const isDifferent = comparison.verdict === "regressed" || comparison.verdict === "improved";
	if (isDifferent && lead.verdict !== comparison.verdict && first !== undefined) {
		const alsoNamed = functionsClause({ measures: "cpu", functions: others });
		return {
			verdict,
			rest: `: ${functionLead(comparison, first, lead, endpoint)}.`,
			besides: [alsoNamed, allocatingClause(comparison, lead)],
		};
	}
	// Where a request only waits longer, what its waiting does to the CPU of others is left to the table.
	const waits = isDifferent && accountOf(comparison, lead)?.kind === "waiting";
	const functions = [allocatingClause(comparison, lead), waits ? "" : functionsClause(named)];
	const inOrder = lead.metric === "alloc" ? functions : functions.toReversed();
	const clause = leadClause(comparison, lead, endpoint);
	return { verdict, rest: `: ${clause}.`, besides: [...inOrder, othersClause(comparison, lead)] };
}

/** Where bytes of a request changed: whose. */
function allocatingClause(comparison: Comparison, lead: Effect): string {
	const alloc = comparison.effects.find(({ metric }) => metric === "alloc");
	const isDifferent = alloc?.verdict === "regressed" || alloc?.verdict === "improved";
	return isDifferent ? functionsClause(namedIn(comparison, "allocation"), lead === alloc ? "lead" : "also") : "";
}

/** Where the metrics of the whole request cannot tell, and a function can. */
function functionLead(comparison: Comparison, changed: ChangedFunction, lead: Effect, endpoint: string): string {
	const [base, head] = sideNames(comparison.sides);
	const more = changed.difference > 0 ? "more" : "less";
	return `${costName(changed)} costs ${costFigures(changed, "cpu", "plain")} ${more} CPU a request of ${endpoint} on ${head} than on ${base}; of the whole request that cannot be told, ${namedFigures(lead)}`;
}

/** "1 of 100 runs" */
const ofHundred = (share: number): string => `${formatTwoDigits(share * 100)} of 100`;

function leadClause(comparison: Comparison, lead: Effect, endpoint: string): string {
	const [base, head] = sideNames(comparison.sides);
	switch (comparison.verdict) {
		case "regressed":
		case "improved":
			return differenceClause(comparison, lead, endpoint, { base, head });
		case "no change":
			return `${noun(lead.metric)} of ${endpoint} within ±${formatChangeSize(lead, lead.margin)} on ${head} against ${base}: ${formatEffect(lead)}, wrong in at most ${ofHundred(comparison.design.noChangeAlpha)}`;
		case "cannot tell":
			return `${noun(lead.metric)} of ${endpoint} ${formatEffect(lead)} on ${head} against ${base} after ${evidenceClause(comparison)}${outlookClause(lead, comparison)}`;
	}
}

/** "CPU +5.2 % [4.1 … 6.3]" */
export const namedFigures = (effect: Effect): string => `${noun(effect.metric)} ${formatEffect(effect)}`;

/** Two lines are read, a list of all metrics is not: what did not move and is asked for less often is left to the table. */
const told = {
	steady: new Set<MetricName>(["cpu", "p50"]),
	open: new Set<MetricName>(["errors", "cpu", "alloc", "p50"]),
} as const;
const isSteadyTold = ({ metric }: Effect): boolean => told.steady.has(metric);
/** Where no request failed, nobody asks how sure that is. */
const isOpenTold = ({ metric, base, head }: Effect): boolean =>
	told.open.has(metric) && !(metric === "errors" && base === 0 && head === 0);

/** The other judged metrics: those that moved with their figures, then those that nothing can be said of. */
function othersClause({ effects }: Comparison, lead: Effect): string {
	const others = effects.filter((each) => each.judged && each !== lead);
	const list = (
		verdict: Effect["verdict"],
		text: (effect: Effect) => string,
		isWanted: (effect: Effect) => boolean = () => true,
	): string =>
		others
			.filter((each) => each.verdict === verdict && isWanted(each))
			.toSorted((a, b) => againstMargin(b) - againstMargin(a))
			.map(text)
			.join("; ");
	const clauses = [
		["Also regressed", lead.verdict === "regressed" ? list("regressed", namedFigures) : ""],
		["Regressed", lead.verdict === "regressed" ? "" : list("regressed", namedFigures)],
		["Also improved", lead.verdict === "improved" ? list("improved", namedFigures) : ""],
		["Improved", lead.verdict === "improved" ? "" : list("improved", namedFigures)],
		["No change", lead.verdict === "no change" ? "" : list("no change", ({ metric }) => noun(metric), isSteadyTold)],
		[
			"Not settled",
			lead.verdict === "cannot tell" ? "" : list("cannot tell", ({ metric }) => noun(metric), isOpenTold),
		],
	] as const;
	return clauses.map(([title, text]) => (text === "" ? "" : ` ${title}: ${text}.`)).join("");
}

/** "14 process sets" */
export const processSets = (sets: number): string => `${formatCount(sets)} process ${sets === 1 ? "set" : "sets"}`;

/** "14 process sets in 45.2 s" */
export const evidenceClause = ({ sets, elapsedMs }: Comparison): string =>
	`${processSets(sets.length)} in ${formatDurationMs(elapsedMs)}`;

function outlookClause(effect: Effect, { sets, design }: Comparison): string {
	const seen = effect.smallestDetectable === null ? "" : `; this run could have seen ${formatDetectable(effect)}`;
	if (sets.length < design.firstLook) {
		return `${seen}; smaller changes are told from ${formatCount(design.firstLook)} of them on`;
	}
	if (effect.secondsToDecide !== null) {
		return `${seen}; about ${formatWholeSeconds(effect.secondsToDecide * 1e3)} more would decide`;
	}
	return `${seen}; a quieter machine or a wider margin is needed, more time would hardly help`;
}

/** "1.8 %" */
export const formatDetectable = (effect: Effect): string => formatChangeSize(effect, effect.smallestDetectable ?? 0);

/** How the evidence was gathered and how far its intervals hold. */
export function methodSentence({ sets, design, elapsedMs }: Comparison): string {
	const rounds = sets.reduce((sum, { roundChanges }) => sum + roundChanges.length, 0);
	const young =
		design.semiSpaceMiB === null
			? "V8's young generation as Node comes"
			: `V8's young generation fixed at ${design.semiSpaceMiB} MiB on both sides`;
	return `Measured in ${processSets(sets.length)} in ${formatDurationMs(elapsedMs)}, ${formatCount(rounds)} rounds of ${formatDurationMs(design.sliceMs)} slices, base and head in turn, ${formatCount(design.clients)} clients each, and as many light slices with ${loadLabel(design.light)}; every set starts both sides anew. ${young}. ${promisesSentence(design)} Seed ${design.seed}.`;
}

/** What may be wrong how often, and which interval says so. */
export const promisesSentence = ({ alpha, noChangeAlpha }: Comparison["design"]): string =>
	`“Regressed” and “improved” are wrong in at most ${ofHundred(alpha)} runs, all judged metrics together; “no change” of a metric that truly changed by its margin in at most ${ofHundred(noChangeAlpha)}; whenever the run stopped. Intervals are those that the verdicts rest on.`;
