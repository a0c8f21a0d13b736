import { expect, it } from "vitest";
import { type WarmupPoint, warmupState } from "./warm-up.js";

const rule = { minMs: 2_000, maxMs: 6_000, isolates: 1 };

/** A target with this cost per request in each quarter of a second, at so many requests in each. */
function points(costsNs: readonly number[], requestsEach: number): WarmupPoint[] {
	let costNs = 0;
	return costsNs.map((cost, index) => {
		costNs += cost * requestsEach;
		return { elapsedMs: (index + 1) * 250, requests: (index + 1) * requestsEach, costNs };
	});
}

const steady = (count: number): number[] => new Array<number>(count).fill(50_000);

it("is cold before its time, and before it has seen enough requests", () => {
	expect(warmupState([], rule)).toBe("cold");
	expect(warmupState(points(steady(7), 5_000), rule)).toBe("cold");
	expect(warmupState(points(steady(8), 500), rule)).toBe("cold");
});

it("is warm when the cost of a request is flat", () => {
	expect(warmupState(points(steady(9), 2_000), rule)).toBe("warm");
});

it("goes on while the cost still falls, and gives up at the limit", () => {
	const falling = Array.from({ length: 24 }, (_, index) => 200_000 * 0.97 ** index);
	expect(warmupState(points(falling.slice(0, 9), 2_000), rule)).toBe("cold");
	expect(warmupState(points(falling, 2_000), rule)).toBe("gave up");
});

it("takes a slow endpoint once it is flat for half of the limit", () => {
	expect(warmupState(points(steady(11), 20), rule)).toBe("cold");
	expect(warmupState(points(steady(12), 20), rule)).toBe("warm");
});

it("gives up on a target that answers nothing", () => {
	expect(warmupState(points(steady(24), 0), rule)).toBe("gave up");
});

it("takes a very short warm-up at its word", () => {
	expect(warmupState(points(steady(2), 10), { minMs: 200, maxMs: 600, isolates: 1 })).toBe("warm");
});

it("waits for each of several isolates, which compile for themselves", () => {
	const four = { ...rule, isolates: 4 };
	expect(warmupState(points(steady(11), 2_000), rule)).toBe("warm");
	expect(warmupState(points(steady(11), 2_000), four)).toBe("cold");
});
