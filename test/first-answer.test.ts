import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { functionTicks } from "#src/analyse/call-tree/call-tree.js";
import { callTreeSchema } from "#src/model/call-tree.js";
import { runRecordSchema } from "#src/model/run.js";
import { projectRoot } from "#src/process/entry-point.js";
import { runCli, temporaryFolder } from "./support/run-cli.js";

const hotFunctions = join(projectRoot, "test/fixtures/hot-functions/server.cjs");

it("the first answer names the hottest function with its true share, and is what Ctrl-C leaves behind it", async () => {
	const out = temporaryFolder();
	const window = ["-d", "4s", "--warmup", "300ms", "-c", "8", "--out", out];
	const { code, stdout, stderr } = await runCli(["flame", "/", "--with", "v8", ...window, "--", "node", hotFunctions], {
		started: (child) =>
			child.stderr?.on("data", (text) => String(text).includes("Preliminary") && child.kill("SIGINT")),
	});
	expect(code).toBe(130);
	const told = stderr.replaceAll("\n", " ");
	expect(told).toMatch(/Preliminary, after [\d.]+ s: GET \/ costs .* Hottest function.*: burnSeventy \(.*server\.cjs:/);
	expect(told).toContain("These figures are of 3 s of clean load and 2 s under V8's sampler");
	expect(stdout).toContain("burnSeventy");

	const [run = ""] = readdirSync(out).filter((name) => name.includes("-flame-"));
	const read = (name: string): string => readFileSync(join(out, run, name), "utf8");
	const record = runRecordSchema.parse(JSON.parse(read("run.json")));
	expect(record.state).toMatchObject({ kind: "partial", reason: expect.stringContaining("interrupted by SIGINT") });
	expect(record.measurements.map(({ id, measuredNs }) => [id, Math.round(measuredNs / 1e9)])).toEqual([
		["clean GET /", 3],
		["v8 GET /", 2],
	]);
	expect(record.findings.map(({ code: found }) => found)).toContain("FEW_SECONDS");
	// The page is that of a run which has ended.
	expect(read("report.html")).not.toContain('"nextAtMs"');

	const functions = functionTicks(callTreeSchema.parse(JSON.parse(read("v8/call-tree.json"))));
	const ticksOf = (name: string): number => functions.find(({ frame }) => frame.name === name)?.selfTicks ?? 0;
	const all = ["burnSeventy", "burnTwenty", "burnTen"].map(ticksOf).reduce((sum, ticks) => sum + ticks, 0);
	expect(all).toBeGreaterThan(500);
	expect(ticksOf("burnSeventy") / all).toBeGreaterThan(0.66);
	expect(ticksOf("burnSeventy") / all).toBeLessThan(0.74);
});
