import type { LayerEffect, LayerMetric } from "#src/model/matrix.js";

/** What somebody waits for or pays for; bytes are so certain that skipping hooks says enough of them. */
const FELT: readonly LayerMetric[] = ["p50", "p99", "cpu"];
/** Of layers that cost nothing, one is taken for a suspect by each of these in at most so many matrices. */
const SUSPECT_LEVEL = 0.1;
const SUSPECT_BY: readonly LayerMetric[] = ["p50", "cpu"];

/**
 * The factors of which leaving out should say more, the dearest first: those that were named in what is felt, then those of which
 * skipping hooks could say nothing, then those that may be, by their adjusted p. Where there are none, one: the dearest in bytes, else
 * the largest estimate.
 * @param effects by skipping hooks
 * @param most of them
 */
export function suspectsOf(effects: readonly LayerEffect[], factors: readonly string[], most: number): string[] {
	const felt = effects.filter(({ metric }) => FELT.includes(metric));
	const named = byCost(felt.filter(({ verdict }) => verdict === "costs" || verdict === "saves"));
	const untold = factors.filter((name) => !felt.some(({ factor }) => factor === name));
	const maybe = felt
		.filter(({ metric, holmP }) => SUSPECT_BY.includes(metric) && holmP !== null && holmP < SUSPECT_LEVEL)
		.toSorted((a, b) => (a.holmP ?? 1) - (b.holmP ?? 1))
		.map(({ factor }) => factor);
	const found = [...new Set([...named, ...untold, ...maybe])];
	if (found.length > 0) return found.slice(0, most);
	const inBytes = effects.filter(({ metric, verdict }) => metric === "alloc" && verdict === "costs");
	const largest = effects.filter(({ metric }) => metric === "cpu");
	return byCost(inBytes.length > 0 ? inBytes : largest).slice(0, 1);
}

/** All are times, or all are bytes. */
const byCost = (effects: readonly LayerEffect[]): string[] =>
	effects.toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change)).map(({ factor }) => factor);
