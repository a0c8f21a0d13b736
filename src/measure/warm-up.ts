/** Counters of the load so far, as seen every quarter of a second. */
export interface WarmupPoint {
	readonly elapsedMs: number;
	readonly requests: number;
	/** CPU time of the target; without it, elapsed time stands in for it. */
	readonly costNs: number;
}

export interface WarmupRule {
	/** At least this long … */
	readonly minMs: number;
	/** … and at most this long. */
	readonly maxMs: number;
	/** How many isolates answer: each compiles for itself. */
	readonly isolates: number;
}

export type WarmupState = "cold" | "warm" | "gave up";

/** V8 is through with a small handler after 8,000 to 12,000 requests (docs/method.md). */
const ENOUGH_REQUESTS = 10_000;
/** Points that make one window of comparison: one second. */
const WINDOW_POINTS = 4;
/** Cost per request may still fall by this share from one window to the next. */
const FLAT_WITHIN = 0.03;

/**
 * Whether the target is warm: long enough, enough requests, and the cost of a request over the last second is not more
 * than 3 % below the second before. A slow endpoint that cannot reach the number of requests is warm once it is flat
 * for half of the longest warm-up.
 */
export function warmupState(points: readonly WarmupPoint[], rule: WarmupRule): WarmupState {
	const last = points.at(-1);
	if (last === undefined || last.elapsedMs < rule.minMs) return "cold";
	const enough = last.requests >= ENOUGH_REQUESTS * rule.isolates || last.elapsedMs >= rule.maxMs / 2;
	if (enough && isFlat(points, rule.minMs)) return "warm";
	return last.elapsedMs >= rule.maxMs ? "gave up" : "cold";
}

function isFlat(points: readonly WarmupPoint[], minMs: number): boolean {
	// A warm-up asked to be shorter than two windows is taken at its word.
	if (minMs < 500) return true;
	const now = costPerRequest(points.at(-1 - WINDOW_POINTS), points.at(-1));
	const before = costPerRequest(points.at(-1 - 2 * WINDOW_POINTS), points.at(-1 - WINDOW_POINTS));
	return now !== null && before !== null && now >= before * (1 - FLAT_WITHIN);
}

function costPerRequest(from: WarmupPoint | undefined, to: WarmupPoint | undefined): number | null {
	if (from === undefined || to === undefined || to.requests === from.requests) return null;
	return (to.costNs - from.costNs) / (to.requests - from.requests);
}
