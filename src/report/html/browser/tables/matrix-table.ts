import type { LayerEffect, LayerMetric, Matrix } from "#src/model/matrix.js";
import { formatLevel, layerMetricLabel } from "#src/report/figures/layer.js";
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
import type { Domain } from "#src/report/html/browser/charts/scale.js";
import { type Stair, staircase, stairDomain, stairDrawing } from "#src/report/html/browser/charts/staircase.js";
import { button, el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import { ALL_LAYERS } from "#src/report/html/browser/views/layer-pair.js";
import { formatWholePercent, NO_FIGURE } from "#src/report/numbers/format.js";
import { captionOf, figureCell, profileCell, signedShare, verdictTexts } from "./matrix-cells.js";
import { verdictClass } from "./pair-table.js";

const PER_REQUEST: Readonly<Record<LayerMetric, string>> = {
	cpu: "/request",
	alloc: "/request",
	p50: "",
	p99: "",
	rps: "",
};

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
						el("th", { scope: "col", class: "num" }, `${layerMetricLabel(metric)}${PER_REQUEST[metric]}`),
						el("th", { scope: "col", class: "num share-of-bare" }, "of bare"),
						profiled ? el("th", { scope: "col", class: "num by-profile" }, "by profile") : null,
						el("th", { scope: "col", class: "verdict-column" }, "Verdict"),
					),
				),
				el(
					"tbody",
					{},
					this.#bareRow(stairs.bare, stairScale, profiled),
					...factors.map((name, index) => {
						const effect = effects[index];
						const stair = stairs.steps[index];
						return this.#layerRow(name, effect, stair, stairScale, scale, profiled);
					}),
					this.#remainderRow(stairs.remainder, stairScale, scale, profiled),
					this.#allRow(stairs.total, stairScale, profiled),
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
					layerMetricLabel(metric),
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
		stairScale: Domain,
		scale: Domain,
		profiled: boolean,
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

	#bareRow(stair: Stair, stairScale: Domain, profiled: boolean): HTMLElement {
		const level = figureOf(bareVariant(this.#matrix)?.figures, this.#metric);
		return el(
			"tr",
			{ class: "frame-row", "data-layer": "bare" },
			el("th", { scope: "row" }, "bare"),
			el("td", { class: "stair-scale" }, stairDrawing(stair, stairScale, "bare")),
			el("td", { class: "forest-scale" }),
			el("td", { class: "num" }, el("b", {}, unbroken(formatLevel(this.#metric, level)))),
			el("td", { class: "num share-of-bare" }, level === null ? NO_FIGURE : "100\u00a0%"),
			profiled ? el("td", { class: "by-profile" }) : null,
			el("td"),
		);
	}

	#remainderRow(stair: Stair | null, stairScale: Domain, scale: Domain, profiled: boolean): HTMLElement | null {
		const remainder = remainderOf(this.#matrix, this.#metric);
		if (remainder === undefined || stair === null) return null;
		return el(
			"tr",
			{ class: `frame-row remainder${remainder.large ? " large" : ""}`, "data-layer": "remainder" },
			el("th", { scope: "row" }, "remainder", el("small", {}, "beyond the sum")),
			el("td", { class: "stair-scale" }, stairDrawing(stair, stairScale, "remainder")),
			el(
				"td",
				{ class: "forest-scale" },
				intervalDrawing({ ...remainder, margin: null }, scale, "remainder: its interval"),
			),
			figureCell(remainder),
			el("td", { class: "num share-of-bare" }, signedShare(remainder.share)),
			profiled ? el("td", { class: "by-profile" }) : null,
			el(
				"td",
				{ class: "forest-verdict" },
				el(
					"b",
					{ class: "verdict-word" },
					remainder.low === null ? "cannot tell" : remainder.large ? "large" : "small",
				),
			),
		);
	}

	#allRow(stair: Stair | null, stairScale: Domain, profiled: boolean): HTMLElement | null {
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
