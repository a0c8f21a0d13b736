import { median } from "#src/analyse/comparison/robust.js";
import { markdownTable, paragraph } from "../bench/document.js";
import { SHARE_BRACKETS, shareOf, tenths } from "../bench/figures.js";
import { groupsOf } from "../bench/groups.js";
import { foundFirst } from "./judge.js";
import type { Costs, Judged, MatrixBenchResults, MatrixBenchRun } from "./results.js";

type Intervals = Judged["intervals"];

/** All runs: how often intervals held the truth, the sought layers came first, and a wrong one was named. */
export function tableOf({ runs, scales }: MatrixBenchResults): string[] {
	const last = runs.at(-1);
	if (last === undefined) return ["Not measured yet."];
	const groups = groupsOf(runs, ({ case: name, method, design, within }) => [name, method, design, within].join(" "));
	const scale = scales[last.machine];
	return [
		...markdownTable(
			[
				"case",
				"method",
				"design",
				"within",
				"runs",
				"CPU truth covered",
				"bytes truth covered",
				"sought named first",
				"runs with a wrong name",
				"half-width, of bare",
				"of the sought one",
				"median and longest time",
			],
			groups.map(rowOf).sort((a, b) => (a.join() < b.join() ? -1 : 1)),
		),
		"",
		...paragraph(
			...otherMetrics(runs),
			`In brackets ${SHARE_BRACKETS}.`,
			...(scale === undefined ? [] : [scaleSentence(scale)]),
			`${last.machine}, ${last.date.slice(0, 10)}.`,
		),
	];
}

function rowOf(runs: readonly [MatrixBenchRun, ...MatrixBenchRun[]]): string[] {
	const [{ case: name, method, design, within }] = runs;
	const intervals = runs.flatMap((run) => run.intervals);
	const cpu = intervals.filter(({ metric }) => metric === "cpu");
	const bytes = intervals.filter(({ metric }) => metric === "alloc");
	const found = runs.map(foundFirst).filter((each) => each !== null);
	return [
		name,
		method,
		design,
		within,
		String(runs.length),
		coveredOf(cpu),
		coveredOf(bytes),
		shareOf(found.filter(Boolean).length, found.length),
		shareOf(runs.filter(({ wrong }) => wrong.length > 0).length, runs.length),
		halfWidth(cpu, runs),
		sizeOf(runs),
		`${tenths(median(runs.map(({ seconds }) => seconds)))} s, ${tenths(Math.max(...runs.map(({ seconds }) => seconds)))} s`,
	];
}

/** Of the largest that was sought. */
function sizeOf(runs: readonly MatrixBenchRun[]): string {
	const sizes = runs.flatMap((run) => run.sizes?.[0] ?? []);
	if (sizes.length === 0) return "–";
	const left = sizes.filter(({ way }) => way === "absent").length;
	return `± ${tenths(median(sizes.map(({ halfShare }) => halfShare)) * 100)} %, ${left} of ${sizes.length} by leaving out`;
}

const coveredOf = (intervals: Intervals): string =>
	shareOf(intervals.filter(({ covered }) => covered).length, intervals.length);

/** Of the intervals in CPU: the median, as a share of the median bare request. */
function halfWidth(cpu: Intervals, runs: readonly MatrixBenchRun[]): string {
	const bareNs = runs.flatMap((run) => run.bareNs ?? []);
	if (cpu.length === 0 || bareNs.length === 0) return "–";
	const widthNs = median(cpu.map(({ low, high }) => (high - low) / 2));
	return `± ${tenths((widthNs / median(bareNs)) * 100)} %`;
}

function otherMetrics(runs: readonly MatrixBenchRun[]): string[] {
	const all = runs.flatMap((run) => run.inOtherMetrics);
	return groupsOf(all, ({ layer, metric }) => `${layer} ${metric}`).map((group) => {
		const [{ layer, metric }] = group;
		return `\`${layer}\` was named in ${metric} by ${shareOf(group.filter(({ named }) => named).length, group.length)} runs.`;
	});
}

const scaleSentence = ({ bareNs, nsPerRound, nsPerHook }: Costs): string =>
	`A bare request took ${tenths(bareNs / 1e3)} µs of CPU, a round of the loop ${nsPerRound.toFixed(2)} ns, a hook that does nothing ${nsPerHook.toFixed(0)} ns.`;
