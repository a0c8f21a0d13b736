import { expect, it } from "vitest";
import { Simulation } from "../../../test/fixtures/simulated-contrasts.js";
import { growthOf as fittedTo, type GrowthPoint } from "./growth.js";

// Heaps of known truth: sixteen stretches of some 900 requests, after a beginning that is not steady, under several kinds of noise.

const STRETCHES = 16;
const NOISE_BYTES = 10_000;
const EXPERIMENTS = 400;
const growthOf = (points: readonly GrowthPoint[]) => fittedTo(points, 1_024);

type Noise = (simulation: Simulation) => () => number;

const noises: Readonly<Record<string, Noise>> = {
	"of the readings": (simulation) => () => NOISE_BYTES * simulation.normal(),
	"that lasts": (simulation) => {
		let level = NOISE_BYTES * simulation.normal();
		return () => {
			level = 0.5 * level + Math.sqrt(0.75) * NOISE_BYTES * simulation.normal();
			return level;
		};
	},
	"that adds up": (simulation) => {
		let level = 0;
		return () => {
			level += NOISE_BYTES * simulation.normal();
			return level;
		};
	},
	"of whole pages": (simulation) => () =>
		0.5 * NOISE_BYTES * simulation.normal() + (simulation.uniform() < 0.1 ? 200_000 : 0),
};

/** Bytes at the end of a stretch, beside the noise and the leak. */
type Beginning = (stretch: number) => number;

const still: Beginning = () => 0;
const falls: Readonly<Record<string, Beginning>> = {
	"at once": (stretch) => (stretch < 2 ? 2e6 - 1e6 * stretch : 0),
	"by and by": (stretch) => 3e6 * Math.exp(-stretch / 0.7),
	"for long": (stretch) => 1e6 * Math.exp(-stretch / 2),
};
const fills =
	(stretches: number): Beginning =>
	(stretch) =>
		1e6 * Math.min(1, stretch / stretches);

function heap(bytesPerRequest: number, beginning: Beginning, noise: Noise, simulation: Simulation): GrowthPoint[] {
	const level = noise(simulation);
	let requests = 0;
	return Array.from({ length: STRETCHES + 1 }, (_, stretch) => {
		if (stretch > 0) requests += Math.round(900 * (0.7 + 0.6 * simulation.uniform()));
		return { requests, bytes: 20e6 + beginning(stretch) + bytesPerRequest * requests + level() };
	});
}

const grown = (bytesPerRequest: number, beginning: Beginning, noise: Noise, experiments = EXPERIMENTS) => {
	const simulation = new Simulation(11);
	return Array.from({ length: experiments }, () => {
		const growth = growthOf(heap(bytesPerRequest, beginning, noise, simulation));
		if (growth === null) throw new Error("nothing was fitted");
		return growth;
	});
};

const shareOf = <T>(all: readonly T[], is: (each: T) => boolean): number => all.filter(is).length / all.length;

it.each(
	Object.entries(noises).flatMap(([noise, make]) =>
		Object.entries({ "not at all": still, ...falls }).map(
			([fall, beginning]) => [noise, fall, make, beginning] as const,
		),
	),
)("noise %s, falling %s: the interval contains the leak, and it is called one", (_noise, fall, make, beginning) => {
	for (const truth of [1_000, 8_600]) {
		const found = grown(truth, beginning, make);
		// What falls for a quarter of the time under noise that adds up cannot be told from it.
		const least = fall === "for long" ? 0.88 : 0.93;
		expect(shareOf(found, ({ low, high }) => low <= truth && truth <= high)).toBeGreaterThanOrEqual(least);
		expect(shareOf(found, ({ verdict }) => verdict === "leaks")).toBeGreaterThan(0.99);
	}
});

it.each(Object.entries(noises))("noise %s, a fall, or a cache that fills is no leak", (_noise, make) => {
	for (const beginning of [still, ...Object.values(falls), fills(3), fills(6), fills(9)]) {
		expect(shareOf(grown(0, beginning, make), ({ verdict }) => verdict === "leaks")).toBeLessThanOrEqual(0.01);
	}
});

it("readings that agree say that nothing stays, and that a cache has filled", () => {
	const readings = noises["of the readings"] as Noise;
	expect(shareOf(grown(0, still, readings, 200), ({ verdict }) => verdict === "steady")).toBeGreaterThan(0.9);
	expect(shareOf(grown(0, fills(3), readings, 200), ({ verdict }) => verdict === "levelled")).toBeGreaterThan(0.9);
});

it("what grows only at first is no part of the slope", () => {
	const points = Array.from({ length: STRETCHES + 1 }, (_, stretch) => ({
		requests: stretch * 1_000,
		bytes: 20e6 + 100_000 * stretch + fills(4)(stretch),
	}));
	expect(growthOf(points)).toMatchObject({ steadyFrom: 4, verdict: "leaks" });
	expect(growthOf(points)?.bytesPerRequest).toBeCloseTo(100, 6);
});

it("does not tell from three stretches, or where nothing was answered", () => {
	const points = [0, 1_000, 2_000, 3_000].map((requests) => ({ requests, bytes: 1e6 + requests }));
	expect(growthOf(points)).toBeNull();
	const silent = Array.from({ length: STRETCHES + 1 }, () => ({ requests: 0, bytes: 1e6 }));
	expect(growthOf(silent)).toBeNull();
});
