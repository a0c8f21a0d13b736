import { median } from "#src/analyse/comparison/robust.js";
import { medianInterval } from "#src/analyse/statistics/median-interval.js";
import { shareInterval } from "#src/analyse/statistics/share-interval.js";

export const whole = (value: number): string => Math.round(value).toLocaleString("en-US");
export const tenths = (value: number): string => value.toFixed(1);
export const hundredths = (value: number): string => value.toFixed(2);
export const wholePercent = (share: number): string => `${Math.round(share * 100)} %`;

/** "19 of 20 [75 % … 100 %]", with the interval that SHARE_BRACKETS names; "–" of none. */
export function shareOf(found: number, n: number): string {
	return n === 0 ? "–" : `${found} of ${n} [${shareInterval(found, n).map(wholePercent).join(" … ")}]`;
}

/** What the brackets of `shareOf` are: "In brackets …". */
export const SHARE_BRACKETS = "the 95 % interval of a share (Clopper and Pearson)";

/** What the brackets of `spread` are, for so many rounds. */
export const bracketsOf = (rounds: number): string =>
	rounds < 6 ? "smallest and largest value" : "95 % interval from order statistics";

/** "median [low … high]"; "–" where a round has no such figure. */
export function spread(values: readonly (number | null)[], format: (value: number) => string): string {
	const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
	if (known.length === 0 || known.length < values.length) return "–";
	const interval = medianInterval(known) ?? [Math.min(...known), Math.max(...known)];
	return `${format(median(known))} [${interval.map(format).join(" … ")}]`;
}

export const sumOf = <Each>(list: readonly Each[], figure: (each: Each) => number): number =>
	list.reduce((sum, each) => sum + figure(each), 0);
