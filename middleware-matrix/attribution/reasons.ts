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
 * The sentence on a factor whose profiled time lies outside of the measured interval: which of the two is larger, and
 * what may be the reason, as far as the figures go. Null where it lies within.
 */
export function disagreementOf(difference: Difference): string | null {
	const { profiledNs, lowNs, highNs } = difference;
	if (profiledNs < lowNs)
		return sentence("Measured more than the profile shows", whyMore(difference, lowNs - profiledNs));
	if (profiledNs > highNs)
		return sentence("Measured less than the profile shows", whyLess(difference, profiledNs - highNs));
	return null;
}

const sentence = (what: string, reasons: readonly string[]): string => `${what}: ${reasons.join("; ")}.`;

function whyMore(difference: Difference, gapNs: number): string[] {
	const certain = certainReason(difference, gapNs);
	if (certain !== null) return [certain];
	const { bytes, collectorNs, ticks, hooks } = difference;
	const reasons: string[] = [];
	if (collectorNs > WORTH_NAMING * gapNs) {
		reasons.push(
			`it allocates ${Math.round(bytes)} bytes a request, and collecting them (some ${microseconds(collectorNs)} µs) is not charged to it`,
		);
	}
	if (collectorNs > ENOUGH * gapNs) return reasons;
	if (ticks === 0)
		return [...reasons, "none of its functions was seen, so V8 may have inlined them into their callers"];
	const others = hooks.some((hook) => hook === "onSend" || hook === "preSerialization")
		? "it may make others work, as by a longer answer that is serialised and written"
		: "it may make others work, as by headers that are written later";
	return [...reasons, `${others}, or V8 may have inlined some of its functions into their callers`];
}

function whyLess(difference: Difference, gapNs: number): string[] {
	const certain = certainReason(difference, gapNs);
	if (certain !== null) return [certain];
	if (difference.highNs < 0) return ["it spares others more work than it does itself"];
	return [
		"others may do without it what they now find done, or some of what runs below its functions runs without it as well",
	];
}

function certainReason({ untold, ticks, noiseNs }: Difference, gapNs: number): string | null {
	if (untold.length > 0) {
		return `the profile cannot tell it from ${listed(untold)}, as their code begins at the same place`;
	}
	if (gapNs > EXPLAINED_BY_CHANCE * noiseNs) return null;
	const count = ticks < 0.5 ? "no ticks" : `only ${Math.round(ticks)} ${Math.round(ticks) === 1 ? "tick" : "ticks"}`;
	return `the profile has ${count} of it, and so few may be off by that much`;
}

const microseconds = (valueNs: number): string => String(Number((valueNs / 1e3).toPrecision(2)));

const MOST_LISTED = 3;
const listed = (names: readonly string[]): string =>
	names.length > MOST_LISTED
		? `${names.slice(0, MOST_LISTED).join(", ")} and ${names.length - MOST_LISTED} more`
		: names.join(" and ");
