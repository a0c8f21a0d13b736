import type { LayerEffect } from "#src/model/matrix.js";

/**
 * A layer that is dropped here is never looked at again, one that goes on for nothing costs some seconds: hence a
 * generous level.
 */
const SCREENING_LEVEL = 0.2;

/**
 * The factors that go on into a second, one-at-a-time stage, the most convincing first: those not yet known to cost
 * nothing (in any of the metrics) with a p of their own below 20 %, at most `most` of them. Where there are no p, after
 * a single set, the largest shares go on. Groups come out as groups: it is their members that the second stage
 * measures.
 */
export function screenSelection(effects: readonly LayerEffect[], most: number): string[] {
	const open = effects.filter(({ verdict, p }) => verdict !== "nothing" && (p === null || p < SCREENING_LEVEL));
	const ranked = open.toSorted((a, b) => (a.p ?? 1) - (b.p ?? 1) || Math.abs(b.share) - Math.abs(a.share));
	return [...new Set(ranked.map(({ factor }) => factor))].slice(0, most);
}
