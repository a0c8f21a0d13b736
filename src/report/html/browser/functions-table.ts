import { type FunctionTicks, functionTicks } from "../../../analyse/call-tree.js";
import type { CallTree } from "../../../model/call-tree.js";
import { formatCount, formatPercent } from "../../format.js";
import { sourceLabel } from "../../frame-label.js";
import { type CostScale, costUs, shareOf } from "./cost.js";
import { button, el, foreign } from "./dom.js";

type SortKey = "self" | "total" | "name";

const FIRST_ROWS = 20;
const MAX_ROWS = 400;

/** The functions with the most CPU time, by self or total time; a click shows one in the graph. */
export class FunctionsTable {
	readonly element = el("section", { class: "functions", "aria-label": "Top functions" });
	readonly #cwd: string | null;
	readonly #onPick: (frame: number | null, name: string) => void;
	#functions: readonly FunctionTicks[] = [];
	#frameIndex = new Map<FunctionTicks["frame"], number>();
	#scale: CostScale = { allTicks: 0, cpuNsPerRequest: null };
	#classOf: readonly string[] = [];
	#sort: SortKey = "self";
	#rows = FIRST_ROWS;
	#picked: number | null = null;

	constructor(cwd: string | null, onPick: (frame: number | null, name: string) => void) {
		this.#cwd = cwd;
		this.#onPick = onPick;
	}

	show(tree: CallTree, scale: CostScale, classOf: readonly string[]): void {
		this.#functions = functionTicks(tree).filter((each) => each.totalTicks > 0);
		this.#frameIndex = new Map(tree.frames.map((frame, index) => [frame, index]));
		this.#scale = scale;
		this.#classOf = classOf;
		this.#picked = null;
		this.#draw();
	}

	recolour(classOf: readonly string[]): void {
		this.#classOf = classOf;
		this.#draw();
	}

	clearPick(): void {
		if (this.#picked === null) return;
		this.#picked = null;
		this.#draw();
	}

	#draw(): void {
		const sorted = [...this.#functions].sort(comparisons[this.#sort]);
		const largest = sorted.reduce((max, each) => Math.max(max, this.#ticks(each)), 0);
		const rows = sorted.slice(0, this.#rows).map((each) => this.#row(each, largest));
		const more = Math.min(sorted.length, MAX_ROWS) - rows.length;
		this.element.replaceChildren(
			el(
				"div",
				{ class: "section-head" },
				el("h2", {}, "Top functions"),
				el(
					"div",
					{ class: "segmented", role: "group", "aria-label": "Order by" },
					this.#toggle("self", "Self time"),
					this.#toggle("total", "Total time"),
				),
				el(
					"p",
					{ class: "hint" },
					"Self: the function’s own code. Total: with everything it calls. A click shows it in the graph.",
				),
			),
			el("table", { class: "functions-table" }, this.#head(), el("tbody", {}, ...rows)),
			...(more > 0
				? [
						button({ class: "more" }, `Show ${formatCount(more)} more`, () => {
							this.#rows = MAX_ROWS;
							this.#draw();
						}),
					]
				: []),
		);
	}

	#ticks(each: FunctionTicks): number {
		return this.#sort === "total" ? each.totalTicks : each.selfTicks;
	}

	#toggle(key: "self" | "total", label: string): HTMLElement {
		return button({ "aria-pressed": String(this.#sort === key), "data-order": key }, label, () => this.#sortBy(key));
	}

	#sortBy(key: SortKey): void {
		this.#sort = key;
		this.#draw();
	}

	#head(): HTMLElement {
		const unit = this.#scale.cpuNsPerRequest === null ? null : "µs/request";
		const cell = (key: SortKey | null, label: string, small: string | null, className: string): HTMLElement =>
			el(
				"th",
				{
					scope: "col",
					class: className,
					"aria-sort": key !== null && key === this.#sort ? (key === "name" ? "ascending" : "descending") : null,
				},
				key === null ? label : button({ class: "sort" }, label, () => this.#sortBy(key)),
				small === null ? null : el("small", {}, small),
			);
		return el(
			"thead",
			{},
			el(
				"tr",
				{},
				cell("name", "Function", null, ""),
				cell(null, "Source", null, ""),
				...(unit === null ? [] : [cell("self", "Self", unit, "num")]),
				cell(unit === null ? "self" : null, unit === null ? "Self" : "%", null, "num share-column"),
				...(unit === null ? [] : [cell("total", "Total", unit, "num")]),
				cell(unit === null ? "total" : null, unit === null ? "Total" : "%", null, "num"),
			),
		);
	}

	#row(each: FunctionTicks, largest: number): HTMLElement {
		const { frame, selfTicks, totalTicks } = each;
		const index = this.#frameIndex.get(frame) ?? -1;
		const source = sourceLabel(frame, this.#cwd);
		const name = button({ class: "function-name", title: frame.name }, null, () => this.#pick(index, frame.name));
		name.append(el("i", { class: `swatch ${this.#classOf[index] ?? ""}` }), foreign(frame.name));
		const selfUs = costUs(this.#scale, selfTicks);
		const totalUs = costUs(this.#scale, totalTicks);
		const bar = el("i", { class: `bar ${this.#classOf[index] ?? ""}` });
		bar.style.width = `${largest === 0 ? 0 : (this.#ticks(each) / largest) * 100}%`;
		const row = el(
			"tr",
			{ class: index === this.#picked ? "picked" : null },
			el("td", { class: "name-cell" }, name),
			el(
				"td",
				{ class: "source-cell", title: frame.file },
				source === null ? el("span", { class: "muted" }, "no source") : foreign(source),
			),
			...(selfUs === null ? [] : [el("td", { class: "num" }, selfUs)]),
			el(
				"td",
				{ class: "num share-column" },
				el("span", { class: "bar-track" }, bar),
				el("span", { class: "percent" }, formatPercent(shareOf(this.#scale, selfTicks))),
			),
			...(totalUs === null ? [] : [el("td", { class: "num" }, totalUs)]),
			el("td", { class: "num" }, formatPercent(shareOf(this.#scale, totalTicks))),
		);
		return row;
	}

	#pick(index: number, name: string): void {
		this.#picked = this.#picked === index ? null : index;
		this.#draw();
		this.#onPick(this.#picked, name);
	}
}

const comparisons: Readonly<Record<SortKey, (a: FunctionTicks, b: FunctionTicks) => number>> = {
	self: (a, b) => b.selfTicks - a.selfTicks || b.totalTicks - a.totalTicks,
	total: (a, b) => b.totalTicks - a.totalTicks || b.selfTicks - a.selfTicks,
	name: (a, b) => (a.frame.name < b.frame.name ? -1 : a.frame.name > b.frame.name ? 1 : 0),
};
