import { describe, expect, it } from "vitest";
import type { Effect } from "#src/model/comparison.js";
import { formatBytes } from "./bytes.js";
import { formatChangeSize, formatEffectChange, formatEffectInterval, formatSideOfEffect } from "./effects.js";
import { formatCount, formatQuantile, formatSignificant } from "./format.js";
import { formatChange, formatPercent, formatWholePercent } from "./shares.js";
import { formatDurationMs, formatNs, formatSignedNs } from "./times.js";

describe("formatting", () => {
	it.each([
		[0, "0"],
		[0.012_34, "0.0123"],
		[1.234, "1.23"],
		[9.996, "10.0"],
		[99.96, "100"],
		[123.4, "123"],
		[12_345.6, "12,346"],
		[-1.5, "-1.50"],
	])("writes %d with three significant digits", (value, text) => expect(formatSignificant(value)).toBe(text));

	it.each([
		[0, "0 ns"],
		[512, "512 ns"],
		[999.6, "1.00 µs"],
		[31_234, "31.2 µs"],
		[999_600, "1.00 ms"],
		[12_345_678, "12.3 ms"],
		[1.5e9, "1.50 s"],
		[7.2e12, "7,200 s"],
	])("gives %d ns the unit that fits", (value, text) => expect(formatNs(value)).toBe(text));

	it("writes shares and changes", () => {
		expect(formatPercent(0.4632)).toBe("46.3 %");
		expect(formatPercent(0)).toBe("0.0 %");
		expect(formatPercent(0.0001)).toBe("<0.1 %");
		expect(formatWholePercent(0.4632)).toBe("46 %");
		expect(formatWholePercent(0.001)).toBe("<1 %");
		expect(formatChange(0.052)).toBe("+5.2 %");
		expect(formatChange(-0.004)).toBe("−0.4 %");
		expect(formatChange(-0.0001)).toBe("0.0 %");
		expect(formatChange(-11.254)).toBe("−1,125 %");
	});

	it("writes lengths of time as people say them", () => {
		expect(formatDurationMs(500)).toBe("500 ms");
		expect(formatDurationMs(10_000)).toBe("10 s");
		expect(formatDurationMs(59_990)).toBe("1 min");
		expect(formatDurationMs(123_000)).toBe("2 min 3 s");
	});

	it("writes counts, bytes and quantiles", () => {
		expect(formatCount(340_093)).toBe("340,093");
		expect(formatBytes(512)).toBe("512 B");
		expect(formatBytes(33_567_334_400)).toBe("31.3 GiB");
		expect([0.5, 0.9, 0.95, 0.99, 0.999].map(formatQuantile)).toEqual(["p50", "p90", "p95", "p99", "p99.9"]);
	});
});

describe("formatting of effects", () => {
	const effect = (unit: Effect["unit"], change: number, low: number | null, high: number | null): Effect => ({
		metric: unit === "share" ? "errors" : "cpu",
		unit,
		base: 1,
		head: 1,
		change,
		low,
		high,
		rule: "sets",
		equivalence: null,
		alpha: 0.004,
		margin: 0.02,
		judged: true,
		verdict: "cannot tell",
		permutationP: null,
		sets: 6,
		setSd: null,
		smallestDetectable: null,
		secondsToDecide: null,
	});

	it("writes changes with a real minus sign and intervals in the same unit", () => {
		const less = effect("ns", -0.0519, -0.063, -0.041);
		expect(formatEffectChange(less)).toBe("−5.2 %");
		expect(formatEffectInterval(less)).toBe("[−6.3 … −4.1]");
		expect(formatEffectInterval(effect("ns", 0, -0.0001, 1.234))).toBe("[0.0 … 123]");
		expect(formatEffectInterval(effect("ns", 0.01, null, null))).toBe("–");
	});

	it("turns the interval over where a decrease is told without its sign", () => {
		const less = effect("ns", -0.0519, -0.063, 0.041);
		expect(`${formatEffectChange(less, "plain")} ${formatEffectInterval(less, "plain")} less`).toBe(
			"5.2 % [−4.1 … 6.3] less",
		);
	});

	it("writes failed requests in percentage points", () => {
		const failed = effect("share", 0.0012, 0.0008, 0.0016);
		expect(formatEffectChange(failed)).toBe("+0.12 points");
		expect(formatEffectInterval(failed)).toBe("[0.08 … 0.16]");
		expect(formatSideOfEffect(failed, 0.0013)).toBe("0.13 %");
		expect(formatChangeSize(failed, 0.001)).toBe("0.1 points");
	});

	it("writes the sides and sizes in their unit", () => {
		expect(formatSideOfEffect(effect("ns", 0, 0, 0), 182_000)).toBe("182 µs");
		expect(formatSideOfEffect(effect("bytes", 0, 0, 0), 9_412)).toBe("9.19 KiB");
		expect(formatSideOfEffect(effect("ns", 0, 0, 0), null)).toBe("–");
		expect(formatChangeSize(effect("ns", 0, 0, 0), 0.0289)).toBe("2.9 %");
		expect([1_200, -340, 0].map(formatSignedNs)).toEqual(["+1.20 µs", "−340 ns", "0 ns"]);
	});
});
