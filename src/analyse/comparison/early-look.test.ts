import { describe, expect, it } from "vitest";
import { Simulation } from "../../../test/fixtures/simulated-contrasts.js";
import { allBeyondKinds, earlyInterval, unrestOf } from "./early-look.js";
import { usualSpreads } from "./start-spread.js";

const { cpu } = usualSpreads;
const LEVEL = 1e-4;

describe("the interval of an early look", () => {
	it("is at least as wide as two kinds of processes are apart, and says nothing of one set", () => {
		expect(earlyInterval([1], cpu, LEVEL, 1)).toBeNull();
		const { low, high, detectable } = earlyInterval([1, 1, 1], cpu, LEVEL, 1) as NonNullable<
			ReturnType<typeof earlyInterval>
		>;
		expect(1 - low).toBeGreaterThan(cpu.kinds);
		expect(high - 1).toBeCloseTo(1 - low, 12);
		expect(detectable).toBeGreaterThan(1 - low);
	});

	it("leaves out zero for a factor of three after two sets, not for a wild one", () => {
		expect(earlyInterval([Math.log(3.1), Math.log(2.9)], cpu, LEVEL, 1)?.low).toBeGreaterThan(0);
		expect(earlyInterval([0.02, 2.2], cpu, LEVEL, 1)?.low).toBeLessThan(0);
	});

	it("is wider where the machine is more restless than what is known of it", () => {
		const simulation = new Simulation(71);
		const rounds = (roundSd: number) => ({ rounds: simulation.rounds(0, { processSd: 0, roundSd, rounds: 40 }) });
		expect(unrestOf([rounds(0.12), rounds(0.12)], cpu)).toBe(1);
		const unrest = unrestOf([rounds(1), rounds(1)], cpu);
		expect(unrest).toBeGreaterThan(2);
		const [usual, wider] = [1, unrest].map((each) => earlyInterval([1, 1.1], cpu, LEVEL, each)?.low ?? 0);
		expect(wider).toBeLessThan(usual as number);
		expect(unrestOf([{ rounds: [0.1, 5] }], cpu)).toBe(1);
	});

	it("counts only what every set by itself shows", () => {
		expect(allBeyondKinds([0.4, 0.9], cpu)).toBe(true);
		expect(allBeyondKinds([-0.4, -0.9], cpu)).toBe(true);
		expect(allBeyondKinds([0.4, 0.2], cpu)).toBe(false);
		expect(allBeyondKinds([0.4, -0.4], cpu)).toBe(false);
	});
});
