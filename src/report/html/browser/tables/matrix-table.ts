import type { LayerEffect, LayerMetric, Matrix } from "#src/model/matrix.js";
import {
	allMinusBare,
	allVariant,
	bareVariant,
	effectOf,
	figureOf,
	leadMetric,
	marginOf,
	measuredMetrics,
	rankedFactors,
} from "#src/report/figures/matrix.js";
import { remainderOf } from "#src/report/figures/matrix-rows.js";
import { intervalDrawing } from "#src/report/html/browser/charts/interval-drawing.js";
import { axis, domainOfChanges } from "#src/report/html/browser/charts/matrix-scales.js";
import { type Stair, staircase, stairDomain, stairDrawing } from "#src/report/html/browser/charts/staircase.js";
import { button, el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import { ALL_LAYERS } from "#src/report/html/browser/views/layer-pair.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import { NO_FIGURE } from "#src/report/numbers/format.js";
import { formatLevel } from "#src/report/numbers/layer-effects.js";
import { formatWholePercent } from "#src/report/numbers/shares.js";
import { marksOf } from "#src/report/sentences/both-ways.js";
import { captionOf, figureCell, profileCell, signedShare, verdictTexts } from "./matrix-cells.js";
import { bareRow, type MatrixColumns, remainderRow } from "./matrix-frame-rows.js";
import { verdictClass } from "./pair-table.js";

/** Of the metrics that are amounts of one request. */
const perRequest = (metric: LayerMetric): string => (metric === "cpu" || metric === "alloc" ? "/request" : "");

/**
 * One row a layer, the costliest first: its step on the way from bare to all, its effect with interval, and what the profile says.
 * The metric can be switched; a row opens its pair.
 */
export class MatrixTable {
	readonly element = el("section", { class: "panel matrix", "aria-label": "What each layer costs" });
	readonly #matrix: Matrix;
	readonly #onPick: (row: string) => void;
	#metric: LayerMetric;
	#picked: string | null = null;

	constructor(matrix: Matrix, onPick: (row: string) => void) {
		this.#matrix = matrix;
		this.#onPick = onPick;
		this.#metric = leadMetric(matrix);
		this.element.addEventListener("keydown", (event) => this.#onKey(event));
	}

	/** Which row is open. */
	mark(row: string | null): void {
		this.#picked = row;
		this.#draw();
	}

	focus(): void {
		const open = this.element.querySelector<HTMLElement>('.layer-name[aria-pressed="true"]');
		open?.focus({ preventScroll: true });
		this.element.scrollIntoView({ block: "start", behavior: "smooth" });
	}

	#draw(): void {
		const matrix = this.#matrix;
		const metric = this.#metric;
		const factors = rankedFactors(matrix, metric).map(({ name }) => name);
		const effects = factors.map((name) => effectOf(matrix, name, metric));
		const remainder = remainderOf(matrix, metric);
		const stairs = staircase(effects, remainder, allMinusBare(matrix, metric));
		const stairScale = stairDomain(stairs.all);
		const marks = [...effects, remainder].flatMap((each) => each ?? []);
		const scale = domainOfChanges(marks, marginOf(matrix, metric) ?? 0);
		const profiled = metric === "cpu" && matrix.attributions.length > 0;
		const columns: MatrixColumns = { metric, stairScale, scale, profiled };
		this.element.replaceChildren(
			el(
				"div",
				{ class: "section-head" },
				el("h2", {}, "What each layer costs"),
				this.#metrics(),
				el("p", { class: "hint" }, "A row opens bare and bare with the layer beside each other."),
			),
			el(
				"table",
				{ class: "forest-table matrix-table" },
				el(
					"thead",
					{},
					el(
						"tr",
						{},
						el("th", { scope: "col", class: "layer-column" }, "Layer"),
						el("th", { scope: "col", class: "stair-scale" }, "From bare to all", axis(stairScale, metric, matrix)),
						el("th", { scope: "col", class: "forest-scale" }, "Effect and its interval", axis(scale, metric, matrix)),
						el("th", { scope: "col", class: "num" }, `${wordsOf(metric).column}${perRequest(metric)}`),
						el("th", { scope: "col", class: "num share-of-bare" }, "of bare"),
						profiled ? el("th", { scope: "col", class: "num by-profile" }, "by profile") : null,
						el("th", { scope: "col", class: "verdict-column" }, "Verdict"),
					),
				),
				el(
					"tbody",
					{},
					bareRow(matrix, stairs.bare, columns),
					...factors.map((name, index) => this.#layerRow(name, effects[index], stairs.steps[index], columns)),
					remainderRow(remainder, stairs.remainder, columns),
					this.#allRow(stairs.total, columns),
				),
			),
			el("p", { class: "caption" }, unbroken(captionOf(this.#matrix, this.#metric))),
		);
	}

	#metrics(): HTMLElement {
		return el(
			"div",
			{ class: "segmented", role: "group", "aria-label": "Metric" },
			...measuredMetrics(this.#matrix).map((metric) =>
				button(
					{ "aria-pressed": String(metric === this.#metric), "data-metric": metric },
					wordsOf(metric).column,
					() => {
						this.#metric = metric;
						this.#draw();
						this.element.querySelector<HTMLElement>(`.segmented [data-metric="${metric}"]`)?.focus();
					},
				),
			),
		);
	}

	#layerRow(
		name: string,
		effect: LayerEffect | undefined,
		stair: Stair | null | undefined,
		{ stairScale, scale, profiled }: MatrixColumns,
	): HTMLElement {
		const verdict = effect?.verdict ?? null;
		return this.#row(name, verdict === null ? "not-judged" : verdictClass(verdict), [
			el("td", { class: "stair-scale" }, stair == null ? null : stairDrawing(stair, stairScale, `${name}: its step`)),
			el(
				"td",
				{ class: "forest-scale" },
				effect === undefined
					? null
					: intervalDrawing(
							{ ...effect, margin: marginOf(this.#matrix, this.#metric) },
							scale,
							`${name}: its interval`,
						),
			),
			figureCell(effect),
			el("td", { class: "num share-of-bare" }, effect === undefined ? NO_FIGURE : signedShare(effect.share)),
			profiled ? profileCell(this.#matrix, name) : null,
			el("td", { class: "forest-verdict" }, ...verdictTexts(this.#matrix, this.#metric, name, effect)),
		]);
	}

	#allRow(stair: Stair | null, { stairScale, profiled }: MatrixColumns): HTMLElement | null {
		const level = figureOf(allVariant(this.#matrix)?.figures, this.#metric);
		const bare = figureOf(bareVariant(this.#matrix)?.figures, this.#metric);
		if (level === null || stair === null || this.#matrix.factors.length < 2) return null;
		return this.#row(ALL_LAYERS, "frame-row", [
			el("td", { class: "stair-scale" }, stairDrawing(stair, stairScale, "all")),
			el("td", { class: "forest-scale" }),
			el("td", { class: "num" }, el("b", {}, unbroken(formatLevel(this.#metric, level)))),
			el(
				"td",
				{ class: "num share-of-bare" },
				bare === null || bare === 0 ? NO_FIGURE : formatWholePercent(level / bare),
			),
			profiled ? el("td", { class: "by-profile" }) : null,
			el("td"),
		]);
	}

	/** A row that opens its pair. */
	#row(name: string, className: string, cells: readonly (HTMLElement | null)[]): HTMLElement {
		const open = name === this.#picked;
		const title = button({ class: "layer-name", "aria-pressed": String(open), title: name }, null, () =>
			this.#pick(name),
		);
		title.append(name === ALL_LAYERS ? "all" : foreign(name));
		title.append(marksOf(this.#matrix, name, this.#metric));
		const row = el(
			"tr",
			{ class: `${className}${open ? " open" : ""}`, "data-layer": name },
			el("th", { scope: "row" }, title),
			...cells,
		);
		row.addEventListener("click", (event) => {
			if (event.target instanceof Element && event.target.closest("button") === null) this.#pick(name);
		});
		return row;
	}

	#pick(name: string): void {
		this.mark(name);
		this.element.querySelector<HTMLElement>('.layer-name[aria-pressed="true"]')?.focus({ preventScroll: true });
		this.#onPick(name);
	}

	/** Up and down from row to row; Enter opens, as on any button. */
	#onKey(event: KeyboardEvent): void {
		if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
		const names = [...this.element.querySelectorAll<HTMLElement>(".layer-name")];
		const at = names.findIndex((each) => each.matches(":focus"));
		if (at < 0) return;
		event.preventDefault();
		names[at + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
	}
}
