import { median } from "#src/analyse/comparison/robust.js";
import { medianInterval } from "#src/analyse/statistics/median-interval.js";

export const whole = (value: number): string => Math.round(value).toLocaleString("en-US");
export const tenths = (value: number): string => value.toFixed(1);
export const hundredths = (value: number): string => value.toFixed(2);

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
