import type { CostUnit } from "#src/report/numbers/cost-unit.js";
import { formatPercent } from "#src/report/numbers/shares.js";

/** Turns ticks of one profile into what a reader asks for: its cost per request where that is known, else shares. */
export interface CostScale {
	readonly allTicks: number;
	/** In nanoseconds or bytes, by the unit. */
	readonly perRequest: number | null;
	readonly unit: CostUnit;
}

export const shareOf = (scale: CostScale, ticks: number): number => (scale.allTicks === 0 ? 0 : ticks / scale.allTicks);

/** "31.2 µs (17.1 %)" or "17.1 %" */
export function formatCost(scale: CostScale, ticks: number): string {
	const share = shareOf(scale, ticks);
	if (scale.perRequest === null) return formatPercent(share);
	return `${scale.unit.format(share * scale.perRequest)} (${formatPercent(share)})`;
}

/** Cost per request without the unit, for a column; null where it is not known. */
export const bareCost = (scale: CostScale, ticks: number): string | null =>
	scale.perRequest === null ? null : scale.unit.bare(shareOf(scale, ticks) * scale.perRequest);

/** A difference with its sign and without the unit, for a column. */
export const bareDifference = (unit: CostUnit, difference: number): string =>
	`${difference > 0 ? "+" : difference < 0 ? "−" : ""}${unit.bare(Math.abs(difference))}`;

/** What the root of a flamegraph is called: "all CPU time". */
export const allOf = ({ title }: CostUnit): string => `all ${title.replace(/^A/, "a")}`;
