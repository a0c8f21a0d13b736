import type { Comparison } from "#src/model/comparison.js";
import { el, svg, unbroken } from "#src/report/html/browser/dom.js";
import { formatCount, formatDecimal } from "#src/report/numbers/format.js";
import { formatTick } from "#src/report/numbers/shares.js";
import { formatDurationMs } from "#src/report/numbers/times.js";
import { clamped, type Domain, domainOf, linearScale, roundStep, type Scale, ticksWithin } from "./scale.js";

export interface PlotSize {
	readonly width: number;
	readonly height: number;
}

const margin = { left: 60, right: 10, top: 10, bottom: 38 };
/** A set's rounds take this share of its place. */
const SPREAD = 0.74;
/** Rounds outside this share of them do not stretch the scale. */
const INNER_SHARE = 0.96;

/**
 * All of the evidence for CPU: every round, every set, and what was known after each set. Rounds of one set share what
 * their processes were born with; it is the sets that count.
 */
export function roundsPlot(comparison: Comparison, { width, height }: PlotSize): HTMLElement {
	const { sets, effects } = comparison;
	const head = el("figcaption", {}, "CPU per request, round by round", el("small", {}, "change from base to head"));
	const measured = sets.some(({ changes, roundChanges }) => roundChanges.length > 0 || changes.cpu != null);
	if (!measured) {
		return el(
			"figure",
			{ class: "chart rounds" },
			head,
			el("p", { class: "muted" }, "No round has CPU figures of both sides."),
		);
	}
	const cpuMargin = effects.find(({ metric }) => metric === "cpu")?.margin ?? null;
	const running = comparison.running.filter(({ metric }) => metric === "cpu");
	const range = rangeOf(comparison, cpuMargin);
	const right = width - margin.right;
	const slot = (right - margin.left) / sets.length;
	// Set numbers count from 1; 0.5 is the middle of the first one's place.
	const x = (set: number): number => margin.left + set * slot;
	const y = clamped(linearScale(range, [height - margin.bottom, margin.top]), range);
	const ticks = ticksWithin(range, roundStep(range.to - range.from, 7));
	const bars = { x: margin.left, width: right - margin.left };
	const outside = sets
		.flatMap((each) => each.roundChanges)
		.filter((each) => each < range.from || each > range.to).length;
	const drawing = svg(
		"svg",
		{
			viewBox: `0 0 ${width} ${height}`,
			role: "img",
			"aria-label": "Change of CPU per request in every round and process set",
		},
		...(cpuMargin === null
			? []
			: [svg("rect", { class: "margin-band", ...bars, y: y(cpuMargin), height: y(-cpuMargin) - y(cpuMargin) })]),
		...ticks.flatMap((tick) => [
			svg("line", { class: tick === 0 ? "zero-line" : "grid", x1: margin.left, x2: right, y1: y(tick), y2: y(tick) }),
			svg("text", { class: "tick", x: margin.left - 7, y: y(tick) + 3.5, "text-anchor": "end" }, percentLabel(tick)),
		]),
		svg("path", {
			class: "round-dots",
			d: sets.map((each, set) => roundDots(each.roundChanges, x(set), slot, y)).join(""),
		}),
		...runningBand(running, (set) => x(set - 0.5), y),
		...sets.flatMap(({ changes, endedAtMs }, set) =>
			changes.cpu == null
				? []
				: [
						svg(
							"circle",
							{ class: "set-dot", cx: x(set + 0.5), cy: y(changes.cpu), r: 4.5 },
							svg("title", {}, `Set ${set + 1}, ${formatDurationMs(endedAtMs)}: ${percentLabel(changes.cpu, 2)}`),
						),
					],
		),
		...setTicks(sets.length, Math.max(1, Math.ceil(34 / slot))).map((set) =>
			svg(
				"text",
				{ class: "tick", x: x(set - 0.5), y: height - margin.bottom + 15, "text-anchor": "middle" },
				String(set),
			),
		),
		svg(
			"text",
			{ class: "axis", x: (margin.left + right) / 2, y: height - 5, "text-anchor": "middle" },
			`process set; the last one ended after ${formatDurationMs(sets.at(-1)?.endedAtMs ?? 0)}`,
		),
	);
	return el(
		"figure",
		{ class: "chart rounds" },
		head,
		drawing,
		legend(running.length > 0, cpuMargin !== null),
		outside === 0
			? null
			: el("p", { class: "caption" }, `${formatCount(outside)} rounds lie beyond the edge and are drawn on it.`),
	);
}

