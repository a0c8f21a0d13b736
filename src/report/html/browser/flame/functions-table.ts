import { button, el, foreign } from "#src/report/html/browser/dom.js";
import { formatCount } from "#src/report/numbers/format.js";

/** Functions with some figures each; rows are told apart by their place in `rows`. */
export interface FunctionList {
	readonly title: string;
	readonly hint: string;
	readonly rows: readonly FunctionRow[];
	readonly columns: readonly FunctionColumn[];
	/** The first is the one to begin with. */
	readonly orders: readonly FunctionOrder[];
}

interface FunctionRow {
	/** Index of its frame. */
	readonly frame: number;
	readonly name: string;
	readonly file: string | null;
	readonly source: string | null;
	/** Class that carries its colour. */
	readonly swatch: string;
}

export interface FunctionColumn {
	/** The order that a click on its head sets; null where there is none. */
	readonly order: string | null;
	readonly head: string;
	readonly unit: string | null;
	readonly className: string;
	/** `order` is the key of the present one. */
	cell(row: number, order: string): readonly (Node | string)[];
}

export interface FunctionOrder {
	readonly key: string;
	readonly label: string;
	compare(a: number, b: number): number;
}

const FIRST_ROWS = 20;
const MAX_ROWS = 400;
const BY_NAME = "name";

/** The functions that matter most, in one of several orders; a click shows one in the graph. */
export class FunctionsTable {
	readonly element = el("section", { class: "functions", "aria-label": "Functions" });
	readonly #onPick: (frame: number | null) => void;
	#list: FunctionList = { title: "", hint: "", rows: [], columns: [], orders: [] };
	#order = BY_NAME;
	#rows = FIRST_ROWS;
	#picked: number | null = null;

	constructor(onPick: (frame: number | null) => void) {
		this.#onPick = onPick;
	}

	show(list: FunctionList): void {
		this.#picked = null;
		if (this.#order === BY_NAME || list.orders.every((each) => each.key !== this.#order)) {
			this.#order = list.orders[0]?.key ?? BY_NAME;
		}
		this.refresh(list);
	}

	/** The same functions, drawn anew. */
	refresh(list: FunctionList): void {
		this.#list = list;
		this.#draw();
	}

	clearPick(): void {
		if (this.#picked === null) return;
		this.#picked = null;
		this.#draw();
	}

	#draw(): void {
		const { rows, columns, orders, title, hint } = this.#list;
		const compare = orders.find((each) => each.key === this.#order)?.compare ?? this.#byName;
		const sorted = rows.map((_, index) => index).sort(compare);
		const shown = sorted.slice(0, this.#rows);
		const more = Math.min(sorted.length, MAX_ROWS) - shown.length;
		this.element.replaceChildren(
			el(
				"div",
				{ class: "section-head" },
				el("h2", {}, title),
				el(
					"div",
					{ class: "segmented", role: "group", "aria-label": "Order by" },
					...orders.map(({ key, label }) =>
						button({ "aria-pressed": String(this.#order === key), "data-order": key }, label, () => this.#sortBy(key)),
					),
				),
				el("p", { class: "hint" }, hint),
			),
			el(
				"table",
				{ class: "functions-table" },
				el(
					"thead",
					{},
					el(
						"tr",
						{},
						this.#head("Function", null, "", BY_NAME),
						this.#head("Source", null, "", null),
						...columns.map(({ head, unit, className, order }) => this.#head(head, unit, className, order)),
					),
				),
				el("tbody", {}, ...shown.map((index) => this.#row(index))),
			),
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

	#head(label: string, unit: string | null, className: string, order: string | null): HTMLElement {
		const sorted = order !== null && order === this.#order;
		return el(
			"th",
			{
				scope: "col",
				class: className,
				"aria-sort": sorted ? (order === BY_NAME ? "ascending" : "descending") : null,
			},
			order === null ? label : button({ class: "sort" }, label, () => this.#sortBy(order)),
			unit === null ? null : el("small", {}, unit),
		);
	}

	#row(index: number): HTMLElement {
		const row = this.#list.rows[index];
		if (row === undefined) return el("tr");
		const name = button({ class: "function-name", title: row.name }, null, () => this.#pick(row.frame));
		name.append(el("i", { class: `swatch ${row.swatch}` }), foreign(row.name));
		return el(
			"tr",
			{ class: row.frame === this.#picked ? "picked" : null },
			el("td", { class: "name-cell" }, name),
			el(
				"td",
				{ class: "source-cell", title: row.file },
				row.source === null ? el("span", { class: "muted" }, "no source") : foreign(row.source),
			),
			...this.#list.columns.map(({ className, cell }) => el("td", { class: className }, ...cell(index, this.#order))),
		);
	}

	readonly #byName = (a: number, b: number): number => {
		const [first, second] = [this.#list.rows[a]?.name ?? "", this.#list.rows[b]?.name ?? ""];
		return first < second ? -1 : first > second ? 1 : 0;
	};

	#sortBy(order: string): void {
		this.#order = order;
		this.#draw();
	}

	#pick(frame: number): void {
		this.#picked = this.#picked === frame ? null : frame;
		this.#draw();
		this.#onPick(this.#picked);
	}
}
