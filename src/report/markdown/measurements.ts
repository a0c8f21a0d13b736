import { atQuantile, percentileOf } from "#src/analyse/latency/judged-latency.js";
import type { Window } from "#src/model/measurement.js";
import { withLight } from "#src/report/figures/light.js";
import { failedRequests } from "#src/report/figures/requests.js";
import { furtherLatencies } from "#src/report/labels/latency.js";
import { loadCell } from "#src/report/labels/load.js";
import { formatCount, formatQuantile, formatRate, NO_FIGURE } from "#src/report/numbers/format.js";
import { formatNs } from "#src/report/numbers/times.js";
import { table } from "./blocks.js";
import { escapeMarkdown } from "./escape.js";

const QUANTILES = [0.5, 0.95, 0.99, 0.999] as const;

/** A line for every measurement; empty without any. */
export function measurementTable(measurements: readonly Window[]): string {
	if (measurements.length === 0) return "";
	return table(
		[
			["load", "left"],
			["under", "right"],
			["requests", "right"],
			["failed", "right"],
			["requests/s", "right"],
			...QUANTILES.map((quantile): [string, "right"] => [formatQuantile(quantile), "right"]),
			["CPU/request", "right"],
		],
		withLight(measurements).map((each) => [
			escapeMarkdown(each.id),
			loadCell(each.load),
			formatCount(each.counts.ok),
			formatCount(failedRequests(each.counts)),
			formatRate(each.requestsPerSecond),
			...QUANTILES.map((quantile) => percentile(each, quantile)),
			each.cpu === null ? NO_FIGURE : formatNs(each.cpu.nsPerRequest),
		]),
	);
}

/** What latencies are made of, or other latencies of a stream, a socket or a loop; empty where there are none. */
export function latencyTable(measurements: readonly Window[]): string {
	if (measurements.every(({ series }) => series.length === 0)) return "";
	return table(
		[
			["load", "left"],
			["time", "left"],
			["n", "right"],
			...QUANTILES.map((quantile): [string, "right"] => [formatQuantile(quantile), "right"]),
			["max", "right"],
		],
		measurements.flatMap((each) =>
			furtherLatencies(each).map(({ label, count, latency }) => [
				escapeMarkdown(each.id),
				label,
				count === null ? NO_FIGURE : formatCount(count),
				...QUANTILES.map((quantile) => {
					const found = atQuantile(latency, quantile);
					return found === undefined ? NO_FIGURE : formatNs(found.valueNs);
				}),
				latency.maxNs === null ? NO_FIGURE : formatNs(latency.maxNs),
			]),
		),
	);
}

function percentile(measurement: Window, quantile: number): string {
	const found = percentileOf(measurement, quantile);
	return found === undefined || measurement.counts.ok === 0 ? NO_FIGURE : formatNs(found.valueNs);
}
