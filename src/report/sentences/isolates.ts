import type { IsolateGroup, IsolateKind } from "#src/model/isolates.js";
import { formatCount } from "#src/report/numbers/format.js";
import { listOf } from "./phrases.js";

const nouns: Readonly<Record<IsolateKind, readonly [one: string, several: string]>> = {
	process: ["process", "processes"],
	primary: ["primary", "primaries"],
	"cluster worker": ["cluster worker", "cluster workers"],
	"worker thread": ["worker thread", "worker threads"],
};

/** "2 of 3 processes answer: 2 cluster workers, beside a primary" */
export function isolatesClause(isolates: readonly IsolateGroup[]): string {
	const all = sumOf(isolates, (group) => group.isolates);
	const answering = sumOf(isolates, (group) => group.answering);
	const named = new Set(isolates.map(({ script }) => script)).size > 1;
	const those = isolates.flatMap((group) => (group.answering > 0 ? [groupName(group, group.answering, named)] : []));
	const others = isolates.flatMap((group) => {
		const rest = group.isolates - group.answering;
		return rest > 0 ? [groupName(group, rest, named)] : [];
	});
	const beside = others.length === 0 ? "" : `, beside ${listOf(others)}`;
	return `${formatCount(answering)} of ${formatCount(all)} ${allName(isolates)} ${answering === 1 ? "answers" : "answer"}: ${listOf(those)}${beside}`;
}

/** "processes", "processes and worker threads" */
const allName = (isolates: readonly IsolateGroup[]): string =>
	isolates.some(({ kind }) => kind === "worker thread") ? "processes and worker threads" : "processes";

/** "a primary", "2 worker threads (hash.mjs)" */
function groupName({ kind, script }: IsolateGroup, count: number, named: boolean): string {
	const [one, several] = nouns[kind];
	const name = count === 1 ? `a ${one}` : `${formatCount(count)} ${several}`;
	return named && script !== "" ? `${name} (${script})` : name;
}

const sumOf = (isolates: readonly IsolateGroup[], of: (group: IsolateGroup) => number): number =>
	isolates.reduce((sum, group) => sum + of(group), 0);
