import type { Window } from "#src/model/measurement.js";

/** Nanoseconds that the collector's pauses took in a window, of every kind. */
export const pausedNs = ({ pauses }: NonNullable<Window["allocation"]>): number =>
	pauses.reduce((sum, { totalNs }) => sum + totalNs, 0);
