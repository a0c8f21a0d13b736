import type { Comparison, Effect, MetricName, Side } from "#src/model/comparison.js";
import {
	formatChangeSize,
	formatCount,
	formatDurationMs,
	formatEffectChange,
	formatEffectInterval,
	formatSideOfEffect,
} from "#src/report/numbers/format.js";

/** The sentences about two sides, for every view of a comparison alike. */

const MAX_NAME = 80;
const MAX_LABEL = 48;

/** A name for one line of prose: control characters (a terminal would obey them) and excess length taken out. */
export function briefName(name: string, most = MAX_NAME): string {
	const characters = [...name.replace(/\p{Cc}/gu, "�")];
	return characters.length <= most ? characters.join("") : `${characters.slice(0, most - 1).join("")}…`;
}

/** "base (main 1a2b3c4)": one pair of brackets is enough for the eye. */
export const sideName = ({ name, label }: Side): string =>
	`${name} (${briefName(label.replace(/ \(([^()]*)\)$/, " $1"), MAX_LABEL)})`;

/** Labels that do not tell the sides apart, as with two values of one variable, are left out. */
const sideNames = ([base, head]: Comparison["sides"]): readonly [base: string, head: string] =>
	base.label === head.label ? [base.name, head.name] : [sideName(base), sideName(head)];

const nouns: Readonly<Record<MetricName, string>> = {
	cpu: "CPU",
	alloc: "allocation",
	p50: "p50 latency",
	p99: "p99 latency",
	"p99.9": "p99.9 latency",
	errors: "the share of failed requests",
};

/**
 * The answer of `compare`. The metric that moved most against its margin stands first, the other judged ones behind.
 */
export function comparisonSentence(comparison: Comparison, endpoint: string): string {
	const lead = leadOf(comparison);
	if (lead === undefined) return `Cannot tell: nothing that is judged could be measured on both sides of ${endpoint}.`;
	const [base, head] = sideNames(comparison.sides);
	const opening = `${comparison.verdict.charAt(0).toUpperCase()}${comparison.verdict.slice(1)}: `;
	switch (comparison.verdict) {
		case "regressed":
		case "improved":
			return `${opening}${differenceClause(lead, endpoint, base, head)}.${othersClause(comparison, lead)}`;
		case "no change":
			return `${opening}${nouns[lead.metric]} of ${endpoint} within ±${formatChangeSize(lead, lead.margin)} on ${head} against ${base}: ${figures(lead)}.${othersClause(comparison, lead)}`;
		case "cannot tell":
			return `${opening}${nouns[lead.metric]} of ${endpoint} ${figures(lead)} on ${head} against ${base} after ${evidenceClause(comparison)}${outlookClause(lead, comparison)}.${othersClause(comparison, lead)}`;
	}
}

/** The answer of `calibrate`: two equal sides show what this machine can see. */
export function calibrationSentence(comparison: Comparison, endpoint: string): string {
	const seen = comparison.effects.filter((each) => each.smallestDetectable !== null);
	const [first, ...rest] = seen;
	const told = comparison.effects.filter((each) => each.judged && isDifference(each));
	const alarm =
		told.length === 0
			? ""
			: ` But it told two equal sides apart (${told.map(namedFigures).join("; ")}), which by chance happens in ${formatShare(comparison.design.alpha)} of runs: something here favours one side.`;
	if (first === undefined) {
		return `Cannot tell what this machine can see: ${evidenceClause(comparison)} are too few, ${formatCount(comparison.design.firstLook)} are needed.${alarm}`;
	}
	const others = rest.map((each) => `${nouns[each.metric]} ${formatDetectable(each)}`).join(", ");
	return `This machine sees a change of ${nouns[first.metric]} of ${endpoint} from ${formatDetectable(first)} on, 8 times out of 10, in ${formatDurationMs(comparison.elapsedMs)} (${processSets(comparison.sets.length)}).${others === "" ? "" : ` Others: ${others}.`}${alarm}`;
}

const isDifference = ({ verdict }: Effect): boolean => verdict === "regressed" || verdict === "improved";

/** The judged effect that carries the verdict of the run. */
function leadOf({ effects, verdict }: Comparison): Effect | undefined {
	const known = effects.filter((each) => each.judged && each.change !== null);
	const carrying = known.filter((each) => each.verdict === verdict);
	const candidates = carrying.length > 0 ? carrying : known;
	if (verdict !== "regressed" && verdict !== "improved") return candidates[0];
	return [...candidates].sort((a, b) => againstMargin(b) - againstMargin(a))[0];
}

