import { describe, expect, it } from "vitest";
import { controlDifferences } from "#matrix/effects/control-differences.js";
import { otherWay } from "#matrix/effects/disagreements.js";
import { type Finding, type FindingCode, type FindingOf, findingSchema } from "#src/model/finding.js";
import type { Matrix, MatrixSet, Stack } from "#src/model/matrix.js";
import { sampleMatrix } from "../../test/fixtures/report/sample-matrix.js";
import { findingsOfMatrix, findingsOfStack } from "./findings-of-matrix.js";

const { run } = sampleMatrix();
if (run.command !== "matrix" || run.matrix === null || run.stack === null) throw new Error("the sample is no matrix");
const sample: Matrix = run.matrix;
const stack: Stack = run.stack;

const of = <Code extends FindingCode>(code: Code, changes: Partial<Matrix> = {}): FindingOf<Code>[] =>
	findingsOfMatrix({ ...sample, ...changes })
		.map((each): Finding => findingSchema.parse(each))
		.filter((each) => each.code === code) as FindingOf<Code>[];

/** The sample's sets with the CPU of one variant multiplied. */
function shifted(variant: string, factor: number): Partial<Matrix> {
	const index = sample.variants.findIndex(({ name }) => name === variant);
	const sets = sample.sets.map(
		(set): MatrixSet => ({
			...set,
			figures: set.figures.map((figures, at) =>
				at !== index || figures?.cpuNsPerRequest == null
					? figures
					: { ...figures, cpuNsPerRequest: figures.cpuNsPerRequest * factor },
			),
		}),
	);
	return { sets, controlDifferences: controlDifferences({ ...sample, sets }) };
}

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
		const own = costs.at(-1)?.figures.effects ?? [];
		const [cpu, bytes] = ["cpu", "alloc"].map((metric) => own.find((each) => each.metric === metric));
		expect(cpu).toMatchObject({ metric: "cpu", change: 21_300, low: 19_800, high: 22_800 });
		expect(bytes).toMatchObject({ metric: "alloc", change: 9_410 });
	});

	it("says that layers interact, and whether something would show more", () => {
		const [found] = of("LAYERS_INTERACT");
		expect(found?.figures).toMatchObject({ metric: "cpu", change: 5_200, leaveOneOutWouldTell: true });
		expect(of("LAYERS_INTERACT", { remainders: sample.remainders.map((each) => ({ ...each, large: false })) })).toEqual(
			[],
		);
		const design = { ...sample.design, leaveOneOut: true };
		expect(of("LAYERS_INTERACT", { design })[0]?.figures.leaveOneOutWouldTell).toBe(false);
	});

	it("says which layer is needed, and why", () => {
		expect(findingsOfStack(stack)).toMatchObject([
			{
				code: "LAYER_NEEDED",
				figures: { layer: "@fastify/cookie", name: "@fastify/cookie", without: { kind: "no answer" }, besides: [] },
			},
		]);
	});

	it("says where the profile or skipping hooks disagrees", () => {
		expect(of("PROFILE_DISAGREES").map(({ figures }) => figures.layer)).toEqual(["@fastify/compress"]);
		expect(of("TOGGLED_DISAGREES").map(({ figures }) => [figures.layer, figures.metric])).toEqual([
			["@fastify/compress", "cpu"],
		]);
		const { bothWays: _, ...rest } = sample;
		expect(findingsOfMatrix(rest).filter(({ code }) => code === "TOGGLED_DISAGREES")).toEqual([]);
	});

	it("says which layer does a part of its work in few of the slices, where that is beyond the noise and the margin", () => {
		const cpu = sample.effects.filter(({ metric }) => metric === "cpu");
		const moved = (share: number) => {
			const effects = cpu.map((each) => {
				const by = each.factor === "slow-auth" ? (share / each.share) * each.change : 0;
				return {
					...each,
					change: each.change + by,
					share: each.share + (by === 0 ? 0 : share),
					low: (each.low as number) + by,
					high: (each.high as number) + by,
				};
			});
			return otherWay(sample.effects, effects);
		};
		expect(of("LAYER_CPU_IN_FEW_ROUNDS")).toEqual([]);
		expect(of("LAYER_CPU_IN_FEW_ROUNDS", { allRounds: moved(0) })).toEqual([]);
		expect(of("LAYER_CPU_IN_FEW_ROUNDS", { allRounds: moved(sample.design.margins.cpu / 2) })).toEqual([]);
		const [found, ...others] = of("LAYER_CPU_IN_FEW_ROUNDS", { allRounds: moved(0.4) });
		expect(others).toEqual([]);
		expect(found?.figures.layer).toBe("slow-auth");
		expect((found?.figures.allShare ?? 0) - (found?.figures.typicalShare ?? 0)).toBeCloseTo(0.4, 9);
	});

	it("says that bare and its control differ, if by more than noise", () => {
		expect(of("BARE_DIFFERS")).toEqual([]);
		const [found] = of("BARE_DIFFERS", shifted("bare control", 1.05));
		expect(found?.figures.change).toBeGreaterThan(0.04);
		expect(found?.figures.change).toBeLessThan(0.06);
		// Surely different, yet too little to matter.
		expect(of("BARE_DIFFERS", shifted("bare control", 1.0001))).toEqual([]);
		expect(controlDifferences({ ...sample, sets: sample.sets.slice(0, 2) })).toEqual([]);
	});

	it("hints that a setting may not reach the target, where nothing differs with it", () => {
		const none = { change: 0, share: 0, low: -1, high: 1, verdict: "nothing" } as const;
		const without = (metric: string) =>
			sample.effects.map((each) =>
				each.factor === "@fastify/cors" && each.metric !== metric ? { ...each, ...none } : each,
			);
		const idle = { method: "settings", effects: without("no metric") } as const;
		expect(of("LAYER_SWITCH_IDLE", idle).map(({ figures }) => figures.layer)).toContain("@fastify/cors");
		const cors = (changes: Partial<Matrix>) =>
			of("LAYER_SWITCH_IDLE", changes).filter(({ figures }) => figures.layer === "@fastify/cors");
		expect(cors({ ...idle, method: "absent" })).toEqual([]);
		expect(cors({ ...idle, effects: without("alloc") })).toEqual([]);
		expect(cors({ ...idle, effects: without("cpu") })).toEqual([]);
	});

	it("says that many processes were alive, and what failed", () => {
		expect(of("MANY_ALIVE")).toHaveLength(1);
		expect(of("MANY_ALIVE", { design: { ...sample.design, rotation: 4 } })).toEqual([]);
		const failed = { kind: "died", why: "exited with code 1 under load" } as const;
		const variants = sample.variants.map((each, at) => (at === 3 ? { ...each, figures: null, failed } : each));
		expect(of("VARIANT_FAILED", { variants }).map(({ figures }) => figures)).toEqual([
			{ variant: "@fastify/helmet alone", failed },
		]);
	});
});
