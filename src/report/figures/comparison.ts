import { percentileOf } from "#src/analyse/latency/judged-latency.js";
import type { Measurement } from "#src/model/measurement.js";
import type { RunRecord } from "#src/model/run.js";
import { formatCount, formatNs, formatQuantile, NO_FIGURE } from "#src/report/numbers/format.js";
import { failedRequests } from "#src/report/sentences/headline.js";

const quantiles = [0.5, 0.9, 0.95, 0.99, 0.999];

/** One row of the percentile table, a cell for each side. */
export interface FigureRow {
	readonly title: string;
	readonly cells: readonly string[];
}

/** Base and head without a profiler, in this order. */
export const cleanSides = (run: RunRecord): Measurement[] =>
	["base", "head"].flatMap((name) => {
		const found = run.measurements.find(({ collector, variant }) => collector === null && variant === name);
		return found === undefined ? [] : [found];
	});

/**
 * The figures of each side over all sets. They have no intervals: those of one window say nothing about the difference
 * between two, which is in the effects.
 */
export function sideFigures(sides: readonly Measurement[]): FigureRow[] {
	const row = (title: string, figure: (side: Measurement) => string): FigureRow => ({
		title,
		cells: sides.map(figure),
	});
	return [
		row("requests", ({ counts }) => formatCount(counts.ok)),
		row("errors", ({ counts }) => formatCount(failedRequests(counts))),
		...quantiles.map((quantile) => row(formatQuantile(quantile), (side) => percentileCell(side, quantile))),
		row("max", ({ serviceTime: { maxNs } }) => (maxNs === null ? NO_FIGURE : formatNs(maxNs))),
		row("CPU/request", ({ cpu }) => (cpu === null ? NO_FIGURE : formatNs(cpu.nsPerRequest))),
	];
}

function percentileCell(side: Measurement, quantile: number): string {
	const found = percentileOf(side, quantile);
	return found === undefined || side.counts.ok === 0 ? NO_FIGURE : formatNs(found.valueNs);
}
