import type { MetricName } from "#src/model/comparison.js";
import type { Regime } from "#src/model/load.js";
import type { LayerMetric } from "#src/model/matrix.js";

/** What is measured of two sides, or of layers, by the name that each place has room for. */
interface MetricWords {
	/** At the head of a row: "CPU/request". */
	readonly row: string;
	/** At the head of a column of layers: "CPU". */
	readonly column: string;
	/** What changed, in a sentence: "p99 latency". */
	readonly noun: string;
	/** The same, as a figure of one request: "CPU per request". */
	readonly figure: string;
	/** Follows an amount: " of CPU a request". */
	readonly ofAmount: string;
}

/** What somebody waits for whose request is alone is latency without another word. */
const latency = (quantile: string, regime: Regime): MetricWords => {
	const row = regime === "light" ? quantile : `${quantile} loaded`;
	const noun = regime === "light" ? `${quantile} latency` : `${quantile} latency under load`;
	return { row, column: row, noun, figure: row, ofAmount: ` of ${noun}` };
};

const words: Readonly<Record<MetricName | LayerMetric, MetricWords>> = {
	cpu: {
		row: "CPU/request",
		column: "CPU",
		noun: "CPU",
		figure: "CPU per request",
		ofAmount: " of CPU a request",
	},
	alloc: {
		row: "allocated",
		column: "bytes",
		noun: "allocation",
		figure: "bytes per request",
		ofAmount: " of allocation a request",
	},
	p50: latency("p50", "light"),
	p90: latency("p90", "light"),
	p99: latency("p99", "light"),
	"p99.9": latency("p99.9", "light"),
	"loaded-p50": latency("p50", "loaded"),
	"loaded-p99": latency("p99", "loaded"),
	"loaded-slow": {
		row: "slow loaded",
		column: "slow loaded",
		noun: "the share of slow answers under load",
		figure: "the share of slow answers under load",
		ofAmount: " of slow answers under load",
	},
	errors: {
		row: "failed",
		column: "failed",
		noun: "the share of failed requests",
		figure: "the share of failed requests",
		ofAmount: " of failed requests",
	},
	rps: {
		row: "requests/s",
		column: "requests/s",
		noun: "requests per second",
		figure: "requests per second",
		ofAmount: "",
	},
};

export const wordsOf = (metric: MetricName | LayerMetric): MetricWords => words[metric];
