import type { Effect, Verdict } from "./comparison.js";
import type { LayerWay, Matrix } from "./matrix.js";

/** What is done now and what is known by now, told while a run goes on. */
export type Progress = string | ComparingProgress | MatrixProgress;

export interface ComparingProgress {
	readonly kind: "comparing";
	/** From 1. */
	readonly set: number;
	/** As many as should fit into the time; null before the first is through. */
	readonly fittingSets: number | null;
	readonly phase: string;
	/** As they were after the last set. */
	readonly effects: readonly Effect[];
	readonly verdict: Verdict;
	readonly outlook: Outlook;
}

/** When the run should be decided. */
export type Outlook =
	/** Nothing is known of that yet. */
	| { readonly kind: "at most"; readonly ms: number }
	| { readonly kind: "at the earliest"; readonly ms: number }
	| { readonly kind: "expected"; readonly ms: number }
	/** In the time that is left not, as things stand. */
	| { readonly kind: "too late"; readonly leftMs: number }
	/** It ends when the time is over. */
	| { readonly kind: "by time"; readonly leftMs: number };

export interface MatrixProgress {
	readonly kind: "matrix";
	/** How layers are switched off in these sets. */
	readonly way: LayerWay;
	/** From 1: every variant once. */
	readonly set: number;
	/** Parts in which a set is measured. */
	readonly blocks: number;
	readonly variants: number;
	/** After the last set; null before there is one. */
	readonly matrix: Matrix | null;
	readonly leftMs: number;
}
