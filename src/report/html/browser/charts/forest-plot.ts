import type { Comparison, Effect } from "#src/model/comparison.js";
import { el, unbroken } from "#src/report/html/browser/dom.js";
import { verdictClass } from "#src/report/html/browser/tables/pair-table.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import {
	formatChangeSize,
	formatEffectChange,
	formatEffectInterval,
	shownInterval,
} from "#src/report/numbers/effects.js";
import { NO_FIGURE } from "#src/report/numbers/format.js";
import { formatDurationMs } from "#src/report/numbers/times.js";
import { promisesSentence } from "#src/report/sentences/comparison.js";
import { intervalDrawing, scaleLabels } from "./interval-drawing.js";
import { ticksWithin } from "./scale.js";

/** At most so many margins to either side; what goes beyond has an arrow. */
const FARTHEST = 8;

/**
 * One row a metric: the interval of its change on a scale of its own margin, so that metrics of any unit stand under one
 * band. Judged metrics come first.
 */
export function forestPlot({ effects, design }: Comparison): HTMLElement {
	const sorted = [...effects].sort((a, b) => Number(b.judged) - Number(a.judged));
	const known = sorted.filter((each) => each.change !== null);
	const head = el(
		"figcaption",
		{},
		"Effects",
		el("small", {}, "change from base to head, in multiples of each metric’s margin"),
	);
	if (known.length === 0) {
		return el(
			"figure",
			{ class: "chart forest" },
			head,
			el("p", { class: "muted" }, "No change could be measured: no process set has figures of both sides."),
		);
	}
	const reach = reachOf(known);
	return el(
		"figure",
		{ class: "chart forest" },
		head,
		el(
			"table",
			{ class: "forest-table" },
			el(
				"thead",
				{},
				el(
					"tr",
					{},
					el("th", { scope: "col" }, "Metric"),
					el("th", { scope: "col", class: "forest-scale" }, axis(reach)),
					el("th", { scope: "col", class: "num" }, "Change"),
					el("th", { scope: "col" }, "Verdict"),
				),
			),
			el("tbody", {}, ...sorted.map((each) => row(each, reach))),
		),
		el(
			"p",
			{ class: "caption" },
			unbroken(`The band is the margin: changes within it do not matter. ${promisesSentence(design)}`),
		),
	);
}

/** Margins to either side of zero that all intervals need, as far as that can still be read. */
function reachOf(effects: readonly Effect[]): number {
	const needed = effects.flatMap((effect) => {
		const shown = shownInterval(effect);
		return [effect.change, shown?.low, shown?.high].map((each) => Math.abs(each ?? 0) / effect.margin);
	});
	return Math.min(FARTHEST, Math.max(2, Math.ceil(Math.max(...needed) * 1.08)));
}

function row(effect: Effect, reach: number): HTMLElement {
	const { metric, margin, judged, verdict } = effect;
	return el(
		"tr",
		{ class: judged ? verdictClass(verdict) : "not-judged", "data-metric": metric },
		el(
			"th",
			{ scope: "row" },
			wordsOf(metric).row,
			el("small", {}, unbroken(`margin ±${formatChangeSize(effect, margin, "pt")}`)),
		),
		el("td", { class: "forest-scale" }, drawing(effect, reach)),
		el(
			"td",
			{ class: "num" },
			el("b", {}, unbroken(formatEffectChange(effect))),
			shownInterval(effect) === null ? null : el("small", {}, formatEffectInterval(effect)),
		),
		el("td", { class: "forest-verdict" }, ...verdictText(effect)),
	);
}

function verdictText(effect: Effect): (string | HTMLElement)[] {
	if (effect.change === null) return [NO_FIGURE, el("small", {}, "not measured")];
	if (!effect.judged) return [el("span", { class: "muted" }, "not judged")];
	const word = el("b", { class: "verdict-word" }, effect.verdict);
	if (effect.verdict !== "cannot tell") return [word];
	const outlook =
		effect.secondsToDecide !== null
			? `about ${formatDurationMs(Math.ceil(effect.secondsToDecide) * 1000)} more would`
			: effect.smallestDetectable !== null
				? `could have seen ${formatChangeSize(effect, effect.smallestDetectable)}`
				: null;
	return outlook === null ? [word] : [word, el("small", {}, unbroken(outlook))];
}

/** On the scale of its own margin. */
function drawing(effect: Effect, reach: number): SVGElement {
	const { change, margin, metric } = effect;
	const { low, high } = shownInterval(effect) ?? { low: null, high: null };
	const inMargins = (value: number | null): number | null => (value === null ? null : value / margin);
	return intervalDrawing(
		{ change: inMargins(change), low: inMargins(low), high: inMargins(high), margin: 1 },
		{ from: -reach, to: reach },
		`${wordsOf(metric).row}: interval against the margin`,
	);
}

/** Labels at whole margins, so few that they do not touch in a narrow column. */
function axis(reach: number): HTMLElement {
	const domain = { from: -reach, to: reach };
	return scaleLabels(
		ticksWithin(domain, Math.ceil(reach / 2)).map(
			(mark) => [mark, mark === 0 ? "0" : `${mark < 0 ? "−" : "+"}${Math.abs(mark)}×`] as const,
		),
		domain,
	);
}
