import { expect, it } from "vitest";
import { designKindOf, type MatrixDesign } from "./plan.js";

const kindOf = (layers: number, quick: boolean, change: Partial<MatrixDesign> = {}): string =>
	designKindOf({ quick, design: { kind: null, leaveOneOut: false, ...change } as MatrixDesign }, layers);

it("is one at a time for absent layers, and a factorial for toggled ones where it takes each by itself", () => {
	expect([1, 8, 16, 17].map((layers) => kindOf(layers, false))).toEqual(Array(4).fill("one-at-a-time"));
	expect([1, 8, 16].map((layers) => kindOf(layers, true))).toEqual(Array(3).fill("factorial"));
	expect(kindOf(17, true)).toBe("one-at-a-time");
});

it("is what is asked for", () => {
	expect(kindOf(8, true, { kind: "one-at-a-time" })).toBe("one-at-a-time");
	expect(kindOf(8, false, { kind: "screen" })).toBe("screen");
	expect(kindOf(8, true, { leaveOneOut: true })).toBe("one-at-a-time");
});
