/** What `az-prof load` says of servers that stand still for exactly 1 s, or take exactly 5 ms. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { latencyOf, percentileOf, seriesOf } from "#src/analyse/latency/judged-latency.js";
import type { Window } from "#src/model/measurement.js";
import type { LoadRun } from "#src/model/run.js";
import { recordOf, type Told } from "./support/record-of.js";
import { fixture, runCli, temporaryFolder } from "./support/run-cli.js";

const out = temporaryFolder();
const server = fixture("stalling.cjs");

type Loaded = LoadRun & Told;

async function load(options: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Loaded> {
	const { code, stdout, stderr } = await runCli(
		["load", ...options, "--out", out, "--json", "--", process.execPath, server],
		{ env },
	);
	expect(stderr).toBe("");
	expect(code).toBe(0);
	return recordOf(stdout, "load");
}
const quickest = (histogramV2: string): number =>
	decodeFromCompressedBase64(histogramV2, 64, false).getValueAtPercentile(0);
const windowOf = ({ measurements }: LoadRun): Window => {
	const [first] = measurements;
	if (first === undefined) throw new RangeError("nothing was measured");
	return first;
};
const codes = ({ findings }: LoadRun): string[] => findings.map(({ code }) => code);

/** What the server itself says: from the beginning of its standstill to its next answer, whatever the machine took away meanwhile. */
function standstillNs(run: Loaded): number {
	const log = readFileSync(join(run.folder, "target-clean.log"), "utf8");
	return Number(/stood still ([\d.]+) ms/.exec(log)?.[1]) * 1e6;
}

it("a freeze of 1 s shows in an open loop, and a closed one says that it cannot see it", {
	timeout: 60_000,
}, async () => {
	// Warm for 1.5 s, then a window of 10 s with the freeze in its middle.
	const window = ["-d", "10s", "--warmup", "400ms"];
	const freeze = { AT_MS: "5000" };
	const [open, closed] = await Promise.all([
		load(["/", "--rate", "100", ...window], freeze),
		load(["/", "-c", "8", ...window], freeze),
	]);
	const response = windowOf(open);
	const truthNs = standstillNs(open);
	expect(truthNs).toBeGreaterThanOrEqual(1e9);
	// A request is due every 10 ms: the longest waits for all of it but at most that, the tenth longest for 100 ms less. What the
	// generator was late by, as it says itself, comes on top.
	const lateNs = seriesOf(response, "pacingLag")?.maxNs ?? Number.NaN;
	const longest = latencyOf(response).maxNs ?? Number.NaN;
	expect(longest).toBeGreaterThan(truthNs - 15e6);
	expect(longest).toBeLessThan(truthNs + 50e6 + lateNs);
	const p99 = percentileOf(response, 0.99)?.valueNs ?? Number.NaN;
	expect(p99).toBeGreaterThan(truthNs - 150e6);
	expect(p99).toBeLessThan(truthNs - 50e6 + lateNs);
	expect(response.tallies.missed ?? 0).toBe(0);

	const service = windowOf(closed);
	expect(service.serviceTime.maxNs).toBeGreaterThan(0.95 * standstillNs(closed));
	expect(percentileOf(service, 0.99)?.valueNs).toBeLessThan(0.1e9);
	expect(codes(closed)).toContain("STALL_UNDERSTATED");
	expect(codes(open)).not.toContain("STALL_UNDERSTATED");
});

describe("5 ms more on the server are 5 ms more in the figures", () => {
	for (const how of [
		["-c", "1", "-d", "2s"],
		["--rate", "80", "-d", "2s"],
	]) {
		it(`with ${how.join(" ")}`, { timeout: 30_000 }, async () => {
			const run = await load(["/busy/5", "/busy/10", ...how, "--warmup", "400ms"]);
			// The quickest of some two hundred: other processes only ever add, and not to all of them.
			const [five = Number.NaN, ten = Number.NaN] = run.measurements.map((each) =>
				quickest(latencyOf(each).histogramV2),
			);
			// On top of the 5 ms comes what a core takes to wake up from waiting for them.
			expect(five / 1e6).toBeGreaterThanOrEqual(5);
			expect(five / 1e6).toBeLessThan(8);
			const added = (ten - five) / 1e6;
			expect(Math.abs(added - 5), `5 ms more read ${added} ms more`).toBeLessThan(0.5);
		});
	}
});

it("1 ms more of CPU per request is seen as 1 ms more (within 20 %)", { timeout: 60_000 }, async () => {
	const burner = join(temporaryFolder(), "burner.cjs");
	// Burns by the process's own CPU clock, so the truth does not depend on how busy the machine is. What HTTP costs
	// besides does depend on it: it cancels in the difference of two windows that follow each other in one process.
	writeFileSync(
		burner,
		`require("node:http").createServer((request, response) => {
			const burnUs = Number(request.url.split("/")[1]);
			const from = process.cpuUsage();
			for (;;) {
				const { user, system } = process.cpuUsage(from);
				if (user + system >= burnUs) break;
			}
			response.end("ok");
		}).listen(process.env.PORT, "127.0.0.1");`,
	);
	const pairs = [1, 2, 3, 4, 5].map((pair) => [`/500/${pair}`, `/1500/${pair}`] as const);
	const short = ["-d", "400ms", "--warmup", "200ms", "-c", "8", "--out", out, "--json"];
	const result = await runCli(["load", ...pairs.flat(), ...short, "--", "node", burner]);
	const { measurements } = recordOf(result.stdout, "load");
	const cpuNs = (path: string): number =>
		measurements.find(({ endpoint }) => endpoint.path === path)?.cpu?.nsPerRequest ?? Number.NaN;
	const differences = pairs.map(([light, heavy]) => cpuNs(heavy) - cpuNs(light)).sort((a, b) => a - b);
	const median = differences[2];
	expect(median).toBeGreaterThan(800_000);
	expect(median).toBeLessThan(1_200_000);
});
