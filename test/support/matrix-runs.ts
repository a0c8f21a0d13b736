import type { LayerEffect, Matrix, Stack } from "#src/model/matrix.js";
import type { MatrixRun } from "#src/model/run.js";
import { fixture, runCli, temporaryFolder } from "./run-cli.js";

/** The whole of `az-prof matrix` on real processes; how often it names the right layer is measured by scripts/matrix-bench.ts. */
export const out = temporaryFolder();
export const short = ["--warmup-requests", "400", "--set", "250ms", "-c", "8", "--within", "4s", "--out", out];
export const TIMEOUT_MS = 90_000;
export const switched = ["--", "node", fixture("switched-layers.cjs")];
export const fastify = ["--", "node", fixture("fastify-layers.cjs")];

/** Of a run that got as far as to measure. */
export type Told = MatrixRun & { headline: string; folder: string; matrix: Matrix; stack: Stack };

export async function matrix(args: readonly string[], options: Parameters<typeof runCli>[1] = {}) {
	const result = await runCli(["matrix", ...args], options);
	const run = (): Told => JSON.parse(result.stdout);
	const cpuOf = (factor: string): LayerEffect | undefined =>
		run().matrix.effects.find((each) => each.factor === factor && each.metric === "cpu");
	return { ...result, run, cpuOf };
}