const againstMargin = ({ change, margin }: Effect): number => Math.abs(change ?? 0) / margin;

const figures = (effect: Effect): string =>
	effect.low === null ? formatEffectChange(effect) : `${formatEffectChange(effect)} ${formatEffectInterval(effect)}`;

const namedFigures = (effect: Effect): string => `${nouns[effect.metric]} ${figures(effect)}`;

const plainFigures = (effect: Effect): string =>
	`${formatEffectChange(effect, "plain")}${effect.low === null ? "" : ` ${formatEffectInterval(effect, "plain")}`}`;

function differenceClause(effect: Effect, endpoint: string, base: string, head: string): string {
	const more = (effect.change ?? 0) >= 0;
	const amount = plainFigures(effect);
	const sides = `on ${head} than on ${base}`;
	switch (effect.metric) {
		case "cpu":
			return `${endpoint} costs ${amount} ${more ? "more" : "less"} CPU a request ${sides}`;
		case "alloc":
			return `${endpoint} allocates ${amount} ${more ? "more" : "less"} a request ${sides}`;
		case "p50":
		case "p99":
		case "p99.9":
			return `${nouns[effect.metric]} of ${endpoint} is ${amount} ${more ? "higher" : "lower"} ${sides}`;
		case "errors":
			return `${nouns.errors} of ${endpoint} is ${amount} ${more ? "higher" : "lower"} ${sides} (${formatSideOfEffect(effect, effect.head)} against ${formatSideOfEffect(effect, effect.base)})`;
	}
}

/** The other judged metrics: those that moved with their figures, then those that nothing can be said of. */
function othersClause({ effects }: Comparison, lead: Effect): string {
	const others = effects.filter((each) => each.judged && each !== lead);
	const list = (verdict: Effect["verdict"], text: (effect: Effect) => string): string =>
		[...others]
			.filter((each) => each.verdict === verdict)
			.sort((a, b) => againstMargin(b) - againstMargin(a))
			.map(text)
			.join("; ");
	const noun = ({ metric }: Effect): string => nouns[metric];
	const clauses = [
		["Also regressed", lead.verdict === "regressed" ? list("regressed", namedFigures) : ""],
		["Regressed", lead.verdict === "regressed" ? "" : list("regressed", namedFigures)],
		["Also improved", lead.verdict === "improved" ? list("improved", namedFigures) : ""],
		["Improved", lead.verdict === "improved" ? "" : list("improved", namedFigures)],
		["No change", lead.verdict === "no change" ? "" : list("no change", noun)],
		["Not settled", lead.verdict === "cannot tell" ? "" : list("cannot tell", noun)],
	] as const;
	return clauses.map(([title, text]) => (text === "" ? "" : ` ${title}: ${text}.`)).join("");
}

const processSets = (sets: number): string => `${formatCount(sets)} process ${sets === 1 ? "set" : "sets"}`;

const evidenceClause = ({ sets, elapsedMs }: Comparison): string =>
	`${processSets(sets.length)} in ${formatDurationMs(elapsedMs)}`;

function outlookClause(effect: Effect, { sets, design }: Comparison): string {
	if (sets.length < design.firstLook) return `; nothing is decided before ${formatCount(design.firstLook)} of them`;
	const seen = effect.smallestDetectable === null ? "" : `; this run could have seen ${formatDetectable(effect)}`;
	const more =
		effect.secondsToDecide === null
			? ""
			: `; about ${formatDurationMs(Math.ceil(effect.secondsToDecide) * 1000)} more would decide`;
	return `${seen}${more}`;
}

const formatDetectable = (effect: Effect): string => formatChangeSize(effect, effect.smallestDetectable ?? 0);

const formatShare = (share: number): string => `${Number((share * 100).toPrecision(4))} %`;

/** How the evidence was gathered and how far its intervals hold. */
export function methodSentence({ sets, design, elapsedMs }: Comparison): string {
	const rounds = sets.reduce((sum, { roundChanges }) => sum + roundChanges.length, 0);
	const young =
		design.semiSpaceMiB === null
			? "V8's young generation as Node comes"
			: `V8's young generation fixed at ${design.semiSpaceMiB} MiB on both sides`;
	return `Measured in ${processSets(sets.length)} in ${formatDurationMs(elapsedMs)}, ${formatCount(rounds)} rounds of ${formatDurationMs(design.sliceMs)} slices, base and head in turn, ${formatCount(design.clients)} clients each; every set starts both sides anew. ${young}. Intervals of the judged metrics hold together with ${formatShare(1 - design.alpha)}, whenever the run stopped. Seed ${design.seed}.`;
}
