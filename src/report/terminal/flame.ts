import { functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import type { CallTree, Frame } from "#src/model/call-tree.js";
import type { FlameRun } from "#src/model/run.js";
import { cwdOf } from "#src/report/figures/target.js";
import { placeLabel } from "#src/report/labels/frame.js";
import { NO_FIGURE } from "#src/report/numbers/format.js";
import { formatPercent } from "#src/report/numbers/shares.js";
import { formatNs } from "#src/report/numbers/times.js";
import { headline } from "#src/report/sentences/headline.js";
import { renderFindings } from "./findings.js";
import { percentileTable } from "./percentiles.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { type Column, printable, renderTable, shorten, wrap } from "./table.js";

const TOP_FUNCTIONS = 12;

/** The whole answer of `az-prof flame` for a terminal: sentence, percentiles, functions, agreement, findings. */
export function renderFlame(run: FlameRun, trees: ReadonlyMap<string, CallTree>, style: TerminalStyle): string {
	const colors = colorsOf(style);
	const parts = [
		colors.bold(wrap(printable(headline(run, trees)), style.columns)),
		percentileTable(run.measurements, style),
		functionTable(run, cpuTrees(run, trees), style),
		agreement(run, style),
		renderFindings(run.findings, style),
	];
	return parts.filter((part) => part !== "").join("\n\n");
}

/** Trees of allocated bytes have no place beside CPU time per request. */
const cpuTrees = ({ profiles }: FlameRun, trees: ReadonlyMap<string, CallTree>): ReadonlyMap<string, CallTree> =>
	new Map([...trees].filter(([id]) => profiles.find((each) => each.id === id)?.measures !== "allocation"));

interface FunctionRow {
	readonly frame: Frame;
	/** Self share by collector. */
	readonly selfShares: ReadonlyMap<string, number>;
	readonly totalShare: number;
}

/** Functions by self time, as the first collector sees them; the others' shares stand beside. */
function functionTable(run: FlameRun, trees: ReadonlyMap<string, CallTree>, style: TerminalStyle): string {
	const [first] = [...trees.keys()];
	if (first === undefined) return "";
	const cpuNs = run.measurements.find(({ collector }) => collector === null)?.cpu?.nsPerRequest ?? null;
	const rows = topFunctions(trees, first);
	const collectors = [...trees.keys()];
	const shareColumns = collectors.map((name): Column => ({ title: collectors.length === 1 ? "self" : `self ${name}` }));
	const figures = rows.map(({ selfShares, totalShare }) => [
		cpuNs === null ? NO_FIGURE : formatNs((selfShares.get(first) ?? 0) * cpuNs),
		...collectors.map((name) => share(selfShares.get(name))),
		share(totalShare),
	]);
	const taken = 10 + 10 * (collectors.length + 1);
	const room = Math.max(30, style.columns - taken - 4);
	const nameRoom = Math.min(34, Math.floor(room * 0.45));
	return renderTable(
		[
			{ title: "self/request" },
			...shareColumns,
			{ title: "total" },
			{ title: "function", align: "left" },
			{ title: "where", align: "left" },
		],
		rows.map(({ frame }, index) => [
			...(figures[index] ?? []),
			shorten(printable(frame.name), nameRoom),
			shorten(printable(placeLabel(frame, cwdOf(run.target))), room - nameRoom),
		]),
	);
}

function topFunctions(trees: ReadonlyMap<string, CallTree>, first: string): FunctionRow[] {
	// Columns differ between profilers; file, name and line do not.
	const keyOf = (frame: Frame): string => `${frame.file ?? ""}\0${frame.name}\0${frame.line ?? ""}`;
	const shares = new Map(
		[...trees].map(([name, tree]) => {
			const all = totalTicks(tree);
			const sums = new Map<string, number>();
			for (const { frame, selfTicks } of functionTicks(tree)) {
				sums.set(keyOf(frame), (sums.get(keyOf(frame)) ?? 0) + selfTicks / all);
			}
			return [name, sums] as const;
		}),
	);
	const tree = trees.get(first);
	if (tree === undefined) return [];
	const all = totalTicks(tree);
	return functionTicks(tree)
		.filter(({ selfTicks }) => selfTicks > 0)
		.slice(0, TOP_FUNCTIONS)
		.map(({ frame, totalTicks: total }) => ({
			frame,
			selfShares: new Map([...shares].map(([name, sums]) => [name, sums.get(keyOf(frame)) ?? 0])),
			totalShare: total / all,
		}));
}

const share = (value: number | undefined): string => (value === undefined ? NO_FIGURE : formatPercent(value));

function agreement(run: FlameRun, style: TerminalStyle): string {
	return run.agreements
		.map(({ collectors: [a, b], selfOverlap, packageOverlap }) =>
			wrap(
				`${a} and ${b} agree on ${formatPercent(selfOverlap)} of self time by function and ${formatPercent(packageOverlap)} by package (the sum of the smaller of the two shares; native code counts for its caller).`,
				style.columns,
			),
		)
		.join("\n");
}
