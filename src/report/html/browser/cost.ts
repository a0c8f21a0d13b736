import { formatNs, formatPercent, formatSignificant } from "../../format.js";

/** Turns ticks of one profile into what a reader asks for: CPU time per request where it is known, else shares. */
export interface CostScale {
	readonly allTicks: number;
	readonly cpuNsPerRequest: number | null;
}

export const shareOf = (scale: CostScale, ticks: number): number => (scale.allTicks === 0 ? 0 : ticks / scale.allTicks);

/** "31.2 µs (17.1 %)" or "17.1 %" */
export function formatCost(scale: CostScale, ticks: number): string {
	const share = shareOf(scale, ticks);
	if (scale.cpuNsPerRequest === null) return formatPercent(share);
	return `${formatNs(share * scale.cpuNsPerRequest)} (${formatPercent(share)})`;
}

/** Microseconds per request without the unit, for a column; null where they are not known. */
export const costUs = (scale: CostScale, ticks: number): string | null =>
	scale.cpuNsPerRequest === null ? null : formatSignificant((shareOf(scale, ticks) * scale.cpuNsPerRequest) / 1e3);

/** Microseconds with their sign and without the unit, for a column. */
export const differenceUs = (differenceNs: number): string =>
	`${differenceNs > 0 ? "+" : differenceNs < 0 ? "−" : ""}${formatSignificant(Math.abs(differenceNs) / 1e3)}`;
