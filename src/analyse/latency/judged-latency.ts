import type { Latency, Series } from "#src/model/latency.js";
import type { Measurement } from "#src/model/measurement.js";

/** Those besides the service time; slices have none. */
export const furtherSeries = (measurement: Measurement): readonly Series[] =>
	measurement.kind === "window" ? measurement.series : [];

export const seriesOf = (measurement: Measurement, name: Series["name"]): Series | undefined =>
	furtherSeries(measurement).find((each) => each.name === name);

/**
 * The latency that answers how long a user waits: in an open loop the response time, from when a request was due; in a
 * closed one the service time, which is all that it can know.
 */
export const latencyOf = (measurement: Measurement): Latency =>
	seriesOf(measurement, "response") ?? measurement.serviceTime;

type Percentile = Latency["percentiles"][number];

/** One percentile of a latency; undefined where nothing was recorded. */
export const atQuantile = ({ percentiles }: Pick<Latency, "percentiles">, quantile: number): Percentile | undefined =>
	percentiles.find((each) => each.quantile === quantile);

/** How late the generator of an open loop came to what was due, at p99; undefined in a closed one. */
export function pacingLagOf(measurement: Measurement): Percentile | undefined {
	const lag = seriesOf(measurement, "pacingLag");
	return lag === undefined ? undefined : atQuantile(lag, 0.99);
}

/** One percentile of the latency that a user waits for. */
export const percentileOf = (measurement: Measurement, quantile: number): Percentile | undefined =>
	atQuantile(latencyOf(measurement), quantile);
