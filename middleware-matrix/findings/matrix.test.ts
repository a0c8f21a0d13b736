import { describe, expect, it } from "vitest";
import { findingSchema } from "#src/model/finding.js";
import type { Matrix } from "#src/model/matrix.js";
import { sampleMatrix } from "../../test/fixtures/report/sample-matrix.js";
import { bareDifferences } from "./bare.js";
import { findingsOfMatrix } from "./matrix.js";

const sample = sampleMatrix().run.matrix as Matrix;
const findings = (changes: Partial<Matrix>) =>
	findingsOfMatrix({ ...sample, ...changes }).map((each) => findingSchema.parse(each));
const of = (code: string, changes: Partial<Matrix> = {}) => findings(changes).filter((each) => each.code === code);

/** The sample's sets with every figure of one variant multiplied. */
const shifted = (variant: string, factor: number): Partial<Matrix> => {
	const index = sample.variants.findIndex(({ name }) => name === variant);
	return {
		sets: sample.sets.map((set) => ({
			...set,
			figures: set.figures.map((figures, at) =>
				at !== index || figures?.cpuNsPerRequest == null
					? figures
					: { ...figures, cpuNsPerRequest: figures.cpuNsPerRequest * factor },
			),
		})),
	};
};

describe("findings of a matrix", () => {
	it("gives each layer that was found its figures, and no other one", () => {
		const costs = of("LAYER_COST");
		expect(costs.map(({ figures }) => figures.layer)).toEqual([
			"@fastify/helmet",
			"@fastify/cors",
			"@fastify/rate-limit",
			"slow-auth",
			"session + csrf",
			"@fastify/compress",
		]);
		expect(costs.at(-1)?.sentence).toMatch(
			/^@fastify\/compress: CPU per request \+21\.3 µs \[\+19\.8 µs … \+22\.8 µs\], \+33 % of bare; bytes per request \+9\.19 KiB/,
		);
		expect(costs.at(-1)?.figures).toMatchObject({ cpu: 21_300, cpuLow: 19_800, cpuHigh: 22_800 });
	});

	it("says that layers interact, and what would show more", () => {
		const [found] = of("LAYERS_INTERACT");
		expect(found?.sentence).toMatch(/^Together the layers cost 5\.2 µs .* more in CPU per request .*--leave-one-out/);
		expect(of("LAYERS_INTERACT", { remainders: sample.remainders.map((each) => ({ ...each, large: false })) })).toEqual(
			[],
		);
		const less = sample.remainders.map((each) => ({ ...each, change: -each.change, low: -9_000, high: -1_000 }));
		expect(of("LAYERS_INTERACT", { remainders: less })[0]?.sentence).toContain("less in CPU per request");
	});

	it("says which layer is needed, and why", () => {
		expect(of("LAYER_NEEDED").map(({ sentence }) => sentence)).toEqual([
			"@fastify/cookie cannot be left out alone, so it is on in every variant: The target does not start without it: The decorator 'cookies' required by 'session' is not present.",
		]);
	});

	it("says where the profile or toggling disagrees", () => {
		expect(of("PROFILE_DISAGREES").map(({ figures }) => figures.layer)).toEqual(["@fastify/compress"]);
		expect(of("TOGGLED_DISAGREES").map(({ figures }) => [figures.layer, figures.metric])).toEqual([
			["@fastify/compress", "cpu"],
		]);
		expect(of("TOGGLED_DISAGREES", { toggledEffects: null })).toEqual([]);
	});

	it("says which layer does a part of its work in few of the slices, where that is beyond the noise and the margin", () => {
		const cpu = sample.effects.filter(({ metric }) => metric === "cpu");
		const moved = (share: number) =>
			cpu.map((each) => {
				const by = each.factor === "slow-auth" ? (share / each.share) * each.change : 0;
				return {
					...each,
					change: each.change + by,
					share: each.share + (by === 0 ? 0 : share),
					low: (each.low as number) + by,
					high: (each.high as number) + by,
				};
			});
		expect(of("CPU_IN_FEW_ROUNDS")).toEqual([]);
		expect(of("CPU_IN_FEW_ROUNDS", { allRoundsEffects: moved(0) })).toEqual([]);
		expect(of("CPU_IN_FEW_ROUNDS", { allRoundsEffects: moved(sample.design.margins.cpu / 2) })).toEqual([]);
		const [found, ...others] = of("CPU_IN_FEW_ROUNDS", { allRoundsEffects: moved(0.4) });
		expect(others).toEqual([]);
		expect(found?.sentence).toMatch(/^slow-auth: in most of the short slices .* over all of them \+4\d % \[/);
	});

	it("says that two equal variants differ, if by more than noise", () => {
		expect(of("BARE_DIFFERS")).toEqual([]);
		expect(of("BARE_DIFFERS", shifted("bare again", 1.05))[0]?.sentence).toMatch(
			/^Bare and bare again are the same and yet differ by \+(4|5)(\.\d)? %/,
		);
		// Surely different, yet too little to matter.
		expect(bareDifferences({ ...sample, ...shifted("bare again", 1.0001) }).some(({ real }) => real)).toBe(false);
		expect(bareDifferences({ ...sample, sets: sample.sets.slice(0, 2) })).toEqual([]);
	});

	it("says that many processes were alive, and what failed", () => {
		expect(of("MANY_ALIVE")).toHaveLength(1);
		expect(of("MANY_ALIVE", { design: { ...sample.design, rotation: 4 } })).toEqual([]);
		const variants = sample.variants.map((each, at) =>
			at === 3 ? { ...each, figures: null, failed: "it exited." } : each,
		);
		expect(of("VARIANT_FAILED", { variants })[0]?.sentence).toBe(
			"The variant “@fastify/helmet alone” could not be measured: it exited. Effects that need it are missing.",
		);
	});
});
