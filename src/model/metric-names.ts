/**
 * What two variants are compared by, each judged apart, in the order in which people mind. p50 to p99.9 are service times with light load,
 * what somebody waits for whose request is alone; those called loaded are under all clients, where a request's time is mostly the
 * queue's. CPU and allocation are under load.
 */
export const metricNames = [
	"errors",
	"p50",
	"p90",
	"p99",
	"p99.9",
	"loaded-p50",
	"loaded-p99",
	"cpu",
	"alloc",
] as const;
export type MetricName = (typeof metricNames)[number];
