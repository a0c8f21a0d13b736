import type { Measurement } from "#src/model/measurement.js";

/**
 * How many requests were in flight on average: the clients of a closed loop; in an open one what Little's law makes of
 * throughput and mean service time.
 */
export const concurrencyOf = ({ load, requestsPerSecond, serviceTime }: Measurement): number =>
	load.kind === "closed" ? load.clients : (requestsPerSecond * (serviceTime.meanNs ?? 0)) / 1e9;
