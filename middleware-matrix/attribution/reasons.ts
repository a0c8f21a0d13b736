import type { DisagreementReason, ProfileDisagreement } from "#src/model/matrix.js";

/** What is known of a factor where its profile and its measurement differ. All times are CPU nanoseconds a request. */
export interface Difference {
	readonly profiledNs: number;
	readonly lowNs: number;
	readonly highNs: number;
	/** Ticks of the factor, and how far chance alone takes their time: one standard deviation. */
	readonly ticks: number;
	readonly noiseNs: number;
	/** What it allocates, where that is sure, and the garbage collection that is due to so many of all bytes. */
	readonly bytes: number;
	readonly collectorNs: number;
	/** Ids of layers that the profile cannot tell from it. */
	readonly untold: readonly string[];
	/** Its hooks. */
	readonly hooks: readonly string[];
}

/** Sampling explains a difference of so many of its standard deviations. */
const EXPLAINED_BY_CHANCE = 2;
/** A cause that explains less of a difference is not worth naming; one that explains more needs no second. */
const WORTH_NAMING = 0.2;
const ENOUGH = 0.8;

/**
 * Of a factor whose profiled time lies outside of the measured interval: which of the two is larger, and what may be the
 * reason, as far as the figures go. Null where it lies within.
 */
export function disagreementOf(difference: Difference): ProfileDisagreement | null {
	const { profiledNs, lowNs, highNs } = difference;
	if (profiledNs < lowNs) return { measured: "more", reasons: whyMore(difference, lowNs - profiledNs) };
	if (profiledNs > highNs) return { measured: "less", reasons: whyLess(difference, profiledNs - highNs) };
	return null;
}

function whyMore(difference: Difference, gapNs: number): DisagreementReason[] {
	const certain = certainReason(difference, gapNs);
	if (certain !== null) return [certain];
	const { bytes, collectorNs, ticks, hooks } = difference;
	const reasons: DisagreementReason[] = [];
	if (collectorNs > WORTH_NAMING * gapNs) reasons.push({ kind: "collections", bytes, collectorNs });
	if (collectorNs > ENOUGH * gapNs) return reasons;
	if (ticks === 0) return [...reasons, { kind: "not seen" }];
	const writesAnswers = hooks.some((hook) => hook === "onSend" || hook === "preSerialization");
	return [...reasons, { kind: "work of others", by: writesAnswers ? "answer" : "headers" }];
}

function whyLess(difference: Difference, gapNs: number): DisagreementReason[] {
	const certain = certainReason(difference, gapNs);
	if (certain !== null) return [certain];
	return [{ kind: difference.highNs < 0 ? "spares others" : "done without it" }];
}

function certainReason({ untold, ticks, noiseNs }: Difference, gapNs: number): DisagreementReason | null {
	if (untold.length > 0) return { kind: "same place", layers: untold };
	return gapNs > EXPLAINED_BY_CHANCE * noiseNs ? null : { kind: "few ticks", ticks };
}
