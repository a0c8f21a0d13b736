import { describe, expect, it } from "vitest";
import type { Round, Slice } from "#src/analyse/comparison/process-set.js";
import { EMPTY_HISTOGRAM } from "#src/analyse/latency/histogram.js";
import { seededRandom } from "#src/random.js";
import { fellWhileMeasured } from "./still-falling.js";

const slice = (costNs: number, requests = 100): Slice => ({
	requests,
	errors: 0,
	durationNs: 15e6,
	cpuNs: costNs * requests,
	runQueueWaitNs: 0,
	latency: EMPTY_HISTOGRAM,
});

/** Of one variant, whose cost falls by so much over all rounds, with so much noise on each. */
function rounds(count: number, fall: number, sd: number, seed: number): Round[] {
	const { normal } = { normal: normalFrom(seed) };
	return Array.from({ length: count }, (_, index) => ({
		slices: [slice(200_000 * Math.exp((-fall * index) / (count - 1) + sd * normal()))],
		order: [0],
	}));
}

function normalFrom(seed: number): () => number {
	const random = seededRandom(seed);
	return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

const share = (count: number, fall: number, sd: number): number =>
	Array.from({ length: 400 }, (_, seed) => fellWhileMeasured(rounds(count, fall, sd, seed + 1), 0)).filter(Boolean)
		.length / 400;

describe("whether a variant still got cheaper while it was measured", () => {
	it("is not said of one that was warm, whatever the noise", () => {
		for (const sd of [0.02, 0.1, 0.3]) expect(share(20, 0, sd)).toBeLessThan(0.02);
	});

	it("is seen where it fell by a third", () => {
		expect(share(20, 0.33, 0.05)).toBeGreaterThan(0.98);
		expect(share(20, 0.33, 0.1)).toBeGreaterThan(0.5);
	});

	it("does not matter where it fell by little", () => expect(share(40, 0.04, 0.01)).toBe(0));

	it("cannot be told from few rounds, or without CPU", () => {
		expect(fellWhileMeasured(rounds(7, 0.5, 0, 1), 0)).toBeNull();
		const unknown = rounds(20, 0.5, 0, 1).map((each) => ({
			slices: each.slices.map((one) => ({ ...one, cpuNs: null })),
		}));
		expect(fellWhileMeasured(unknown, 0)).toBeNull();
	});
});
