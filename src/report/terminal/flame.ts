import { type FunctionTicks, functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import { selfInterval } from "#src/analyse/call-tree/self-interval.js";
import type { CallTree, Frame } from "#src/model/call-tree.js";
import type { FlameRun } from "#src/model/run.js";
import { cwdOf } from "#src/report/figures/target.js";
import { placeLabel } from "#src/report/labels/frame.js";
import { formatCostDifference } from "#src/report/numbers/cost-unit.js";
import { NO_FIGURE } from "#src/report/numbers/format.js";
import { formatPercent } from "#src/report/numbers/shares.js";
import { formatNs } from "#src/report/numbers/times.js";
import { renderAnswer } from "./answer.js";
import { renderFindings } from "./findings.js";
import { percentileTable } from "./percentiles.js";
import type { TerminalStyle } from "./style.js";
import { type Column, printable, renderTable, shorten, wrap } from "./table.js";

const TOP_FUNCTIONS = 12;

/** The whole answer of `az-prof flame` for a terminal: sentence, percentiles, functions, agreement, findings. */
export function renderFlame(run: FlameRun, trees: ReadonlyMap<string, CallTree>, style: TerminalStyle): string {
	const parts = [
		renderAnswer(run, style, trees),
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
	/** Of the self share by the first collector; null where it is not sampled. */
	readonly intervalShare: readonly [low: number, high: number] | null;
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
	const figures = rows.map(({ selfShares, totalShare, intervalShare }) => [
		...selfCost(selfShares.get(first) ?? 0, intervalShare, cpuNs),
		...collectors.map((name) => share(selfShares.get(name))),
		share(totalShare),
	]);
	const taken = 26 + 8 * (collectors.length + 1);
	const room = Math.max(30, style.columns - taken - 4);
	const nameRoom = Math.min(34, Math.floor(room * 0.45));
	return renderTable(
		[
			{ title: "self/request" },
			{ title: "95 %" },
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

/** What a function itself costs a request, and the interval of that, in one unit. */
function selfCost(selfShare: number, interval: FunctionRow["intervalShare"], cpuNs: number | null): string[] {
	if (cpuNs === null) return [NO_FIGURE, NO_FIGURE];
	if (interval === null) return [formatNs(selfShare * cpuNs), NO_FIGURE];
	const [low, high] = interval.map((share) => share * cpuNs) as [number, number];
	return [
		formatNs(selfShare * cpuNs),
		formatCostDifference("cpu", { difference: selfShare * cpuNs, low, high }).interval,
	];
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
		.map(({ frame, selfTicks, totalTicks: total }) => ({
			frame,
			intervalShare: intervalOf(tree, { frame, selfTicks }),
			selfShares: new Map([...shares].map(([name, sums]) => [name, sums.get(keyOf(frame)) ?? 0])),
			totalShare: total / all,
		}));
}

function intervalOf(tree: CallTree, ticks: Pick<FunctionTicks, "frame" | "selfTicks">): FunctionRow["intervalShare"] {
	const interval = selfInterval(tree, ticks);
	const all = totalTicks(tree);
	return interval && [interval[0] / all, interval[1] / all];
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
