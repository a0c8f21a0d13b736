import { expect, it } from "vitest";
import type { Matrix } from "#src/model/matrix.js";
import type { MatrixRun } from "#src/model/run.js";
import { sampleMatrix, sampleMatrixFactorial } from "../../../test/fixtures/report/sample-matrix.js";
import { effectOf } from "./matrix.js";
import { costPerRequest } from "./profile-cost.js";

const FACTOR = "@fastify/cors";
const profile = { cleanMeasurementId: "none", variant: `${FACTOR} alone`, measures: "cpu" as const };
const costIn = (run: MatrixRun, matrix: Matrix): number | null =>
	costPerRequest({ ...run, matrix }, { ...run.profiles[0], ...profile } as Parameters<typeof costPerRequest>[1]);

it("is what all layers together took", () => {
	const { run } = sampleMatrix();
	const all = run.matrix?.variants.find(({ name }) => name === "all");
	const [profiled] = run.profiles.filter(({ variant }) => variant === "all");
	if (profiled === undefined) throw new Error("all was not profiled");
	expect(costPerRequest(run, profiled)).toBe(all?.figures?.cpuNsPerRequest);
});

it("is bare and its effect for a layer alone, whether or not the design had it", () => {
	const { run } = sampleMatrixFactorial();
	if (run.matrix === null) throw new Error("no matrix");
	const alone = {
		name: profile.variant,
		way: "absent" as const,
		on: [FACTOR],
		failed: null,
		measurementId: "x",
		figures: null,
	};
	const matrix = { ...run.matrix, variants: [...run.matrix.variants, alone] };
	const bare = matrix.variants.find(({ name }) => name === "bare")?.figures?.cpuNsPerRequest ?? 0;
	const effect = effectOf(matrix, FACTOR, "cpu")?.change ?? 0;
	expect(effect).toBeGreaterThan(0);
	expect(costIn(run, matrix)).toBe(bare + effect);
	const measured = { ...alone, figures: { ...(run.matrix.variants[0]?.figures ?? expect.fail()), cpuNsPerRequest: 1 } };
	expect(costIn(run, { ...matrix, variants: [...run.matrix.variants, measured] })).toBe(bare + effect);
	expect(costIn(run, { ...matrix, effects: [] })).toBeNull();
});
