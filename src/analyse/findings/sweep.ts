import type { Finding } from "#src/model/finding.js";
import type { Window } from "#src/model/measurement.js";
import { degradationFindings } from "./degradation.js";
import { scalingFindings } from "./scaling.js";
import { LONG_TAIL_TIMES, nameOf, sweepPairs, tailOf } from "./sweep-pairs.js";

/**
 * What several numbers of clients show of a target: whether more of them bring more throughput, and if not, why not;
 * whether it degrades gracefully; how much heavier each endpoint is; where the tail goes.
 */

/** Findings of a sweep; none where no endpoint was measured with two numbers of clients. */
export function sweepFindings(measurements: readonly Window[]): Finding[] {
	const pairs = sweepPairs(measurements);
	if (pairs.length === 0) return [];
	const most = pairs.map(({ many }) => many);
	return [...scalingFindings(pairs), ...degradationFindings(pairs), ...relativeCost(most), ...tail(most)];
}

/** CPU per request of each endpoint against the cheapest. */
function relativeCost(windows: readonly Window[]): Finding[] {
	const known = windows.flatMap((each) => (each.cpu === null ? [] : [{ endpoint: nameOf(each), cpu: each.cpu }]));
	const [cheapest, ...others] = known.sort((a, b) => a.cpu.nsPerRequest - b.cpu.nsPerRequest);
	if (cheapest === undefined || others.length === 0) return [];
	const { cpu: base } = cheapest;
	const dearer = others.map(({ endpoint, cpu }) => ({
		endpoint,
		cpuNsPerRequest: cpu.nsPerRequest,
		times: cpu.nsPerRequest / base.nsPerRequest,
		interval:
			cpu.lowNs === null || cpu.highNs === null || base.lowNs === null || base.highNs === null || base.lowNs === 0
				? null
				: { low: cpu.lowNs / base.highNs, high: cpu.highNs / base.lowNs },
	}));
	return [
		{
			code: "RELATIVE_COST",
			severity: "info",
			about: null,
			figures: { cheapest: { endpoint: cheapest.endpoint, cpuNsPerRequest: base.nsPerRequest }, dearer },
		},
	];
}

/** Which endpoint has the longest tail under most clients, or that none has one. */
function tail(windows: readonly Window[]): Finding[] {
	const tails = windows.flatMap((each) => {
		const times = tailOf(each);
		return times === null ? [] : [{ endpoint: nameOf(each), id: each.id, times }];
	});
	const longest = tails.sort((a, b) => b.times - a.times)[0];
	if (longest === undefined) return [];
	const has = longest.times > LONG_TAIL_TIMES;
	return [
		{
			code: has ? "LONG_TAIL" : "TAIL_CONTROLLED",
			severity: has ? "warning" : "info",
			about: longest.id,
			figures: {
				endpoint: longest.endpoint,
				times: longest.times,
				all: tails.map(({ endpoint, times }) => ({ endpoint, times })),
			},
		},
	];
}
