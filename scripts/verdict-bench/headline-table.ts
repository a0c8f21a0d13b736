import { median } from "#src/analyse/comparison/robust.js";
import { markdownTable, paragraph } from "../bench/document.js";
import { SHARE_BRACKETS, shareOf, tenths } from "../bench/figures.js";
import { groupsOf } from "../bench/groups.js";
import { caseNames, type HeadlineCase, type TrueSize, withinOf } from "./cases.js";
import { estimatedSize, isFalse, isRight, trueSize } from "./judge.js";
import type { VerdictResults, VerdictRun } from "./results.js";
import { placeOf, type Runs, runsByCase } from "./table.js";

/** As near to the truth as an estimate should be, of it. */
const NEAR_SHARE = 0.15;

interface Group {
	readonly group: Runs;
	readonly test: HeadlineCase;
}

/** What the headline began with in every case, whether that is right, and the estimated size beside the true one. */
export function headlineTable(results: VerdictResults): string[] {
	const groups = runsByCase(results, "headline").sort((a, b) => orderOf(a) - orderOf(b));
	if (groups.length === 0) return ["Not measured yet."];
	return [
		...markdownTable(
			[
				"app",
				"change on head",
				"within",
				"the headline began with",
				"function named first",
				"right",
				"said something false",
				"size: truth",
				"size: estimate",
				`within ${NEAR_SHARE * 100} % of it`,
				"seconds to the verdict",
			],
			groups.map(rowOf),
		),
		"",
		...paragraph(
			`In brackets ${SHARE_BRACKETS}, of sizes and seconds the smallest and the largest; both are medians.`,
			placeOf(groups),
		),
	];
}

const orderOf = ({ group: [{ case: name }] }: Group): number => (caseNames as readonly string[]).indexOf(name);

function rowOf({ group, test }: Group): string[] {
	const [{ app }] = group;
	const sizes = group.map((run) => ({ estimate: estimatedSize(run, test.size), truth: trueSize(run, test.size) }));
	const near = sizes.filter(
		({ estimate, truth }) => estimate !== null && truth !== null && Math.abs(estimate / truth - 1) <= NEAR_SHARE,
	);
	const sizeText = (value: number): string => formatSize(value, test.size);
	const isNothing = test.size.kind === "relative" && test.size.share === 0;
	return [
		app,
		test.failOn === null ? test.what : `${test.what} (margins ${test.failOn})`,
		`${withinOf(test, app)} s`,
		ledWith(group),
		namedFirst(group),
		shareOf(group.filter((run) => isRight(run, test)).length, group.length),
		shareOf(group.filter((run) => isFalse(run, test)).length, group.length),
		`${test.size.metric} ${range(
			sizes.flatMap(({ truth }) => truth ?? []),
			sizeText,
		)}`,
		range(
			sizes.flatMap(({ estimate }) => estimate ?? []),
			sizeText,
		),
		isNothing ? "" : shareOf(near.length, group.length),
		range(
			group.map(({ seconds }) => seconds),
			tenths,
		),
	];
}

/** "regressed: p50 9 times, alloc once" */
function ledWith(group: Runs): string {
	return groupsOf(group, saidFirst)
		.sort((a, b) => b.length - a.length)
		.map((runs) => `${saidFirst(runs[0])}${group.length === 1 ? "" : `: ${runs.length}`}`)
		.join("; ");
}

/** "burn: 9; none: 1"; runs from before functions were named do not count. */
function namedFirst(group: Runs): string {
	const first = group.flatMap((run) =>
		"functions" in run && run.functions !== undefined ? [run.functions[0] ?? "none"] : [],
	);
	return [...new Set(first)]
		.map((name) => ({ name, runs: first.filter((each) => each === name).length }))
		.sort((a, b) => b.runs - a.runs)
		.map(({ name, runs }) => `${name}: ${runs}`)
		.join("; ");
}

function saidFirst(run: VerdictRun): string {
	const lead = "lead" in run ? run.lead : null;
	return run.verdict === "cannot tell" || lead === null ? run.verdict : `${lead} ${run.verdict}`;
}

const formatSize = (value: number, { kind }: TrueSize): string => {
	const text = kind === "relative" ? `${tenths(value * 100)} %` : `${value.toFixed(2)} ms`;
	return `${value < 0 ? "" : "+"}${text}`.replace("-", "−");
};

/** "median [smallest … largest]", once where they are the same; "–" of none. */
function range(values: readonly number[], text: (value: number) => string): string {
	if (values.length === 0) return "–";
	const [smallest, largest] = [text(Math.min(...values)), text(Math.max(...values))];
	return smallest === largest ? smallest : `${text(median(values))} [${smallest} … ${largest}]`;
}
