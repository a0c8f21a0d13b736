import type { MatrixDesign } from "./plan.js";
import type { StartVariants } from "./start-variants.js";

/** Into the time, where starts and warm-up leave it. */
export const CYCLES_TO_FIT = 4;
/** Of one variant, in the first set as well, which shows how long the others should be; less where the time is short. */
export const SHORTEST_VARIANT_MS = 700;
const SHORTEST_IN_HASTE_MS = 250;
/** Of all variants together: with many of them every slice counts for several effects. */
const SHORTEST_SET_IN_HASTE_MS = 2_000;
/** Of the time for a set. */
const SHARE_IN_HASTE = 1 / 4;

/** What so many variants of one set are given. */
export interface SetTimes {
	/** Measured time of a variant, at the least. */
	readonly shortestMs: number;
	/** Of the warm-up of each. */
	readonly warmupMaxMs: number;
}

/** @param withinMs for all sets of a block */
export function setTimes(
	variants: number,
	withinMs: number,
	rules: Pick<MatrixDesign, "warmupMaxMs">,
	starting: Pick<StartVariants, "warmupMaxMs">,
): SetTimes {
	const eachMs = withinMs / CYCLES_TO_FIT / variants;
	const inHasteMs = Math.min(SHORTEST_IN_HASTE_MS, SHORTEST_SET_IN_HASTE_MS / variants);
	return {
		shortestMs: Math.min(SHORTEST_VARIANT_MS, Math.max(inHasteMs, SHARE_IN_HASTE * eachMs)),
		warmupMaxMs: Math.min(rules.warmupMaxMs, starting.warmupMaxMs(variants, eachMs)),
	};
}

/** What is known of a target before a set of processes of it is measured. */
export interface KnownOfTarget {
	/** From the start of a process to its first answer. */
	readonly startMs: number;
	/** CPU of a request. */
	readonly requestNs: number;
	/** So many processes are started and warmed at once. */
	readonly cores: number;
}

/** A client takes about half as much again, and answers come in turns. */
const WARMUP_COSTS = 2;

/** About how long a set of processes takes at the least, all in all. */
export function expectedSetMs(
	variants: number,
	{ shortestMs, warmupMaxMs }: SetTimes,
	warmupRequests: number,
	{ startMs, requestNs, cores }: KnownOfTarget,
): number {
	const turns = Math.ceil(variants / cores);
	const warmupMs = Math.min(warmupMaxMs, (WARMUP_COSTS * warmupRequests * requestNs) / 1e6);
	return turns * (startMs + warmupMs) + variants * shortestMs;
}
