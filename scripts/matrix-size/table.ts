import { median } from "#src/analyse/comparison/robust.js";
import { lineThrough } from "#src/analyse/statistics/line.js";
import { markdownTable, paragraph } from "../bench/document.js";
import { hundredths, tenths, whole, wholePercent } from "../bench/figures.js";
import { groupsOf } from "../bench/groups.js";
import type { MatrixSizeResults, MatrixSizeRun } from "./results.js";

const MEBIBYTE = 2 ** 20;
type Runs = readonly [MatrixSizeRun, ...MatrixSizeRun[]];

/** All runs, by size: the median where there are several. */
export function tableOf({ runs }: MatrixSizeResults): string[] {
	const [first, ...others] = runs;
	const last = runs.at(-1);
	if (first === undefined || last === undefined) return ["Not measured yet."];
	const sizes = groupsOf(runs, ({ variants }) => String(variants)).sort(([a], [b]) => a.variants - b.variants);
	return [
		...markdownTable(
			[
				"variants",
				"layers",
				"runs",
				"targets at once",
				"first set after",
				"a set takes",
				"sets",
				"total",
				"memory of all",
				"of the targets",
				"named of those with 5 %",
				"wrong names",
				"CPU truth covered",
				"half-width, of bare",
			],
			sizes.map(rowOf),
		),
		"",
		...paragraph(
			...(sizes.length > 1 ? growthOf([first, ...others]) : []),
			`${last.machine}, ${last.date.slice(0, 10)}.`,
		),
	];
}

function rowOf(runs: Runs): (string | number)[] {
	const [{ variants, layers }] = runs;
	/** Of the runs that have such a figure. */
	const of = (figure: (run: MatrixSizeRun) => number | null | undefined, text: (value: number) => string): string => {
		const known = runs.flatMap((run) => figure(run) ?? []);
		return known.length === 0 ? "–" : text(median(known));
	};
	const all = runs.flatMap(({ effects }) => effects);
	const judged = all.filter(({ lowNs }) => lowNs !== null);
	const dear = all.filter(({ truthPercent }) => truthPercent >= 5);
	return [
		variants,
		layers,
		runs.length,
		of(({ peak }) => peak.targets, String),
		of(({ firstSetS }) => firstSetS, seconds),
		of(({ setS }) => setS, seconds),
		of(({ sets }) => sets, String),
		of(({ totalS }) => totalS, seconds),
		of(({ peak }) => peak.sharedOnceBytes, mebibytes),
		of(({ peak }) => peak.ownBytesByRole.target, mebibytes),
		dear.length === 0 ? "–" : `${dear.filter(({ verdict }) => verdict === "costs").length} of ${dear.length}`,
		`${runs.flatMap(({ wrong }) => wrong).length} of ${all.filter(({ truthPercent }) => truthPercent === 0).length}`,
		`${judged.filter(({ covered }) => covered).length} of ${judged.length}`,
		of(
			({ halfWidthPercent }) => halfWidthPercent,
			(value) => `± ${tenths(value)} %`,
		),
	];
}

/** What another variant takes: the line of least squares through all runs. */
function growthOf(runs: Runs): string[] {
	const perVariant = (figure: (run: MatrixSizeRun) => number | null) =>
		lineThrough(
			runs.flatMap((run) => {
				const value = figure(run);
				return value === null ? [] : [[run.variants, value] as const];
			}),
		);
	const set = perVariant(({ setS }) => setS);
	const first = perVariant(({ firstSetS }) => firstSetS);
	const memory = perVariant(({ peak }) => peak.sharedOnceBytes / MEBIBYTE);
	const explained = [set, first, memory].map((line) => wholePercent(line.explained));
	return [
		`Another variant takes ${hundredths(set.slope)} s of every set and ${hundredths(first.slope)} s until the first is there (besides ${tenths(first.at0).replace("-", "−")} s), and ${whole(memory.slope)} MiB (besides ${whole(memory.at0)} MiB).`,
		`Straight lines through the runs; they explain ${explained[0]}, ${explained[1]} and ${explained[2]} of the differences.`,
	];
}

const seconds = (value: number): string => `${tenths(value)} s`;
const mebibytes = (bytes: number): string => `${Math.round(bytes / MEBIBYTE)} MiB`;
