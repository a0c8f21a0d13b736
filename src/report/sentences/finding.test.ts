import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { findingSchema } from "#src/model/finding.js";
import { allocationTold } from "../../../test/fixtures/findings/allocation.js";
import { comparisonTold } from "../../../test/fixtures/findings/comparison.js";
import { doctorTold } from "../../../test/fixtures/findings/doctor.js";
import { loadTold } from "../../../test/fixtures/findings/load.js";
import { machineTold } from "../../../test/fixtures/findings/machine.js";
import { matrixTold } from "../../../test/fixtures/findings/matrix.js";
import { measurementTold } from "../../../test/fixtures/findings/measurement.js";
import { profileTold } from "../../../test/fixtures/findings/profile.js";
import { sweepTold } from "../../../test/fixtures/findings/sweep.js";
import { findingCodes, sentenceOf } from "./finding.js";

const all = [
	...machineTold,
	...measurementTold,
	...loadTold,
	...sweepTold,
	...allocationTold,
	...doctorTold,
	...comparisonTold,
	...matrixTold,
	...profileTold,
];
const inSchema = findingSchema.options.map(({ shape }) => shape.code.value).sort();

describe("the sentence of a finding", () => {
	it.each(all.map(([finding, sentence]) => [finding.code, finding, sentence] as const))(
		"%s",
		(_, finding, sentence) => {
			expect(sentenceOf(finding)).toBe(sentence);
			// What stands in the record is the same finding.
			expect(findingSchema.parse(finding)).toEqual(finding);
		},
	);

	it("is there for every code, is whole, and has a figure wherever it takes one", () => {
		expect([...findingCodes].sort()).toEqual(inSchema);
		expect([...new Set(all.map(([{ code }]) => code))].sort()).toEqual(inSchema);
		for (const [, sentence] of all) {
			expect(sentence).toMatch(/\.$/);
			expect(sentence).not.toMatch(/undefined|NaN|null|\[object|\.\.$/);
		}
	});

	it("is explained for every code in docs/findings.md, and for no other", () => {
		const docs = readFileSync(new URL("../../../docs/findings.md", import.meta.url), "utf8");
		const explained = [...docs.matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(([, code]) => code);
		expect(explained.sort()).toEqual(inSchema);
	});
});
