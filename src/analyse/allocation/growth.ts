import { criticalT } from "#src/analyse/comparison/critical-t.js";
import { lineThrough } from "#src/analyse/statistics/line.js";
import type { RetainedGrowth } from "#src/model/allocation.js";

type Points = RetainedGrowth["points"];

/** Less than this is what tables and counters of the engine itself take, not a leak anybody would find. */
const SMALLEST_LEAK_BYTES = 16;
/** A leak goes on: the second half of the points must rise at least this much of the first half's rise. */
const STEADY_SHARE = 0.5;
/** The least rise of the second half, in shares of the first half's, that still may be one. */
const LEVEL_SHARE = 0.25;
const FEWEST_POINTS = 4;

const asPair = ({ requests, usedBytes }: Points[number]): readonly [number, number] => [requests, usedBytes];

/**
 * What a request leaves on the heap: the slope of a least-squares line through the heap after full collections, with its
 * 95 % interval (Student's t on the residuals). "leaks" where the whole interval is above 16 bytes a request and the second
 * half rises like the first; "levelled" where only the first half rises, as a cache does that fills; "steady" where the
 * interval is below those 16 bytes; else it cannot be told. Null with fewer than four points.
 */
export function growthOf(points: Points): RetainedGrowth | null {
	if (points.length < FEWEST_POINTS) return null;
	const whole = lineThrough(points.map(asPair));
	const middle = Math.ceil(points.length / 2);
	const first = lineThrough(points.slice(0, middle).map(asPair)).slope;
	const second = lineThrough(points.slice(middle - 1).map(asPair)).slope;
	const margin = criticalT(0.05, points.length - 1) * whole.standardError;
	const [low, high] = [whole.slope - margin, whole.slope + margin];
	return { bytesPerRequest: whole.slope, low, high, points: [...points], verdict: verdictOf() };

	function verdictOf(): RetainedGrowth["verdict"] {
		const levels = first > SMALLEST_LEAK_BYTES && second < LEVEL_SHARE * first;
		if (levels) return "levelled";
		if (low > SMALLEST_LEAK_BYTES) return second >= STEADY_SHARE * first ? "leaks" : "cannot tell";
		return high < SMALLEST_LEAK_BYTES ? "steady" : "cannot tell";
	}
}
