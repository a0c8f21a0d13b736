/** The metrics, without a schema: the report's page uses them as well. */

/**
 * What two variants are compared by, each judged apart, in the order in which people mind. p50 to p99.9 are service times with light load,
 * what somebody waits for whose request is alone; those called loaded are under all clients, where a request's time is mostly the
 * queue's, and loaded-slow is the share of those that wait several times as long as most. CPU and allocation are under load.
 */
export const metricNames = [
	"errors",
	"p50",
	"p90",
	"p99",
	"p99.9",
	"loaded-p50",
	"loaded-p99",
	"loaded-slow",
	"cpu",
	"alloc",
] as const;
export type MetricName = (typeof metricNames)[number];

/** Shares 0…1 are compared by their difference, all else by its ratio. */
const shareMetrics = ["errors", "loaded-slow"] as const satisfies readonly MetricName[];
type ShareMetric = (typeof shareMetrics)[number];
export type RatioMetric = Exclude<MetricName, ShareMetric>;
export const isShare = (metric: MetricName): metric is ShareMetric => shareMetrics.some((each) => each === metric);

export const byMetric = <T>(of: (metric: MetricName) => T): Record<MetricName, T> =>
	Object.fromEntries(metricNames.map((metric) => [metric, of(metric)])) as Record<MetricName, T>;

/**
 * What a layer's cost is given in, in the order in which people mind. p50 and p99 are service times with light load, what somebody waits
 * for whose request is alone; those called loaded are under all clients, where a request's time is mostly the queue's; CPU, allocation
 * and requests per second are under load. A request per second more is better; of all others, less is.
 */
export const layerMetrics = ["p50", "loaded-p50", "p99", "loaded-p99", "cpu", "alloc", "rps"] as const;
export type LayerMetric = (typeof layerMetrics)[number];

/** ns a request, bytes a request, nanoseconds, requests per second. */
export const layerMetricUnits = {
	p50: "ns",
	"loaded-p50": "ns",
	p99: "ns",
	"loaded-p99": "ns",
	cpu: "ns",
	alloc: "bytes",
	rps: "1/s",
} as const satisfies Record<LayerMetric, "ns" | "bytes" | "1/s">;
