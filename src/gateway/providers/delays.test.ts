import { describe, expect, it } from "vitest";
import { drawDelays } from "./delays.js";
import type { LatencySettings } from "./settings.js";

const settings: LatencySettings = { tokens: 4001, firstTokenMs: 200, tokenMs: 20, spreadPercent: 25, seed: 7 };

describe("the delays of a call", () => {
	it("depend on the seed and the call only", () => {
		expect(drawDelays(settings, 3)).toEqual(drawDelays(settings, 3));
		expect(drawDelays(settings, 4)).not.toEqual(drawDelays(settings, 3));
		expect(drawDelays({ ...settings, seed: 8 }, 3)).not.toEqual(drawDelays(settings, 3));
	});

	it("have the mean and the spread asked for, between tokens and before the first", () => {
		const [, ...between] = drawDelays(settings, 1);
		const first = Array.from({ length: 4000 }, (_, call) => drawDelays({ ...settings, tokens: 1 }, call)[0] ?? 0);
		for (const [delays, mean] of [
			[between, 20],
			[first, 200],
		] as const) {
			// Four standard errors of a mean and of a standard deviation, n = 4000.
			expect(Math.abs(meanOf(delays) / mean - 1)).toBeLessThan((4 * 0.25) / Math.sqrt(4000));
			expect(Math.abs(deviationOf(delays) / (0.25 * mean) - 1)).toBeLessThan(0.08);
			expect(Math.min(...delays)).toBeGreaterThan(0);
		}
	});

	it("are the means where there is no spread", () => {
		expect(drawDelays({ ...settings, tokens: 3, spreadPercent: 0 }, 1)).toEqual([200, 20, 20]);
	});
});

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function deviationOf(values: readonly number[]): number {
	const mean = meanOf(values);
	return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
}
