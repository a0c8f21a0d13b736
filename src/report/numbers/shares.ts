import { formatTwoDigits, signed } from "./format.js";

/** How shares and relative changes are written: 1 is 100 %. */

/** With one decimal: 46.3 %. A share that is there but rounds to nothing is "<0.1 %". */
export function formatPercent(share: number): string {
	if (share > 0 && share < 0.0005) return "<0.1 %";
	return `${(share * 100).toFixed(1)} %`;
}

/** Without decimals: 46 %. A share that is there but rounds to nothing is "<1 %". */
export function formatWholePercent(share: number): string {
	if (share > 0 && share < 0.005) return "<1 %";
	return `${Math.round(share * 100)} %`;
}

/** For sentences, a decimal below 10 % only: 46 %, 4.6 %, 0 %. */
export const formatShare = (share: number): string =>
	`${(share * 100).toFixed(share !== 0 && Math.abs(share) < 0.0995 ? 1 : 0)} %`;

/** To the hundredth: 99.72 %. */
export const formatHundredths = (share: number): string => `${hundredths(share)} %`;

/** The same with its interval: 99.72 % [99.43–99.91]. */
export const formatShareInterval = (share: number, low: number | null, high: number | null): string =>
	`${formatHundredths(share)}${low === null || high === null ? "" : ` [${hundredths(low)}–${hundredths(high)}]`}`;

const hundredths = (share: number): string => (share * 100).toFixed(2);

/** Two digits, whatever the size, for margins, spreads and limits: 12 %, 4.1 %, 0.42 %. */
export const formatSize = (share: number): string => `${formatTwoDigits(share * 100)} %`;

/** The same with its sign: +4.1 %, −0.42 %. */
export const formatSignedSize = (share: number): string => `${share < 0 ? "−" : "+"}${formatSize(Math.abs(share))}`;

/** Of shares that are compared by their difference: 0.12 percentage points. */
export const formatPoints = (share: number): string => `${formatTwoDigits(share * 100)} percentage points`;

export const formatSignedPoints = (share: number): string => `${share < 0 ? "−" : "+"}${formatPoints(Math.abs(share))}`;

/** How sure something is: 95 %, 99.58 %. */
export const formatConfidence = (share: number): string => `${Number((share * 100).toPrecision(4))} %`;

/** A relative change with its sign and one decimal, none from 100 % on: +5.2 %, −0.4 %, 0.0 %, +1,125 %. */
export const formatChange = (ratio: number): string => `${signed(ratio * 100, 1, "+")} %`;

/** The same without decimals, where there is little room: +5 %, −12 %. */
export const formatWholeChange = (ratio: number): string =>
	`${ratio < 0 ? "−" : "+"}${(Math.abs(ratio) * 100).toFixed(0)} %`;

/** At the ticks of an axis, no more decimals than it needs: +5 %, −2.5 %, 0 %. */
export function formatTick(change: number, decimals: number): string {
	const digits = String(Number(Math.abs(change * 100).toFixed(decimals)));
	return `${digits === "0" ? "" : change < 0 ? "−" : "+"}${digits} %`;
}

/** As an option takes it: 2.5%. */
export const formatOptionPercent = (share: number): string => `${Number((share * 100).toPrecision(6))}%`;

/** A share that may be less than nothing or more than all, with its interval: 97 % [88 … 106]; without one: 97 %. */
export function formatShareOfChange(share: number, low: number | null, high: number | null): string {
	const whole = (value: number): string => signed(value * 100, 0, "");
	return `${whole(share)} %${low === null || high === null ? "" : ` [${whole(low)} … ${whole(high)}]`}`;
}
