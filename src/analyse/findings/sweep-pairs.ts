import { percentileOf } from "#src/analyse/latency/judged-latency.js";
import { type MeanChange, meanChange } from "#src/analyse/statistics/mean-change.js";
import type { Window } from "#src/model/measurement.js";

/** One endpoint with the fewest and with the most clients that it was measured with. */
export interface SweepPair {
	readonly few: Window;
	readonly many: Window;
	/** Of the throughput, from few clients to many; null where windows are too short to say. */
	readonly change: MeanChange | null;
}

/** A p99 of more than this many times the median is a tail. */
export const LONG_TAIL_TIMES = 5;

export const nameOf = ({ endpoint }: Window): string => `${endpoint.method} ${endpoint.path}`;
export const clientsOf = ({ load }: Window): number => (load.kind === "closed" ? load.clients : 0);
const ratesOf = ({ seconds }: Window): number[] =>
	seconds.map(({ requests, errors, durationMs }) => ((requests - errors) / durationMs) * 1e3);

export function sweepPairs(windows: readonly Window[]): SweepPair[] {
	const clean = windows.filter(({ load, collector }) => load.kind === "closed" && collector === null);
	const byEndpoint = new Map<string, Window[]>();
	for (const each of clean) byEndpoint.set(nameOf(each), [...(byEndpoint.get(nameOf(each)) ?? []), each]);
	return [...byEndpoint.values()].flatMap((same) => {
		const sorted = [...same].sort((a, b) => clientsOf(a) - clientsOf(b));
		const [few] = sorted;
		const many = sorted.at(-1);
		return few === undefined || many === undefined || clientsOf(few) === clientsOf(many)
			? []
			: [{ few, many, change: meanChange(ratesOf(few), ratesOf(many)) }];
	});
}

/** How many times the median p99 is; null where nothing was answered. */
export function tailOf(window: Window): number | null {
	const [p50, p99] = [percentileOf(window, 0.5), percentileOf(window, 0.99)];
	return p50 === undefined || p99 === undefined || p50.valueNs === 0 ? null : p99.valueNs / p50.valueNs;
}
