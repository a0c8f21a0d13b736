import { percentileOf } from "#src/analyse/latency/judged-latency.js";
import type { Side } from "#src/model/comparison.js";
import { type Regime, regimes } from "#src/model/load-words.js";
import type { Measurement, Slices } from "#src/model/measurement.js";
import type { ComparedRun } from "#src/model/run.js";
import { formatCount, formatQuantile, NO_FIGURE } from "#src/report/numbers/format.js";
import { formatNs } from "#src/report/numbers/times.js";
import { failedRequests } from "./requests.js";

const quantiles = [0.5, 0.9, 0.95, 0.99, 0.999];

/** One row of the table of totals, a cell for each side. */
export interface FigureRow {
	readonly title: string;
	readonly cells: readonly string[];
}

/** All slices of a side with one kind of load added up; undefined where it was not measured. */
export function slicesOfSide(run: ComparedRun, name: Side["name"], regime: Regime): Slices | undefined {
	const measurements: readonly Measurement[] = run.measurements;
	return measurements.find(
		(each): each is Slices => each.kind === "slices" && each.variant === name && each.regime === regime,
	);
}

/** Of base and head, first lightly loaded, which is what people wait for, as far as they were measured. */
export const slicesOfSides = (run: ComparedRun): Slices[] =>
	regimes.flatMap((regime) => (["base", "head"] as const).flatMap((name) => slicesOfSide(run, name, regime) ?? []));

/**
 * The totals of each side over all sets. They have no intervals: those of one side say nothing about the difference
 * between two, which is in the effects.
 */
export function totalFigures(sides: readonly Slices[]): FigureRow[] {
	const row = (title: string, figure: (side: Slices) => string): FigureRow => ({
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

function percentileCell(side: Slices, quantile: number): string {
	const found = percentileOf(side, quantile);
	return found === undefined || side.counts.ok === 0 ? NO_FIGURE : formatNs(found.valueNs);
}
