import { describe, expect, it } from "vitest";
import { Simulation } from "../../../test/fixtures/simulated-contrasts.js";
import { signFlipP, smallestSignFlipP } from "./sign-flip.js";

describe("sign flips", () => {
	it("are counted one by one for few observations", () => {
		expect(signFlipP([1, 1, 1, 1, 1, 1], () => 0)).toBe(2 / 64);
		expect(signFlipP([1, -1], () => 0)).toBe(1);
		expect(signFlipP([3, 1], () => 0)).toBe(0.5);
		expect(signFlipP([], () => 0)).toBe(1);
		expect(smallestSignFlipP(6)).toBe(2 / 64);
	});

	it("cross the eights in which they are counted", () => {
		const values = [5, -1, 2, 0.5, 3, 1, -2, 4, 6, 0.25];
		const total = Math.abs(values.reduce((sum, value) => sum + value, 0));
		let asFar = 0;
		for (let pattern = 0; pattern < 1024; pattern++) {
			const sum = values.reduce((before, value, bit) => before + ((pattern >> bit) & 1 ? value : -value), 0);
			if (Math.abs(sum) >= total - 1e-9) asFar++;
		}
		expect(signFlipP(values, () => 0)).toBe(asFar / 1024);
	});

	it("are drawn for many, and are right for no difference", () => {
		const simulation = new Simulation(3);
		const n = 200;
		let small = 0;
		for (let i = 0; i < n; i++) {
			const values = Array.from({ length: 16 }, () => simulation.heavy());
			if (signFlipP(values, simulation.uniform) <= 0.1) small++;
		}
		expect(small / n).toBeLessThan(0.1 + 3.1 * Math.sqrt(0.09 / n));
		expect(
			signFlipP(
				Array.from({ length: 20 }, () => 1),
				simulation.uniform,
			),
		).toBeLessThan(0.001);
	});
});
