import { expect, it } from "vitest";
import { designKindOf, type MatrixDesign, type Ways } from "./plan.js";

const kindOf = (layers: number, ways: Ways, change: Partial<MatrixDesign> = {}): string =>
	designKindOf({ ways, design: { kind: null, leaveOneOut: false, ...change } as MatrixDesign }, layers);

it("is one at a time for absent layers, and a factorial for toggled ones where it takes each by itself", () => {
	expect([1, 8, 16, 17].map((layers) => kindOf(layers, "absent"))).toEqual(Array(4).fill("one-at-a-time"));
	expect([1, 8, 16].map((layers) => kindOf(layers, "toggled"))).toEqual(Array(3).fill("factorial"));
	expect([1, 8, 16].map((layers) => kindOf(layers, "both"))).toEqual(Array(3).fill("factorial"));
	expect(kindOf(17, "both")).toBe("one-at-a-time");
});

it("is what is asked for", () => {
	expect(kindOf(8, "toggled", { kind: "one-at-a-time" })).toBe("one-at-a-time");
	expect(kindOf(8, "absent", { kind: "screen" })).toBe("screen");
	expect(kindOf(8, "toggled", { leaveOneOut: true })).toBe("one-at-a-time");
});
