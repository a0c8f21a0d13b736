import { median } from "#src/analyse/comparison/robust.js";
import { markdownTable, paragraph } from "../bench/document.js";
import { SHARE_BRACKETS, shareOf, tenths } from "../bench/figures.js";
import { groupsOf } from "../bench/groups.js";
import { type Case, caseOf, type DetectionCase } from "./cases.js";
import { effectIn, isFalse, isRight } from "./judge.js";
import type { VerdictResults, VerdictRun } from "./results.js";

export type Runs = readonly [VerdictRun, ...VerdictRun[]];

/** Runs of the same tool on the same app and case, where it is a case of this kind. */
export function runsByCase<Kind extends Case["kind"]>(
	{ runs }: VerdictResults,
	kind: Kind,
): { readonly group: Runs; readonly test: Extract<Case, { kind: Kind }> }[] {
	return groupsOf(runs, ({ tool, app, case: name }) => `${tool} ${app} ${name}`).flatMap((group) => {
		const test = caseOf(group[0].case);
		return test?.kind === kind ? [{ group, test: test as Extract<Case, { kind: Kind }> }] : [];
	});
}

/** Where and when the last of the runs was measured. */
export function placeOf(groups: readonly { readonly group: Runs }[]): string {
	const last = groups.flatMap(({ group }) => group).reduce((a, b) => (b.date >= a.date ? b : a));
	return `${last.machine}, ${last.date.slice(0, 10)}.`;
}

/** What was said how often of changes of one metric. */
export function detectionTable(results: VerdictResults): string[] {
	const groups = runsByCase(results, "detection");
	if (groups.length === 0) return ["Not measured yet."];
	return [
		...markdownTable(
			["tool", "app", "change", "truth", "said so", "said something false", "median time", "sd between sets"],
			groups.map(rowOf).sort((a, b) => (a.join() < b.join() ? -1 : 1)),
		),
		"",
		...paragraph(`In brackets ${SHARE_BRACKETS}.`, placeOf(groups)),
	];
}

function rowOf({ group, test }: { readonly group: Runs; readonly test: DetectionCase }): string[] {
	const [{ tool, app, case: name }] = group;
	const spreads = group.flatMap((run) => spreadBetweenSets(run, test) ?? []);
	return [
		tool,
		app,
		name,
		test.truth,
		shareOf(group.filter((run) => isRight(run, test)).length, group.length),
		String(group.filter((run) => isFalse(run, test)).length),
		`${tenths(median(group.map(({ seconds }) => seconds)))} s`,
		spreads.length === 0 ? "" : `${(median(spreads) * 100).toFixed(2)} %`,
	];
}

const spreadBetweenSets = (run: VerdictRun, { metric }: DetectionCase): number | null =>
	"setSd" in run ? run.setSd : (effectIn(run, metric ?? "cpu")?.setSd ?? null);
