import type { Comparison, MetricName } from "#src/model/comparison.js";

/** How two sides are measured and judged. */
export interface CompareDesign extends Omit<Comparison["design"], "mostSets" | "earlyShare" | "starts"> {
	/** A variant that needs longer for its warm-up is measured as it is then. */
	readonly warmupMaxMs: number;
	readonly margins: Readonly<Record<MetricName, number>>;
	/** The judged metrics, with their shares of alpha. */
	readonly weights: Readonly<Partial<Record<MetricName, number>>>;
	/** The metrics whose decision ends the run. */
	readonly primary: readonly MetricName[];
	/** By the user; else each set is as long as its starts and warm-up suggest. */
	readonly setIsGiven: boolean;
	/** Whether the first judged metric that regressed ends the run. */
	readonly failFast: boolean;
	/**
	 * Whether functions are asked for whatever the verdict: then it does not end before they can be told, those that V8 had inlined are
	 * put back, and what was sampled is handed over.
	 */
	readonly explains: boolean;
	/** Goes on until the time is over, whatever the verdict. */
	readonly untilTimeIsOver: boolean;
}
