import { describe, expect, test } from "vitest";
import { shareOut } from "./fit.js";

const weights = (...values: number[]): Map<number, number> => new Map(values.map((value, key) => [key, value]));

describe("sharing out ticks", () => {
	test("follows the reference where nothing else is known", () => {
		expect(shareOut([{ ticks: 80, candidates: [0, 1] }], weights(30, 10))).toEqual([[60, 20]]);
	});

	test("always gives away all of a place's ticks, and only to its candidates", () => {
		const observations = [
			{ ticks: 50, candidates: [0, 1, 2] },
			{ ticks: 7, candidates: [2] },
			{ ticks: 13, candidates: [1, 3] },
		];
		shareOut(observations, weights(1, 20, 300, 4)).forEach((shares, index) => {
			expect(shares).toHaveLength(observations[index]?.candidates.length ?? -1);
			expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(observations[index]?.ticks ?? -1, 9);
		});
	});

	test("gives less to a source whose ticks are seen elsewhere", () => {
		const [shared] = shareOut(
			[
				{ ticks: 100, candidates: [0, 1] },
				{ ticks: 100, candidates: [1] },
			],
			weights(50, 50),
		);
		expect(shared?.[0]).toBeGreaterThan(90);
	});

	test("recovers shares that were mixed from known sources", () => {
		// Source 1 of 300 ticks shows half inlined (with source 0) and half on its own; source 0 of 100 only inlined.
		const [shared] = shareOut(
			[
				{ ticks: 250, candidates: [0, 1] },
				{ ticks: 150, candidates: [1] },
			],
			weights(1, 3),
		);
		expect(shared?.[0]).toBeCloseTo(100, 3);
		expect(shared?.[1]).toBeCloseTo(150, 3);
	});

	test("keeps places apart that have no source in common", () => {
		const [first] = shareOut(
			[
				{ ticks: 10, candidates: [0, 1] },
				{ ticks: 1_000, candidates: [2, 3] },
			],
			weights(1, 1, 1, 5),
		);
		expect(first).toEqual([5, 5]);
	});
});
