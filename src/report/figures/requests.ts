import type { RequestCounts } from "#src/model/load.js";
import type { HarnessKind } from "#src/model/load-words.js";
import type { Measurement } from "#src/model/measurement.js";

/** Attempts that did not end in an expected answer. */
export function failedRequests(counts: RequestCounts): number {
	const unexpected = Object.values(counts.unexpectedStatus).reduce((sum, each) => sum + each, 0);
	return Object.values(counts.errors).reduce((sum, each) => sum + each, unexpected);
}

/** What was due in an open loop and not sent, as too much was under way; null in a closed one. */
export const missedRequests = (measurement: Measurement): number | null =>
	measurement.kind === "window" && measurement.load.kind === "open" ? (measurement.tallies.missed ?? 0) : null;

/** What a client does at a time; slices are of plain requests. */
export const harnessOf = (measurement: Measurement): HarnessKind =>
	measurement.kind === "window" ? measurement.harness : "http";
