import type { ProfileMeasure } from "#src/model/call-tree.js";
import { formatBytes, formatSignedBytes } from "./bytes.js";
import { formatCount, formatSignificant, signed } from "./format.js";
import { scaleOf } from "./layer-effects.js";
import { formatNs, formatSignedNs } from "./times.js";

/** How the cost of a function is written: nanoseconds of CPU time, or allocated bytes, each for one request. */
export interface CostUnit {
	/** At the head of a flamegraph: "CPU time". */
	readonly title: string;
	/** "of CPU", "allocated": follows an amount. */
	readonly suffix: string;
	/** What the profiler took: "busy ticks", "samples". */
	readonly samples: string;
	/** Of the function itself: "Self time". */
	readonly self: string;
	readonly total: string;
	/** Unit of the figures that `bare` writes. */
	readonly bareUnit: string;
	/** What head is, where it costs more, and where it costs less. */
	readonly more: string;
	readonly less: string;
	/** "31.2 µs", "9.1 KiB" */
	format(amount: number): string;
	/** The same without the unit, for a column. */
	bare(amount: number): string;
	/** With its sign. */
	signed(amount: number): string;
}

const cpu: CostUnit = {
	title: "CPU time",
	suffix: "of CPU",
	samples: "busy ticks",
	self: "Self time",
	total: "Total time",
	bareUnit: "µs",
	more: "slower",
	less: "faster",
	format: formatNs,
	bare: (ns) => formatSignificant(ns / 1e3),
	signed: formatSignedNs,
};

const allocation: CostUnit = {
	title: "Allocated bytes",
	suffix: "allocated",
	samples: "samples",
	self: "Self bytes",
	total: "Total bytes",
	bareUnit: "bytes",
	more: "more",
	less: "less",
	format: formatBytes,
	bare: (bytes) => formatCount(Math.round(bytes)),
	signed: formatSignedBytes,
};

export const costUnitOf = (measures: ProfileMeasure): CostUnit => (measures === "cpu" ? cpu : allocation);

/** A difference of cost and its interval, all in one unit: "+1.85 µs", "[1.20 … 2.51]". */
export function formatCostDifference(
	measures: ProfileMeasure,
	{ difference, low, high }: { readonly difference: number; readonly low: number; readonly high: number },
): { readonly change: string; readonly interval: string } {
	const { size, unit, decimals } = scaleOf(measures === "cpu" ? "ns" : "bytes", [difference, low, high]);
	const write = (value: number, plus: string): string => signed(value / size, decimals, plus);
	return { change: `${write(difference, "+")} ${unit}`, interval: `[${write(low, "")} … ${write(high, "")}]` };
}
