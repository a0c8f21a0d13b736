/** What `az-prof load` does beside one window for each endpoint. */
import { expect, it } from "vitest";
import { isScaling } from "#src/report/sentences/findings/sweep.js";
import { recordOf } from "./support/record-of.js";
import { fixture, runCli, temporaryFolder } from "./support/run-cli.js";

const out = temporaryFolder();
const stalling = ["--", process.execPath, fixture("stalling.cjs")];

it("finds the highest rate that a server holds", { timeout: 80_000 }, async () => {
	// It works 4 ms on each request, one at a time: 250 a second is all it can, and at evenly spaced times nobody waits before.
	const options = ["--find-limit", "--slo", "p95<40ms", "-d", "2s", "--warmup", "400ms", "--out", out, "--json"];
	const { code, stdout, stderr } = await runCli(["load", "/busy/4", ...options, ...stalling]);
	expect(stderr).toBe("");
	expect(code).toBe(0);
	const limit = recordOf(stdout, "load").limits[0];
	// A machine that is noisy lets it hold less, but never more.
	expect(limit?.ratePerSecond).toBeGreaterThan(40);
	expect(limit?.ratePerSecond).toBeLessThan(250);
	expect(limit?.failsAtPerSecond).toBeGreaterThan(limit?.ratePerSecond ?? 0);
	expect(limit?.steps.at(-1)).toMatchObject({ confirms: true, verdict: "held" });
	expect(JSON.parse(stdout).headline).toMatch(/^GET \/busy\/4 holds p95 < 40\.0 ms up to \d+ requests\/s/);
});

it("says that no rate holds what the server never does, exit 1", { timeout: 60_000 }, async () => {
	const options = ["--find-limit", "--slo", "p50<2ms", "-d", "1s", "--warmup", "300ms", "--rate", "20", "--out", out];
	const { code, stdout } = await runCli(["load", "/busy/5", ...options, ...stalling]);
	expect(stdout).toMatch(/^GET \/busy\/5 does not hold p50 < 2\.00 ms at any rate that was tried/);
	expect(code).toBe(1);
});

it("sweeps numbers of clients, and concludes", { timeout: 60_000 }, async () => {
	const options = ["--sweep", "2,16", "-d", "4s", "--warmup", "400ms", "--out", out, "--json"];
	const { code, stdout } = await runCli(["load", "/busy/1", "/busy/4", ...options, ...stalling]);
	expect(code).toBe(0);
	const { measurements, findings } = recordOf(stdout, "load");
	expect(measurements.map(({ load, endpoint }) => [load.kind === "closed" ? load.clients : 0, endpoint.path])).toEqual([
		[2, "/busy/1"],
		[2, "/busy/4"],
		[16, "/busy/1"],
		[16, "/busy/4"],
	]);
	// A machine that is noisy enough makes it unclear, but it never looks like anything else.
	const scaling = findings.filter(isScaling).map(({ code: each }) => each);
	expect(scaling.length).toBeGreaterThan(0);
	expect(["CAPPED_BY_CPU", "CAPPED_BY_CPU_ALREADY", "SCALING_UNCLEAR"]).toEqual(expect.arrayContaining(scaling));
	const relative = findings.find((each) => each.code === "RELATIVE_COST")?.figures;
	expect(relative?.cheapest.endpoint).toBe("GET /busy/1");
	expect(relative?.dearer.map(({ endpoint }) => endpoint)).toEqual(["GET /busy/4"]);
	// 4 ms of work against 1 ms, and some tenths of a millisecond for the request itself in both.
	expect(relative?.dearer[0]?.times).toBeGreaterThan(2.8);
	expect(relative?.dearer[0]?.times).toBeLessThan(4.2);
});
