import type { TickCounts } from "#src/model/call-tree.js";
import type { ProfileFinding } from "#src/model/finding.js";

/** Findings of the V8 CPU sampler. */

/** From this share on it is likely that the sampler was kept waiting, and not only late by its usual bit. */
const NOTABLE_LOSS = 0.3;
/** From this share on the order of functions may depend on how shared lines were divided. */
const NOTABLE_AMBIGUITY = 0.1;

/** A smaller share is written as 0 %. */
export const LEAST_SHARE = 0.0005;

/**
 * Inlined functions were put back; null where there was nothing to put back.
 *
 * @param unresolved ticks on lines outside their function for which no owner was found
 */
export function inlinedPutBack(collector: string, ticks: TickCounts, unresolved: number): ProfileFinding | null {
	if (Math.max(ticks.putBack, ticks.ambiguous, unresolved) <= LEAST_SHARE * ticks.busy) return null;
	const share = (part: number): number => (ticks.busy === 0 ? 0 : part / ticks.busy);
	const ambiguousShare = share(ticks.ambiguous);
	return {
		code: "INLINED_PUT_BACK",
		severity: ambiguousShare >= NOTABLE_AMBIGUITY ? "warning" : "info",
		about: collector,
		variant: null,
		figures: {
			putBackShare: share(ticks.putBack),
			ambiguousShare,
			unresolvedShare: share(unresolved),
			busyTicks: ticks.busy,
		},
	};
}

/** Without a reference the profile stands as V8 tells it. */
export const inliningUnresolved = (collector: string, message: string): ProfileFinding => ({
	code: "INLINING_UNRESOLVED",
	severity: "warning",
	about: collector,
	variant: null,
	figures: { message },
});

/** ISOLATES_NOT_SAMPLED: some of the target's processes and worker threads are not in the profile. */
export function isolatesNotSampled(
	collector: string,
	{ files, lost, silent }: { readonly files: readonly unknown[]; readonly lost: number; readonly silent: number },
): ProfileFinding[] {
	if (lost + silent === 0) return [];
	return [
		{
			code: "ISOLATES_NOT_SAMPLED",
			severity: "warning",
			about: collector,
			variant: null,
			figures: { isolates: files.length + lost + silent, lost, silent },
		},
	];
}

/** Null where the sampler kept up as well as it usually does. */
export function samplesLost(collector: string, ticks: TickCounts): ProfileFinding | null {
	const lostShare = ticks.total === 0 ? 0 : ticks.lost / ticks.total;
	if (lostShare < NOTABLE_LOSS) return null;
	return {
		code: "SAMPLES_LOST",
		severity: "warning",
		about: collector,
		variant: null,
		figures: { profiler: "v8", lostShare, lostTicks: ticks.lost, dueTicks: ticks.total },
	};
}
