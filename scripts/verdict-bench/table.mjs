import { shareInterval } from "#src/analyse/statistics/share-interval.js";

/** The Markdown table of all runs: what was said how often, with exact binomial intervals. */
export function tableOf({ runs }, cases) {
	const groups = groupBy(runs, keyOf);
	const rows = [...groups.values()].map((group) => {
		const [{ tool, app, case: name }] = group;
		const right = group.filter((run) => isRight(run, cases[name])).length;
		const wrong = group.filter(({ verdict }) => isWrong(verdict, cases[name])).length;
		const seconds = group.map((run) => run.seconds).sort((a, b) => a - b);
		const [low, high] = shareInterval(right, group.length);
		const median = seconds[seconds.length >> 1];
		const share = `${right} of ${group.length} [${percent(low)} … ${percent(high)}]`;
		return `| ${tool} | ${app} | ${name} | ${cases[name].truth} | ${share} | ${wrong} | ${median} s | ${spread(group)} |`;
	});
	const { date, machine } = runs.at(-1) ?? {};
	return [
		"| tool | app | change | truth | said so | said something false | median time | sd between sets |",
		"| --- | --- | --- | --- | --- | --- | --- | --- |",
		...rows.sort(),
		"",
		`In brackets the 95 % interval of the share (Clopper and Pearson). ${machine}, ${date?.slice(0, 10)}.`,
		"",
	].join("\n");
}

const keyOf = ({ tool, app, case: name }) => `${tool} ${app} ${name}`;

const isRight = (run, test) => run.correct ?? run.verdict === test.truth;

/** Neither "cannot tell" nor "no change" of a small change is false; a change that is none, or the wrong direction, is. */
const isWrong = (verdict, { truth }) =>
	truth === "no change" ? verdict === "regressed" || verdict === "improved" : verdict === "improved";

const percent = (share) => `${Math.round(share * 100)} %`;

function spread(group) {
	const known = group.flatMap(({ setSd }) => (setSd == null ? [] : [setSd])).sort((a, b) => a - b);
	return known.length === 0 ? "" : `${(known[known.length >> 1] * 100).toFixed(2)} %`;
}

function groupBy(list, key) {
	const groups = new Map();
	for (const each of list) groups.set(key(each), [...(groups.get(key(each)) ?? []), each]);
	return groups;
}
