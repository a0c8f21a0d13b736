import { criticalT } from "#src/analyse/comparison/critical-t.js";
import { type Line, lineThrough } from "#src/analyse/statistics/line.js";
import type { Growth } from "#src/model/allocation.js";

/** What was in use after so many requests. */
export interface GrowthPoint {
	readonly requests: number;
	readonly bytes: number;
}

/** Less than this is what tables and counters of the engine itself take, not a leak anybody would find. */
const SMALLEST_LEAK_BYTES = 16;
const INTERVAL_LEVEL = 0.05;
/** A leak is claimed where a one-sided 99 % bound is above the smallest leak. */
const CLAIM_LEVEL = 0.02;
/** A stretch before the steady part belongs to it unless its growth is less likely than this. */
const STEADY_LEVEL = 0.1;
/**
 * The variance of a least-squares slope is 6/5 of that between the ends where the noise is a random walk; the rest pays for having
 * chosen the steady part by the same points.
 */
const WALK_FACTOR = 1.5;
/** A leak goes on: the last third of the steady part must rise at least this much of the whole. */
const GOES_ON_SHARE = 0.5;
/** What levels off rises at most this much of its first half's rise in the end. */
const LEVEL_SHARE = 0.25;
const FEWEST_STRETCHES = 4;

/**
 * What a request leaves behind: the slope of a least-squares line through the steady part of what is in use after full
 * collections. The steady part is the second half, and as much before it as grew as the later points predict (within 90 %): so a
 * beginning that falls, because what waited for it is collected, or rises, because a cache fills, is not in it.
 *
 * The 95 % interval takes the growth of each stretch for one observation (Student's t), which holds for noise on the readings and
 * for noise that adds up (a random walk) alike, and is never narrower than by how much the slopes of the two halves differ, so that
 * what still changes is in it. By simulation: growth.test.ts, docs/alloc.md.
 *
 * "leaks" where a 99 % bound is above 16 bytes a request and the last third still rises; "levelled" where only the beginning
 * rises, as a cache does that fills; "steady" where the interval is below those 16 bytes; else it cannot be told. Null with fewer
 * than four stretches in which requests were answered.
 * @param leastNoiseBytes what a reading may be off by even where all agree
 */
export function growthOf(points: readonly GrowthPoint[], leastNoiseBytes: number): Growth | null {
	const usable = points.filter(({ requests }, index) => requests > (points[index - 1]?.requests ?? -1));
	const stretches = usable.length - 1;
	if (stretches < FEWEST_STRETCHES) return null;
	let from = Math.floor(stretches / 2);
	while (from > 0 && isAsPredicted(usable.slice(from - 1), leastNoiseBytes)) from--;
	const steady = fitted(usable.slice(from), leastNoiseBytes);
	const { slope } = steady.line;
	const margin = marginOf(steady, INTERVAL_LEVEL);
	const [low, high] = [slope - margin, slope + margin];
	const steadyFrom = points.indexOf(usable[from] as GrowthPoint);
	return { bytesPerRequest: slope, low, high, steadyFrom, verdict: verdictOf() };

	function verdictOf(): Growth["verdict"] {
		const end = slopeOf(lastThird(usable.slice(from)));
		if (slope - marginOf(steady, CLAIM_LEVEL) > SMALLEST_LEAK_BYTES && end >= GOES_ON_SHARE * slope) return "leaks";
		const rise = riseOf(usable.slice(0, Math.ceil(stretches / 2) + 1), steady.stretchSdBytes);
		if (rise > SMALLEST_LEAK_BYTES && slopeOf(lastThird(usable)) < LEVEL_SHARE * rise) return "levelled";
		return high < SMALLEST_LEAK_BYTES ? "steady" : "cannot tell";
	}
}

interface Fit {
	readonly line: Line;
	readonly stretches: number;
	/** Of the growth of a stretch, around what the line says. */
	readonly stretchSdBytes: number;
	/** Of the slope. */
	readonly standardError: number;
	/** By how much the slopes of the two halves differ. */
	readonly trend: number;
}

function fitted(points: readonly GrowthPoint[], leastNoiseBytes: number): Fit {
	const line = lineThrough(pairsOf(points));
	const stretches = points.length - 1;
	const span = (points.at(-1)?.requests ?? 0) - (points[0]?.requests ?? 0);
	let squares = 0;
	for (let index = 1; index < points.length; index++) squares += surprise(points, index, line.slope) ** 2;
	const sd = Math.max(leastNoiseBytes, Math.sqrt(squares / Math.max(1, stretches - 1)));
	const middle = Math.floor(points.length / 2);
	return {
		line,
		stretches,
		stretchSdBytes: sd,
		standardError: (Math.sqrt(WALK_FACTOR * stretches) * sd) / span,
		trend: Math.abs(slopeOf(points.slice(middle)) - slopeOf(points.slice(0, middle + 1))),
	};
}

/** By how much the stretch that ends at this point grew more than such a slope says. */
function surprise(points: readonly GrowthPoint[], index: number, slope: number): number {
	const [before, after] = [points[index - 1], points[index]];
	if (before === undefined || after === undefined) return 0;
	return after.bytes - before.bytes - slope * (after.requests - before.requests);
}

const marginOf = ({ standardError, stretches, trend }: Fit, level: number): number =>
	Math.max(criticalT(level, stretches) * standardError, trend);

/** Whether the first stretch grew as those after it predict. */
function isAsPredicted(points: readonly GrowthPoint[], leastNoiseBytes: number): boolean {
	const later = fitted(points.slice(1), leastNoiseBytes);
	const requests = (points[1]?.requests ?? 0) - (points[0]?.requests ?? 0);
	const sd = Math.hypot(later.stretchSdBytes, later.standardError * requests);
	return Math.abs(surprise(points, 1, later.line.slope)) <= criticalT(STEADY_LEVEL, later.stretches) * sd;
}

/** Bytes a request by which the memory rose; 0 where that is within what it changes by anyway. */
function riseOf(points: readonly GrowthPoint[], stretchSdBytes: number): number {
	const [first, last] = [points[0], points.at(-1)];
	if (first === undefined || last === undefined) return 0;
	const bytes = last.bytes - first.bytes;
	const noise = criticalT(INTERVAL_LEVEL, points.length) * Math.sqrt(points.length) * stretchSdBytes;
	return bytes > noise ? bytes / (last.requests - first.requests) : 0;
}

const slopeOf = (points: readonly GrowthPoint[]): number => lineThrough(pairsOf(points)).slope;

const lastThird = (points: readonly GrowthPoint[]): readonly GrowthPoint[] =>
	points.slice(-1 - Math.ceil((points.length - 1) / 3));

const pairsOf = (points: readonly GrowthPoint[]): (readonly [number, number])[] =>
	points.map(({ requests, bytes }) => [requests, bytes]);
