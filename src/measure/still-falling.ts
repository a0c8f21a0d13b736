import type { Round } from "#src/analyse/comparison/process-set.js";
import { mean, standardDeviation } from "#src/analyse/comparison/robust.js";

/** Fewer rounds in a half say too little. */
const FEWEST_IN_HALF = 4;
/** In logs; what falls by less from one half to the other has little to lose. */
const FALLS = 0.05;
const STANDARD_ERRORS = 3;

/**
 * Whether a variant still got cheaper while it was measured: CPU per request of its first rounds against its last ones. Null where so
 * few rounds cannot tell, or CPU is not known.
 */
export function fellWhileMeasured(rounds: readonly Pick<Round, "slices">[], variant: number): boolean | null {
	const costs = rounds.flatMap(({ slices }) => {
		const { cpuNs, requests } = slices[variant] ?? { cpuNs: null, requests: 0 };
		return cpuNs === null || cpuNs === 0 || requests === 0 ? [] : [Math.log(cpuNs / requests)];
	});
	const half = Math.floor(costs.length / 2);
	if (half < FEWEST_IN_HALF) return null;
	const [first, last] = [costs.slice(0, half), costs.slice(-half)];
	const error = Math.hypot(standardDeviation(first), standardDeviation(last)) / Math.sqrt(half);
	const fell = mean(first) - mean(last);
	return fell > FALLS && fell > STANDARD_ERRORS * error;
}
