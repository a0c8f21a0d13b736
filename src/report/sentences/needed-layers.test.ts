import { describe, expect, it } from "vitest";
import type { Charge, Layer, Matrix } from "#src/model/matrix.js";
import { sampleMatrix } from "../../../test/fixtures/report/sample-matrix.js";
import { wholeAnswer } from "../../../test/support/whole-answer.js";
import { answersDifferNote, keptInSentence, neededClause } from "./needed-layers.js";

const { run } = sampleMatrix();
const matrix = run.matrix as Matrix;

const needed = (id: string, changes: boolean): Layer => ({
	...(run.stack?.layers[0] as Layer),
	id,
	name: id,
	keptIn: {
		reason: "needed",
		without: changes
			? { kind: "other answer", difference: { kind: "key", path: "[0]", key: "password", onlyIn: "head" } }
			: { kind: "no answer", why: "the target exited with code 1 before it listened" },
		besides: [],
	},
});
const charged = (layer: string, nsPerRequest: number, by: Charge["by"] = "source"): Charge => ({
	layer,
	nsPerRequest,
	by,
	functions: by === "name" ? ["serialize", "toPlain"] : [],
});
const clause = (layers: readonly Layer[], charges: readonly Charge[]): string =>
	neededClause({ ...matrix, charges: [...charges] }, { layers });

describe("a layer that could not be left out", () => {
	const serialize = needed("serialize", true);

	it("is in the answer with what the profile charges to it, where that is much beside what was measured", () => {
		expect(clause([serialize], [charged("serialize", 41_000)])).toBe(
			" serialize could not be left out (the answer changes); the profile charges it 41.0 µs of CPU a request, more than any layer measured; --allow serialize measures it all the same.",
		);
		expect(clause([serialize], [charged("serialize", 15_000)])).toMatch(
			/charges it 15\.0 µs of CPU a request; --allow/,
		);
		expect(clause([serialize], [charged("serialize", 5_000)])).toBe("");
		expect(clause([needed("db", false)], [charged("db", 60_000)])).toBe(
			" db could not be left out (the target does not answer without it); the profile charges it 60.0 µs of CPU a request, more than any layer measured.",
		);
		const charges = [charged("serialize", 41_000, "name")];
		const told = wholeAnswer(
			{ ...run, matrix: { ...matrix, charges }, stack: { framework: null, layers: [serialize] } },
			new Map(),
		);
		expect(told).toContain(
			"serialize could not be left out (the answer changes); the profile charges 41.0 µs of CPU a request to functions that are called like it (serialize, toPlain), more than any layer measured",
		);
	});

	it("is said to be of unknown cost where nothing knows of it and it could be measured", () => {
		expect(clause([serialize], [])).toBe(
			" serialize could not be left out (the answer changes), so what it costs is not known; --allow serialize measures it all the same.",
		);
		expect(clause([serialize, needed("trim", true), needed("db", false)], [])).toMatch(
			/^ serialize and 1 more could not be left out \(the answer changes\), so what they cost is not known; --allow serialize/,
		);
		expect(clause([needed("db", false)], [])).toBe("");
		expect(clause([], [])).toBe("");
	});

	it("has all of that with its reason in the list", () => {
		expect(keptInSentence(serialize, { charges: [charged("serialize", 5_000)] })).toBe(
			'cannot be left out: the body[0] has "password" in the rest only; the profile charges it 5.00 µs of CPU a request; --allow serialize measures it all the same',
		);
		expect(keptInSentence(needed("db", false), null)).toBe(
			"cannot be left out: the target exited with code 1 before it listened",
		);
	});
});

it("a layer that was measured although the answer changes is marked, and the difference is told", () => {
	expect(answersDifferNote(matrix)).toBeNull();
	const factors = matrix.factors.map((factor) =>
		factor.name === "slow-auth"
			? { ...factor, answerDiffers: { kind: "status", base: 200, head: 204 } as const }
			: factor,
	);
	expect(answersDifferNote({ factors })).toBe(
		"† Without it the answer differs, so other work is in its figure too (slow-auth: the whole target answers 200, the rest 204).",
	);
});
