/**
 * How numbers are written, for the terminal and the HTML report alike. Points and commas do not depend on the machine's
 * locale, so that two people who read one run read the same characters.
 */

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** What stands where there is no figure. */
export const NO_FIGURE = "–";

/** A whole number with thousands separators: 340,093. */
export const formatCount = (value: number): string => grouped.format(value);

/** Three significant digits, never an exponent, never fewer than the integer digits: 0.0123, 1.23, 12.3, 123, 12,345. */
export function formatSignificant(value: number): string {
	if (value === 0) return "0";
	const magnitude = Math.floor(Math.log10(Math.abs(value)));
	const rounded = Number(value.toPrecision(3));
	if (Math.abs(rounded) >= 100) return grouped.format(value);
	const decimals = 2 - (Math.abs(rounded) >= 10 ** (magnitude + 1) ? magnitude + 1 : magnitude);
	return rounded.toFixed(Math.min(Math.max(decimals, 0), 6));
}

/** Always as many decimals: 0.5, 12.0. */
export const formatDecimal = (value: number, decimals: number): string => value.toFixed(decimals);

/** Two digits and no zeros behind them, never an exponent: 12, 4.1, 0.42; less than a millionth is 0. */
export const formatTwoDigits = (value: number): string =>
	Math.abs(value) < 1e-6 ? "0" : String(Number(value.toPrecision(2)));

/** How many times as much, roughly: 8×, 1.5×. */
export const formatTimes = (times: number): string => `${formatTwoDigits(times)}×`;

/** A ratio near one, to the hundredth: 1.02. */
export const formatRatio = (ratio: number): string => ratio.toFixed(2);

/** Requests per second, without the unit: 12,345 or 3.21. */
export const formatRate = (perSecond: number): string => formatSignificant(perSecond);

/** 0.999 → "p99.9" */
export const formatQuantile = (quantile: number): string => `p${Number((quantile * 100).toPrecision(6))}`;

/** A number with a real minus sign; one decimal unless it is told otherwise, none from 100 on: −4,320. */
export function signed(value: number, decimals: number, plus: string): string {
	const size = Math.abs(value);
	const digits = size >= 100 ? formatCount(size) : size.toFixed(decimals);
	if (Number(digits) === 0) return digits;
	return `${value < 0 ? "−" : plus}${digits}`;
}

/** Any amount with its sign, in the form of its unit; nothing has none. */
export function withSign(amount: number, format: (amount: number) => string): string {
	const text = format(Math.abs(amount));
	return text === format(0) ? text : `${amount < 0 ? "−" : "+"}${text}`;
}