function rangeOf({ sets, running }: Comparison, cpuMargin: number | null): Domain {
	const rounds = sets.flatMap((each) => each.roundChanges).sort((a, b) => a - b);
	const cut = Math.floor((rounds.length * (1 - INNER_SHARE)) / 2);
	const values = [
		0,
		...rounds.slice(cut, rounds.length - cut),
		...sets.flatMap(({ changes }) => (changes.cpu == null ? [] : [changes.cpu])),
		...runningAfterFirst(running.filter(({ metric }) => metric === "cpu")).flatMap(({ low, high }) => [low, high]),
		...(cpuMargin === null ? [] : [cpuMargin, -cpuMargin]),
	];
	return domainOf(values, 0.05, 0.01);
}

/** The interval of the first look can be many times as wide as any other; it may run over the edge. */
const runningAfterFirst = (running: Comparison["running"]): Comparison["running"] =>
	running.length > 2 ? running.slice(1) : running;

function roundDots(changes: readonly number[], left: number, slot: number, y: Scale): string {
	const begin = left + (slot * (1 - SPREAD)) / 2;
	return changes
		.map((change, round) => {
			const at = begin + ((round + 0.5) / changes.length) * slot * SPREAD;
			return `M${formatDecimal(at, 1)},${formatDecimal(y(change), 1)}h0`;
		})
		.join("");
}

function runningBand(running: Comparison["running"], x: Scale, y: Scale): SVGElement[] {
	const [only] = running;
	if (only === undefined) return [];
	const point = (set: number, change: number): string => `${formatDecimal(x(set), 1)},${formatDecimal(y(change), 1)}`;
	if (running.length === 1) {
		const at = x(only.sets);
		return [svg("path", { class: "running-edge", d: `M${at},${y(only.low)}V${y(only.high)}` })];
	}
	const upper = running.map(({ sets, high }) => point(sets, high));
	const lower = running.map(({ sets, low }) => point(sets, low));
	return [
		svg("path", { class: "running-band", d: `M${[...upper, ...lower.toReversed()].join("L")}Z` }),
		svg("path", { class: "running-edge", d: `M${upper.join("L")}M${lower.join("L")}` }),
		svg("path", { class: "running-line", d: `M${running.map(({ sets, change }) => point(sets, change)).join("L")}` }),
	];
}

function legend(hasRunning: boolean, hasMargin: boolean): HTMLElement {
	const entry = (sample: SVGElement, text: string): HTMLElement =>
		el("li", {}, svg("svg", { viewBox: "0 0 26 12", class: "plot-sample" }, sample), text);
	return el(
		"ul",
		{ class: "chart-legend" },
		entry(svg("path", { class: "round-dots", d: "M5,8h0M12,4h0M20,7h0" }), "a round"),
		entry(svg("circle", { class: "set-dot", cx: 13, cy: 6, r: 4.5 }), "a process set"),
		...(hasRunning
			? [
					entry(
						svg(
							"g",
							{},
							svg("path", { class: "running-band", d: "M0,1H26V11H0Z" }),
							svg("path", { class: "running-edge", d: "M0,1H26M0,11H26" }),
							svg("path", { class: "running-line", d: "M0,6H26" }),
						),
						"all sets until then, with interval",
					),
				]
			: []),
		...(hasMargin ? [entry(svg("rect", { class: "margin-band", x: 0, y: 1, width: 26, height: 10 }), "margin")] : []),
	);
}

const setTicks = (sets: number, step: number): number[] =>
	Array.from({ length: Math.ceil(sets / step) }, (_, index) => 1 + index * step);

const percentLabel = (change: number, decimals = 1): string => unbroken(formatTick(change, decimals));
