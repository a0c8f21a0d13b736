import { join } from "node:path";
import type { MetricName } from "#src/model/comparison.js";
import type { CompareRun } from "#src/model/run.js";
import { projectRoot } from "#src/process/entry-point.js";
import type { RunDocument } from "#src/report/json/document.js";
import { runCli, temporaryFolder } from "./run-cli.js";

/** The whole of `az-prof compare` on real processes; what it finds on known changes is measured by scripts/verdict-bench.ts. */
export const out = temporaryFolder();
const quick = ["--warmup-requests", "1000", "--set", "400ms", "-c", "8", "--out", out, "--json", "--no-profile"];
const bench = (name: string): string => join(projectRoot, "scripts", "verdict-bench", name);
export const injected = ["--", "node", "--require", bench("inject.cjs"), bench("simple.cjs")];
export const TIMEOUT_MS = 120_000;

export async function compare(args: readonly string[], options: Parameters<typeof runCli>[1] = {}) {
	const result = await runCli(["compare", "/", ...quick, ...args], options);
	const run = (): RunDocument<CompareRun> => JSON.parse(result.stdout);
	const effect = (metric: MetricName) => run().comparison?.effects.find((each) => each.metric === metric);
	return { ...result, run, effect };
}
