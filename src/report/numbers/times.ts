import { formatSignificant, withSign } from "./format.js";

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

/** With their sign: +1.20 µs, −340 ns. */
export const formatSignedNs = (valueNs: number): string => withSign(valueNs, formatNs);

/** Nanoseconds as a bare number of microseconds or milliseconds, for columns that carry the unit in their head. */
export const formatNsAsUs = (valueNs: number): string => formatSignificant(valueNs / 1e3);
export const formatNsAsMs = (valueNs: number): string => formatSignificant(valueNs / 1e6);

/** A length of time as a person would say it: 500 ms, 10 s, 2 min 3 s. */
export function formatDurationMs(valueMs: number): string {
	if (valueMs < 1000) return `${Math.round(valueMs)} ms`;
	const seconds = valueMs / 1000;
	if (seconds < 59.95) return `${Number(seconds.toFixed(1))} s`;
	const whole = Math.round(seconds);
	return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** What is left or to come, in whole seconds: 20 s. */
export const formatWholeSeconds = (valueMs: number): string => formatDurationMs(Math.ceil(valueMs / 1e3) * 1e3);

/** As an option takes it: 90s. */
export const formatOptionSeconds = (valueMs: number): string => `${valueMs / 1e3}s`;

/** How long ago something was, in the unit that a person would take: less than a minute, 5 minutes, 3 hours, 12 days, 4 months, 2 years. */
export function formatAgeMs(valueMs: number): string {
	if (valueMs < 60_000) return "less than a minute";
	const [unit, size] = ageUnits.find(([, each]) => valueMs >= each) ?? ["minute", 60_000];
	const count = Math.floor(valueMs / size);
	return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
const DAY_MS = 86_400_000;
const ageUnits: readonly (readonly [string, number])[] = [
	["year", 365 * DAY_MS],
	["month", 30 * DAY_MS],
	["day", DAY_MS],
	["hour", 3_600_000],
];
