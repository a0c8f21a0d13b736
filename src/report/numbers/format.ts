import type { Effect, MetricName } from "#src/model/comparison.js";

/**
 * How numbers are written, for the terminal and the HTML report alike. Points and commas do not depend on the machine's
 * locale, so that two people who read one run read the same characters.
 */

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** What stands where there is no figure. */
export const NO_FIGURE = "–";

/** A whole number with thousands separators: 340,093. */
/** "service time" → "Service time" */
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

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

/** Nanoseconds with the unit that fits: 512 ns, 31.2 µs, 1.23 ms, 12.3 s. */
export function formatNs(valueNs: number): string {
	for (const [unit, size] of timeUnits) {
		if (Number((Math.abs(valueNs) / size).toPrecision(3)) < 1000) return `${formatSignificant(valueNs / size)} ${unit}`;
	}
	return `${formatSignificant(valueNs / 1e9)} s`;
}
const timeUnits: readonly (readonly [string, number])[] = [
	["ns", 1],
	["µs", 1e3],
	["ms", 1e6],
];

/** Nanoseconds as a bare number of microseconds or milliseconds, for columns that carry the unit in their head. */
export const formatNsAsUs = (valueNs: number): string => formatSignificant(valueNs / 1e3);
export const formatNsAsMs = (valueNs: number): string => formatSignificant(valueNs / 1e6);

/** Requests per second, without the unit: 12,345 or 3.21. */
export const formatRate = (perSecond: number): string => formatSignificant(perSecond);

/** A share 0…1 with one decimal: 46.3 %. A share that is there but rounds to nothing is "<0.1 %". */
export function formatPercent(share: number): string {
	if (share > 0 && share < 0.0005) return "<0.1 %";
	return `${(share * 100).toFixed(1)} %`;
}

/** A share 0…1 for prose: 46 %. */
export function formatWholePercent(share: number): string {
	if (share > 0 && share < 0.005) return "<1 %";
	return `${Math.round(share * 100)} %`;
}

/** A relative change with its sign: +5.2 %, −0.4 %, 0.0 %. */
export function formatChange(ratio: number): string {
	const digits = Math.abs(ratio * 100).toFixed(1);
	if (digits === "0.0") return "0.0 %";
	return `${ratio < 0 ? "−" : "+"}${digits} %`;
}

/** A length of time as a person would say it: 500 ms, 10 s, 2 min 3 s. */
export function formatDurationMs(valueMs: number): string {
	if (valueMs < 1000) return `${Math.round(valueMs)} ms`;
	const seconds = valueMs / 1000;
	if (seconds < 59.95) return `${Number(seconds.toFixed(1))} s`;
	const whole = Math.round(seconds);
	return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Bytes in binary units: 512 B, 1.20 KiB, 15.6 GiB. */
export function formatBytes(bytes: number): string {
	const units = ["B", "KiB", "MiB", "GiB", "TiB"];
	let value = bytes;
	let unit = 0;
	while (value >= 1000 && unit < units.length - 1) {
		value /= 1024;
		unit++;
	}
	return unit === 0 ? `${Math.round(value)} B` : `${formatSignificant(value)} ${units[unit]}`;
}

/** 0.999 → "p99.9" */
export const formatQuantile = (quantile: number): string => `p${Number((quantile * 100).toPrecision(6))}`;

/** A number with a real minus sign; one decimal unless it is told otherwise, none from 100 on. */
export function signed(value: number, decimals: number, plus: string): string {
	const digits = Math.abs(value).toFixed(Math.abs(value) >= 100 ? 0 : decimals);
	if (Number(digits) === 0) return digits;
	return `${value < 0 ? "−" : plus}${digits}`;
}

/** Nanoseconds with their sign: +1.20 µs, −340 ns. */
export function formatSignedNs(valueNs: number): string {
	if (valueNs === 0) return formatNs(0);
	return `${valueNs < 0 ? "−" : "+"}${formatNs(Math.abs(valueNs))}`;
}

const metricLabels: Readonly<Record<MetricName, string>> = {
	cpu: "CPU/request",
	alloc: "allocated",
	p50: "p50",
	p99: "p99",
	"p99.9": "p99.9",
	errors: "failed",
};
/** What a metric is called at the head of a row. */
export const metricLabel = (metric: MetricName): string => metricLabels[metric];

/** Failed requests are compared by the difference of two shares, so by percentage points, everything else by per cent. */
const changeUnit = (effect: Effect): string => (effect.unit === "share" ? "points" : "%");
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
			return `${(value * 100).toFixed(2)} %`;
	}
}

/** +5.2 %, −0.4 %, +0.12 points; `plain` leaves the sign out, for "… more" and "… less". */
export function formatEffectChange(effect: Effect, sign: "signed" | "plain" = "signed"): string {
	if (effect.change === null) return NO_FIGURE;
	const value = effect.change * 100;
	const decimals = changeDecimals(effect);
	const number = sign === "signed" ? signed(value, decimals, "+") : signed(Math.abs(value), decimals, "");
	return `${number} ${changeUnit(effect)}`;
}

/** [4.1 … 6.3], in the unit of the change; turned over where a decrease is told as "… less". */
export function formatEffectInterval(effect: Effect, sign: "signed" | "plain" = "signed"): string {
	if (effect.low === null || effect.high === null) return NO_FIGURE;
	const turned = sign === "plain" && (effect.change ?? 0) < 0;
	const [low, high] = turned ? [-effect.high, -effect.low] : [effect.low, effect.high];
	const decimals = changeDecimals(effect);
	return `[${signed(low * 100, decimals, "")} … ${signed(high * 100, decimals, "")}]`;
}

/** A size of change without a sign, in the unit of the effect: 2 %, 0.1 points. */
export const formatChangeSize = (effect: Effect, size: number): string =>
	`${Number((size * 100).toPrecision(2))} ${changeUnit(effect)}`;
