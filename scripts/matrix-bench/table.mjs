import { shareInterval } from "#src/analyse/statistics/share-interval.js";
import { foundFirst } from "./judge.mjs";

/**
 * The Markdown table of all runs: how often intervals held the truth, the sought layers came first, and a wrong one
 * was named.
 */
export function tableOf({ runs, scales }) {
	if (runs.length === 0) return "Not measured yet.\n";
	const groups = groupBy(runs, ({ case: name, method, design, within }) => [name, method, design, within].join(" "));
	const rows = [...groups.values()].map((group) => {
		const [{ case: name, method, design, within }] = group;
		const intervals = group.flatMap((run) => run.intervals);
		const cpu = intervals.filter(({ metric }) => metric === "cpu");
		const bytes = intervals.filter(({ metric }) => metric === "alloc");
		const found = group.map(foundFirst).filter((each) => each !== null);
		const wrong = group.filter((run) => run.wrong.length > 0).length;
		return [
			name,
			method,
			design,
			within,
			group.length,
			share(cpu.filter(({ covered }) => covered).length, cpu.length),
			share(bytes.filter(({ covered }) => covered).length, bytes.length),
			share(found.filter(Boolean).length, found.length),
			share(wrong, group.length),
			width(cpu, group),
			`${median(group.map(({ seconds }) => seconds))} s`,
		].join(" | ");
	});
	const { date, machine } = runs.at(-1);
	return [
		"| case | method | design | within | runs | CPU truth covered | bytes truth covered | sought named first | runs with a wrong name | half-width, of bare | median time |",
		"| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
		...rows.sort().map((row) => `| ${row} |`),
		"",
		...otherMetrics(runs),
		`In brackets the 95 % interval of a share (Clopper and Pearson). ${scaleSentence(scales[machine])}`,
		`${machine}, ${date.slice(0, 10)}.`,
		"",
	].join("\n");
}

/** "19 of 20 [75 % … 100 %]" */
function share(found, n) {
	if (n === 0) return "–";
	const [low, high] = shareInterval(found, n);
	return `${found} of ${n} [${percent(low)} … ${percent(high)}]`;
}

/** Half the width of the intervals in CPU: the median, as a share of a bare request of the same run. */
function width(cpu, group) {
	const bareNs = median(group.flatMap((run) => (run.bareNs === null ? [] : [run.bareNs])));
	if (cpu.length === 0 || bareNs === undefined) return "–";
	return `± ${((median(cpu.map(({ low, high }) => (high - low) / 2)) / bareNs) * 100).toFixed(1)} %`;
}

function otherMetrics(runs) {
	const all = runs.flatMap((run) => run.inOtherMetrics);
	return [...groupBy(all, ({ layer, metric }) => `${layer} ${metric}`).values()].flatMap((group) => {
		const [{ layer, metric }] = group;
		return [
			`\`${layer}\` was named in ${metric} by ${share(group.filter(({ named }) => named).length, group.length)} runs.`,
		];
	});
}

const scaleSentence = ({ bareNs, nsPerRound, nsPerHook }) =>
	`A bare request took ${(bareNs / 1e3).toFixed(1)} µs of CPU, a round of the loop ${nsPerRound.toFixed(2)} ns, a hook that does nothing ${nsPerHook.toFixed(0)} ns.`;

const percent = (value) => `${Math.round(value * 100)} %`;

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

function groupBy(list, keyOf) {
	const groups = new Map();
	for (const each of list) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
	return groups;
}
