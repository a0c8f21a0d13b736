import type { TickCounts } from "#src/model/call-tree.js";
import type { Finding } from "#src/model/finding.js";

/** Findings of the V8 CPU sampler. */

/** From this share on it is likely that the sampler was kept waiting, and not only late by its usual bit. */
const NOTABLE_LOSS = 0.3;
/** From this share on the order of functions may depend on how shared lines were divided. */
const NOTABLE_AMBIGUITY = 0.1;

/** A smaller share is written as 0 %. */
const LEAST_SHARE = 0.0005;

const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;

/**
 * Inlined functions were put back; null where there was nothing to put back.
 *
 * @param unresolved ticks on lines outside their function for which no owner was found
 */
export function inlinedPutBack(collector: string, ticks: TickCounts, unresolved: number): Finding | null {
	if (Math.max(ticks.putBack, ticks.ambiguous, unresolved) <= LEAST_SHARE * ticks.busy) return null;
	const share = (part: number): number => (ticks.busy === 0 ? 0 : part / ticks.busy);
	const putBackShare = share(ticks.putBack);
	const ambiguousShare = share(ticks.ambiguous);
	const unresolvedShare = share(unresolved);
	const ambiguity =
		ticks.ambiguous === 0
			? putBackShare <= LEAST_SHARE
				? ""
				: "; each of them had one possible owner"
			: `; ${percent(ambiguousShare)} of all busy ticks were on lines that more than one function could own, and were shared out`;
	return {
		code: "INLINED_PUT_BACK",
		severity: ambiguousShare >= NOTABLE_AMBIGUITY ? "warning" : "info",
		about: collector,
		figures: { putBackShare, ambiguousShare, unresolvedShare, busyTicks: ticks.busy },
		sentence: `${putBackShare <= LEAST_SHARE ? "Hardly any" : percent(putBackShare)} of the busy ticks were in functions that V8 had inlined into their callers and are charged to the functions themselves${ambiguity}${unresolved > 0 ? `; ${percent(unresolvedShare)} found no owner and stay with the caller` : ""}.`,
	};
}

/** Without a reference the profile stands as V8 tells it. */
export const inliningUnresolved = (collector: string, reason: string): Finding => ({
	code: "INLINING_UNRESOLVED",
	severity: "warning",
	about: collector,
	figures: { reason },
	sentence: `Functions that V8 inlined are charged to their callers, because the reference run without inlining failed: ${reason.replace(/\.$/, "")}.`,
});

/** Null where the sampler kept up as well as it usually does. */
export function samplesLost(collector: string, ticks: TickCounts): Finding | null {
	const lostShare = ticks.total === 0 ? 0 : ticks.lost / ticks.total;
	if (lostShare < NOTABLE_LOSS) return null;
	return {
		code: "SAMPLES_LOST",
		severity: "warning",
		about: collector,
		figures: { lostShare, lostTicks: ticks.lost, dueTicks: ticks.total },
		sentence: `V8's sampler took ${percent(1 - lostShare)} of the ${ticks.total.toLocaleString("en-US")} samples that were due; on a machine this busy shares are less certain than their number suggests.`,
	};
}
