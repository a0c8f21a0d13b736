import { type FunctionTicks, functionTicks } from "#src/analyse/call-tree/call-tree.js";
import { withoutProcesses } from "#src/analyse/call-tree/processes.js";
import { selfInterval } from "#src/analyse/call-tree/self-interval.js";
import { sampledTicks } from "#src/analyse/call-tree/whole-tree.js";
import type { CallTree } from "#src/model/call-tree.js";
import { el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import { type FlameLayout, layOutProfile, matchSum } from "#src/report/html/flame-layout.js";
import { unpackTree } from "#src/report/html/packed-tree.js";
import type { PageProfile } from "#src/report/html/page-data.js";
import { kindLabel, sourceLabel } from "#src/report/labels/frame.js";
import { type CostUnit, costUnitOf } from "#src/report/numbers/cost-unit.js";
import { formatCount } from "#src/report/numbers/format.js";
import { formatPercent, formatWholePercent } from "#src/report/numbers/shares.js";
import { type Colouring, type ColouringMode, colouringOf } from "./colouring.js";
import { allOf, bareCost, type CostScale, formatCost, shareOf } from "./cost.js";
import type { FlameGroup, FlameView } from "./flame-view.js";
import type { FlamePaint } from "./flamegraph.js";
import type { FunctionColumn, FunctionList, FunctionOrder } from "./functions-table.js";
import { hintLine } from "./hint-line.js";

/** One profile: widths are CPU time or allocated bytes, colours say whose code it is. */
export class ProfileFlame implements FlameView {
	readonly colourings: readonly { readonly key: ColouringMode; readonly label: string }[] = [
		{ key: "kind", label: "Kind" },
		{ key: "package", label: "Package" },
	];
	readonly marks = [];
	readonly title: string;
	readonly layout: FlameLayout;
	readonly #tree: CallTree;
	readonly #scale: CostScale;
	readonly #cwd: string | null;
	#colouring: Colouring;

	/** @param byProcess whether kinds of isolates are shown apart, where the profile is of several */
	constructor(profile: PageProfile, cwd: string | null, byProcess = false) {
		this.#cwd = cwd;
		const tree = unpackTree(profile.tree);
		this.#tree = byProcess ? tree : withoutProcesses(tree);
		this.layout = layOutProfile(this.#tree);
		this.#scale = {
			allTicks: this.layout.widths[0] ?? 0,
			perRequest: profile.perRequest,
			unit: costUnitOf(profile.measures),
		};
		this.title = this.#scale.unit.title;
		this.#colouring = colouringOf(this.#tree, "kind");
	}

	colourBy(key: string): void {
		const mode = this.colourings.find((each) => each.key === key)?.key;
		if (mode !== undefined) this.#colouring = colouringOf(this.#tree, mode);
	}

	get groups(): readonly FlameGroup[] {
		return this.#colouring.groups.map((group) => ({
			label: group.label,
			className: group.className,
			figure: formatPercent(group.selfShare),
			title: "Self time; a click shows these frames",
			frames: group.frames,
		}));
	}

	get paint(): FlamePaint {
		const { classOf } = this.#colouring;
		const { frames, nodes } = this.#tree;
		return {
			classOf: (node) => `${classOf[nodes[node]?.frame ?? -1] ?? ""}${nodes[node]?.putBack ? " put-back" : ""}`,
			labelOf: (node) =>
				node === 0
					? allOf(this.#scale.unit)
					: `${nodes[node]?.putBack ? "↪ " : ""}${frames[nodes[node]?.frame ?? -1]?.name ?? ""}`,
			figureOf: (node) => formatWholePercent(shareOf(this.#scale, this.layout.widths[node] ?? 0)),
		};
	}

	get functions(): FunctionList {
		return functionList(this.#tree, this.#scale, this.#colouring, this.#cwd);
	}

	costOf(matching: ReadonlySet<number>): string {
		const sum = matchSum(this.#tree, this.layout.self, matching);
		return `total ${formatCost(this.#scale, sum.total)}, self ${formatCost(this.#scale, sum.self)}`;
	}

	describe(node: number | null): readonly HTMLElement[] {
		const scale = this.#scale;
		const position = node === null ? undefined : this.#tree.nodes[node];
		const frame = position === undefined ? undefined : this.#tree.frames[position.frame];
		if (node === null || position === undefined || frame === undefined) {
			const whole =
				scale.perRequest === null
					? `Widths are shares of the profiler’s ${scale.unit.samples}.`
					: `${scale.unit.format(scale.perRequest)} ${scale.unit.suffix} per request (clean)${this.#tree.nodes.some((each) => each.measured) ? "; that of the main thread is" : ","} shared out by ${formatCount(Math.round(sampledTicks(this.#tree)))} ${scale.unit.samples}.`;
			const putBack = this.#tree.nodes.some((each) => each.putBack);
			return [el("p", {}, unbroken(whole)), hintLine(putBack ? "↪ inlined by V8 and put back" : null)];
		}
		const self = formatCost(scale, position.selfTicks);
		const total = formatCost(scale, this.layout.widths[node] ?? 0);
		return [
			el(
				"p",
				{ class: "who" },
				foreign(frame.name, "who-name"),
				foreign(sourceLabel(frame, this.#cwd) ?? "no source", "who-source"),
			),
			el(
				"p",
				{},
				unbroken(`self ${self} · total ${total}${scale.perRequest === null ? "" : " per request"} · `),
				foreign(frame.package ?? kindLabel(frame.kind)),
				position.putBack ? " · ↪ inlined into its caller by V8, put back" : "",
			),
		];
	}
}

function functionList(tree: CallTree, scale: CostScale, { classOf }: Colouring, cwd: string | null): FunctionList {
	const functions = functionTicks(tree).filter((each) => each.totalTicks > 0);
	const frameIndex = new Map(tree.frames.map((frame, index) => [frame, index]));
	const ticksOf = (row: number, order: string): number => {
		const each = functions[row];
		return (order === "total" ? each?.totalTicks : each?.selfTicks) ?? 0;
	};
	const largest = (order: string): number => functions.reduce((max, _, row) => Math.max(max, ticksOf(row, order)), 0);
	const largestOf: Readonly<Record<string, number>> = { self: largest("self"), total: largest("total") };
	const rows = functions.map(({ frame }) => {
		const index = frameIndex.get(frame) ?? -1;
		return {
			frame: index,
			name: frame.name,
			file: frame.file,
			source: sourceLabel(frame, cwd),
			swatch: classOf[index] ?? "",
		};
	});
	const times = (order: "self" | "total", head: string): FunctionColumn => ({
		order,
		head,
		unit: `${scale.unit.bareUnit}/request`,
		className: "num",
		cell: (row) => [bareCost(scale, ticksOf(row, order)) ?? ""],
	});
	const shares = (order: "self" | "total", head: string): FunctionColumn => ({
		order: scale.perRequest === null ? order : null,
		head: scale.perRequest === null ? head : "%",
		unit: null,
		className: order === "self" ? "num share-column" : "num",
		cell: (row, by) => {
			const percent = formatPercent(shareOf(scale, ticksOf(row, order)));
			if (order === "total") return [percent];
			const bar = el("i", { class: `bar ${rows[row]?.swatch ?? ""}` });
			const whole = largestOf[by] ?? largestOf.self ?? 0;
			bar.style.width = `${whole === 0 ? 0 : (ticksOf(row, by) / whole) * 100}%`;
			return [el("span", { class: "bar-track" }, bar), el("span", { class: "percent" }, percent)];
		},
	});
	const timed = scale.perRequest !== null;
	const isCpu = scale.unit === costUnitOf("cpu");
	const intervals: FunctionColumn = {
		order: null,
		head: "95 %",
		unit: `${scale.unit.bareUnit}/request`,
		className: "num muted interval-column",
		cell: (row) => {
			const each = functions[row];
			const interval = each === undefined ? null : selfInterval(tree, each);
			return interval === null ? [] : [interval.map((ticks) => bareCost(scale, ticks) ?? "").join(" … ")];
		},
	};
	return {
		title: "Top functions",
		hint: "Self: the function’s own code. Total: with everything it calls. A click shows it in the graph.",
		rows,
		columns: [
			...(timed ? [times("self", "Self")] : []),
			...(timed && isCpu ? [intervals] : []),
			shares("self", "Self"),
			...(timed ? [times("total", "Total")] : []),
			shares("total", "Total"),
		],
		orders: orders(functions, scale.unit),
	};
}

function orders(functions: readonly FunctionTicks[], unit: CostUnit): FunctionOrder[] {
	const by = (of: (each: FunctionTicks) => readonly [number, number]) => (a: number, b: number) => {
		const [first, second] = [functions[a], functions[b]];
		if (first === undefined || second === undefined) return 0;
		const [x, y] = [of(first), of(second)];
		return y[0] - x[0] || y[1] - x[1];
	};
	return [
		{ key: "self", label: unit.self, compare: by((each) => [each.selfTicks, each.totalTicks]) },
		{ key: "total", label: unit.total, compare: by((each) => [each.totalTicks, each.selfTicks]) },
	];
}
