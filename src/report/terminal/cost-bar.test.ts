import { describe, expect, it } from "vitest";
import { costBar } from "./cost-bar.js";

describe("a bar of cost", () => {
	it("is full up to what is sure and shaded up to where it may end", () => {
		expect(costBar({ sure: 5, atMost: 8 }, 10, 10)).toBe("█████░░░");
		expect(costBar({ sure: 10, atMost: 10 }, 10, 10)).toBe("██████████");
	});

	it("shows something of anything, and nothing of nothing", () => {
		expect(costBar({ sure: 0.001, atMost: 0.001 }, 10, 10)).toBe("▏");
		expect(costBar({ sure: 0, atMost: 0 }, 10, 10)).toBe("");
		expect(costBar({ sure: 1, atMost: 1 }, 0, 10)).toBe("");
	});

	it("is never longer than its columns", () => {
		for (let sure = -2; sure <= 14; sure += 0.37) {
			expect([...costBar({ sure, atMost: sure + 3 }, 10, 7)].length).toBeLessThanOrEqual(7);
		}
	});
});
