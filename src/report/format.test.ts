import { describe, expect, it } from "vitest";
import {
	formatBytes,
	formatChange,
	formatCount,
	formatDurationMs,
	formatNs,
	formatPercent,
	formatQuantile,
	formatSignificant,
	formatWholePercent,
} from "./format.js";

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
