import { expect, it } from "vitest";
import { seededRandom } from "#src/random.js";
import { growthOf } from "./growth.js";

const STRETCH = 1_000;

/** Heap sizes after each stretch of a thousand requests, with up to 20 kB of noise. */
function points(heapAfter: (requests: number) => number, seed: number) {
	const random = seededRandom(seed);
	return Array.from({ length: 9 }, (_, index) => ({
		requests: index * STRETCH,
		usedBytes: 10e6 + heapAfter(index * STRETCH) + random() * 20_000,
	}));
}

const verdictsOver = (heapAfter: (requests: number) => number): string[] =>
	Array.from({ length: 50 }, (_, seed) => growthOf(points(heapAfter, seed + 1))?.verdict ?? "");

it("a steady rise is a leak of its size, within its interval 95 % of the time", () => {
	const found = Array.from({ length: 200 }, (_, seed) => growthOf(points((requests) => 100 * requests, seed + 1)));
	expect(found.filter((each) => each?.verdict === "leaks").length).toBe(200);
	const covered = found.filter((each) => each !== null && each.low <= 100 && each.high >= 100).length / found.length;
	expect(covered).toBeGreaterThan(0.89);
});

it("noise alone is no leak", () => expect(verdictsOver(() => 0)).not.toContain("leaks"));

it("a cache that fills and stays is not a leak", () =>
	expect(new Set(verdictsOver((requests) => 1e6 * Math.min(1, requests / 2_000)))).toEqual(new Set(["levelled"])));

it("does not tell from three points", () => expect(growthOf(points((requests) => requests, 1).slice(0, 3))).toBeNull());
