import type { Effect } from "#src/model/comparison.js";
import { formatBytes } from "./bytes.js";
import { formatTwoDigits, NO_FIGURE, signed } from "./format.js";
import { formatHundredths } from "./shares.js";
import { formatNs } from "./times.js";

/** How the figures of two sides are written. */

/** Failed requests are compared by the difference of two shares, so by percentage points, everything else by per cent. */
const changeUnit = (effect: Effect, points: Points = "points"): string => (effect.unit === "share" ? points : "%");
/** "pt" where there is little room. */
type Points = "points" | "pt";
const changeDecimals = (effect: Effect): number => (effect.unit === "share" ? 2 : 1);

/** The figure of one side: 182 µs, 9.19 KiB, 0.12 %. */
export function formatSideOfEffect({ unit }: Effect, value: number | null): string {
	if (value === null) return NO_FIGURE;
	switch (unit) {
		case "ns":
			return formatNs(value);
		case "bytes":
			return formatBytes(value);
		case "share":
			return formatHundredths(value);
	}
}

/** +5.2 %, −0.4 %, +0.12 points; `plain` leaves the sign out, for "… more" and "… less". */
export function formatEffectChange(effect: Effect, sign: "signed" | "plain" = "signed", points?: Points): string {
	if (effect.change === null) return NO_FIGURE;
	const value = effect.change * 100;
	const decimals = changeDecimals(effect);
	const number = sign === "signed" ? signed(value, decimals, "+") : signed(Math.abs(value), decimals, "");
	return `${number} ${changeUnit(effect, points)}`;
}

/** The interval that the verdict rests on: that of "no change" is one-sided at both ends and narrower. Null where there is none. */
export function shownInterval({ verdict, equivalence, low, high }: Effect): { low: number; high: number } | null {
	if (verdict === "no change" && equivalence !== null) return equivalence;
	return low === null || high === null ? null : { low, high };
}

/** [4.1 … 6.3], in the unit of the change; turned over where a decrease is told as "… less". */
export function formatEffectInterval(effect: Effect, sign: "signed" | "plain" = "signed"): string {
	const shown = shownInterval(effect);
	if (shown === null) return NO_FIGURE;
	const turned = sign === "plain" && (effect.change ?? 0) < 0;
	const [low, high] = turned ? [-shown.high, -shown.low] : [shown.low, shown.high];
	const decimals = changeDecimals(effect);
	return `[${signed(low * 100, decimals, "")} … ${signed(high * 100, decimals, "")}]`;
}

/** "+5.2 % [4.1 … 6.3]"; the change alone where it has no interval. */
export const formatEffect = (effect: Effect, sign: "signed" | "plain" = "signed"): string =>
	[
		formatEffectChange(effect, sign),
		...(shownInterval(effect) === null ? [] : [formatEffectInterval(effect, sign)]),
	].join(" ");

/** A size of change without a sign, in the unit of the effect: 2 %, 0.1 points. */
export const formatChangeSize = (effect: Effect, size: number, points?: Points): string =>
	`${formatTwoDigits(size * 100)} ${changeUnit(effect, points)}`;
