/** What was said of a case, held against the truth. */

import { leadOf } from "#src/analyse/comparison/lead.js";
import type { Comparison } from "#src/model/comparison.js";
import { type ChangedFunctions, changesOf, judgedFunctions } from "#src/report/figures/changed-functions.js";
import type { Case, DetectionCase, HeadlineCase, TrueSize } from "./cases.js";
import type { FullRun, KeptEffect, Told, VerdictRun } from "./results.js";

/** What is kept of a comparison. */
export const toldBy = (
	comparison: Comparison,
	{ headline, ...answer }: { readonly headline: string; readonly seconds: number; readonly code: number },
): Told<FullRun> => ({
	verdict: comparison.verdict,
	headline,
	lead: leadOf(comparison)?.metric ?? null,
	...answer,
	functions: namesBy(comparison, "cpu"),
	allocating: namesBy(comparison, "allocation"),
	sets: comparison.sets.length,
	effects: comparison.effects.map(
		({ metric, base, head, change, low, high, margin, judged, verdict, sets, setSd }): KeptEffect => ({
			metric,
			base,
			head,
			change,
			low,
			high,
			margin,
			judged,
			verdict,
			sets,
			setSd,
		}),
	),
});

const namesBy = (comparison: Comparison, measures: ChangedFunctions["measures"]): string[] =>
	judgedFunctions(comparison)
		.filter((each) => each.measures === measures)
		.flatMap((each) => changesOf(each).map(({ name }) => name));

/** Judged metrics that have the verdict of the run. */
const namedIn = ({ effects, verdict }: FullRun): string[] =>
	effects.filter((effect) => effect.judged && effect.verdict === verdict).map(({ metric }) => metric);

export function isRight(run: VerdictRun, test: Case): boolean {
	if (run.tool === "autocannon") return run.verdict === test.truth;
	if ("correct" in run) return run.correct;
	if (run.verdict !== test.truth) return false;
	return test.kind === "detection" ? namesTheMetric(run, test) : leadsRightly(run, test);
}

function namesTheMetric(run: FullRun, { metric, not }: DetectionCase): boolean {
	const named = namedIn(run);
	return (metric === null || named.includes(metric)) && (not === null || !named.includes(not));
}

function leadsRightly(run: FullRun, { leads, alsoNamed, names }: HeadlineCase): boolean {
	const namesFunction = names === null || run.functions?.[0] === names;
	return (
		namesFunction &&
		(leads === null || leads.test(run.lead ?? "")) &&
		(alsoNamed === null || namedIn(run).includes(alsoNamed))
	);
}

/**
 * Neither "cannot tell" nor, of one metric, "no change" of a small change is false. A change that is none is, and one of the wrong
 * direction; and where a headline was asked for, "no change" of something that changed.
 */
export function isFalse(run: VerdictRun, test: Case): boolean {
	if (test.kind === "detection" || !("effects" in run)) {
		return run.verdict === "improved" || (run.verdict === "regressed" && test.truth === "no change");
	}
	if (run.verdict === "improved" || (run.verdict === "no change" && test.truth !== "no change")) return true;
	if (test.truth === "no change" && (run.functions ?? []).length > 0) return true;
	return run.effects.some(
		({ judged, metric, verdict }) =>
			judged &&
			((verdict === "regressed" && !test.mayRegress.test(metric)) ||
				(verdict === "improved" && !test.mayImprove.test(metric))),
	);
}

/** The effect in one metric; undefined where it was not kept. */
export const effectIn = (run: VerdictRun, metric: string): KeptEffect | undefined =>
	"effects" in run ? run.effects.find((effect) => effect.metric === metric) : undefined;

/** The estimated size, in the unit of the true one; null where it could not be measured. */
export function estimatedSize(run: VerdictRun, { kind, metric }: TrueSize): number | null {
	const { change = null, base = null, head = null } = effectIn(run, metric) ?? {};
	if (kind === "relative") return change;
	return base === null || head === null ? null : (head - base) / 1e6;
}

/** Null where it was not measured. */
export function trueSize(run: VerdictRun, size: TrueSize): number | null {
	switch (size.kind) {
		case "relative":
			return size.share;
		case "added":
			return size.ms;
		case "measured":
			return "addedMs" in run ? (run.addedMs ?? null) : null;
	}
}
