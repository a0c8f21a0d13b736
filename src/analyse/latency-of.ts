import type { Latency, Measurement, Series } from "../model/run-record.js";

export const seriesOf = (measurement: Measurement, name: Series["name"]): Series | undefined =>
	measurement.series.find((each) => each.name === name);

/**
 * The latency that answers how long a user waits: in an open loop the response time, from when a request was due; in a
 * closed one the service time, which is all that it can know.
 */
export const latencyOf = (measurement: Measurement): Latency =>
	seriesOf(measurement, "response") ?? measurement.serviceTime;

/** One percentile of that latency; undefined where nothing was recorded. */
export const percentileOf = (measurement: Measurement, quantile: number): Latency["percentiles"][number] | undefined =>
	latencyOf(measurement).percentiles.find((each) => each.quantile === quantile);
