import { expect, it } from "vitest";
import { byMetric } from "#src/model/metric-names.js";
import { judgeDesign } from "../../../test/fixtures/judge-design.js";
import type { PairedSet } from "./paired-set.js";
import { withMedianThatIsKnown } from "./slow-answers.js";

const setWith = (known: Partial<PairedSet["contrastsAsMeasured"]>) =>
	({ contrastsAsMeasured: { ...byMetric(() => 0), ...known } }) as PairedSet;

it("the median under load is judged in place of a lone request's where light slices hold too few answers", () => {
	const judged = withMedianThatIsKnown(judgeDesign, setWith({ p50: null }));
	expect(judged.weights.p50).toBeUndefined();
	expect(judged.weights["loaded-p50"]).toBe(judgeDesign.weights.p50);
	expect(judged.primary.includes("loaded-p50")).toBe(judgeDesign.primary.includes("p50"));
	expect(judged.primary).not.toContain("p50");
	expect(judged.margins["loaded-p50"]).toBe(judgeDesign.margins.p50);
});

it("nothing is asked in another way before the first set, where both are known, or neither is", () => {
	expect(withMedianThatIsKnown(judgeDesign, undefined)).toBe(judgeDesign);
	expect(withMedianThatIsKnown(judgeDesign, setWith({}))).toBe(judgeDesign);
	expect(withMedianThatIsKnown(judgeDesign, setWith({ p50: null, "loaded-p50": null }))).toBe(judgeDesign);
	const { p50: _, ...weights } = judgeDesign.weights;
	const without = { ...judgeDesign, weights };
	expect(withMedianThatIsKnown(without, setWith({ p50: null }))).toBe(without);
});
