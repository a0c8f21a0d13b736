/**
 * Where values lie along a line, and which round ones are labelled. By hand: d3-scale would add 29 KB to a script of 90, and these are
 * the ticks that the drawings were made for: fewer, and from zero where a chart begins there.
 */

/** The values at the two ends of a line. */
export interface Domain {
	readonly from: number;
	readonly to: number;
}

export type Scale = (value: number) => number;

/** From a domain to places, evenly; a domain without length lies in the middle. */
export function linearScale({ from, to }: Domain, [begin, end]: readonly [number, number]): Scale {
	return (value) => begin + (to === from ? 0.5 : (value - from) / (to - from)) * (end - begin);
}

/** As much for every multiple. What is not above zero lies far below. */
export function logarithmicScale({ from, to }: Domain, places: readonly [number, number]): Scale {
	const log = (value: number): number => Math.log10(Math.max(value, Number.MIN_VALUE));
	const scale = linearScale({ from: log(from), to: log(to) }, places);
	return (value) => scale(log(value));
}

/** What lies outside is put on the edge. */
export const clamped =
	(scale: Scale, { from, to }: Domain): Scale =>
	(value) =>
		scale(Math.min(Math.max(value, from), to));

/** All values, and a share of their range at either end; `ifNone` where they are all the same. */
export function domainOf(values: readonly number[], share: number, ifNone: number): Domain {
	const [from, to] = values.reduce<readonly [number, number]>(
		([least, most], each) => [Math.min(least, each), Math.max(most, each)],
		[Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
	);
	const room = (to - from) * share || ifNone;
	return { from: from - room, to: to + room };
}

/** The smallest step that is round and fits at most so many times into the length. */
export function roundStep(length: number, most: number, multiples: readonly number[] = [1, 2, 5, 10]): number {
	const least = length / most;
	const power = 10 ** Math.floor(Math.log10(least));
	return (multiples.find((each) => each * power >= least) ?? 10) * power;
}

/** The multiples of a step that lie in the domain. */
export function ticksWithin({ from, to }: Domain, step: number): number[] {
	const first = Math.ceil(from / step);
	return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, index) => (first + index) * step);
}

/** 0 and round steps until past the largest value. */
export function ticksFromZero(values: readonly number[]): number[] {
	const largest = values.reduce((max, each) => Math.max(max, each), 0) || 1;
	const step = roundStep(largest, 4, [1, 2, 2.5, 5, 10]);
	return ticksWithin({ from: 0, to: Math.ceil(largest / step - 1e-9) * step }, step);
}

/** 1, 2, 5 in every decade that the values reach into. */
export function logarithmicTicks(values: readonly number[]): number[] {
	const positive = values.filter((each) => each > 0);
	const low = Math.min(...positive);
	const high = Math.max(...positive);
	if (positive.length === 0) return [1, 10];
	const all: number[] = [];
	for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
		for (const step of [1, 2, 5]) all.push(step * 10 ** power);
	}
	const first = all.findLastIndex((each) => each <= low);
	const last = all.findIndex((each) => each >= high);
	const ticks = all.slice(Math.max(first, 0), last + 1);
	return ticks.length > 1 ? ticks : [low, low * 2];
}

/** Steps of a clock, at most seven of them. */
export function ticksOfSeconds(seconds: number): number[] {
	const step = [1, 2, 5, 10, 15, 30, 60, 120, 300].find((each) => seconds / each <= 6) ?? 600;
	return ticksWithin({ from: 0, to: seconds }, step);
}
