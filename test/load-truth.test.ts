/** What `az-prof load` says of servers that stand still for exactly 1 s, or take exactly 5 ms. */
import { decodeFromCompressedBase64 } from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { latencyOf, percentileOf } from "#src/analyse/latency/judged-latency.js";
import { type RunRecord, runRecordSchema } from "#src/model/run.js";
import { fixture, runCli, temporaryFolder } from "./support/run-cli.js";

const out = temporaryFolder();
const server = fixture("stalling.cjs");

async function load(options: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<RunRecord> {
	const { code, stdout, stderr } = await runCli(
		["load", ...options, "--out", out, "--json", "--", process.execPath, server],
		{ env },
	);
	expect(stderr).toBe("");
	expect(code).toBe(0);
	return runRecordSchema.parse(JSON.parse(stdout));
}
const lowerDecile = (histogramV2: string): number =>
	decodeFromCompressedBase64(histogramV2, 64, false).getValueAtPercentile(10);
const codes = ({ findings }: RunRecord): string[] => findings.map(({ code }) => code);

it("a freeze of 1 s shows in an open loop, and a closed one says that it cannot see it", {
	timeout: 60_000,
	// What the machine takes away right behind the freeze looks like more of it; then it is measured again.
	retry: 2,
}, async () => {
	// Warm for 1.5 s, then a window of 10 s with the freeze in its middle.
	const window = ["-d", "10s", "--warmup", "400ms"];
	const freeze = { AT_MS: "5000" };
	const [open, closed] = await Promise.all([
		load(["/", "--rate", "100", ...window], freeze),
		load(["/", "-c", "8", ...window], freeze),
	]);
	const response = open.measurements[0];
	if (response === undefined) throw new RangeError("nothing was measured");
	// A tenth of all requests is due in the freeze, and waits for what is left of it: 0 to 1 s, evenly.
	expect(latencyOf(response).maxNs).toBeGreaterThan(0.95e9);
	expect(latencyOf(response).maxNs).toBeLessThan(1.05e9);
	expect(percentileOf(response, 0.99)?.valueNs).toBeGreaterThan(0.95 * 0.9e9);
	expect(percentileOf(response, 0.99)?.valueNs).toBeLessThan(1.05 * 0.9e9);
	expect(response.tallies.missed ?? 0).toBe(0);

	const service = closed.measurements[0];
	if (service === undefined) throw new RangeError("nothing was measured");
	expect(service.serviceTime.maxNs).toBeGreaterThan(0.95e9);
	expect(percentileOf(service, 0.99)?.valueNs).toBeLessThan(0.1e9);
	expect(codes(closed)).toContain("STALL_UNDERSTATED");
	expect(codes(open)).not.toContain("STALL_UNDERSTATED");
});

describe("5 ms more on the server are 5 ms more in the figures", () => {
	for (const how of [
		["-c", "1"],
		["--rate", "50"],
	]) {
		it(`with ${how.join(" ")}`, { timeout: 30_000, retry: 2 }, async () => {
			// A second process on these cores may take a turn of a core away in most requests; then it is measured again.
			const run = await load(["/busy/5", "/busy/10", ...how, "-d", "2s", "--warmup", "400ms"]);
			// The quicker ones: what the machine adds now and then is in the others.
			const [five = Number.NaN, ten = Number.NaN] = run.measurements.map((each) =>
				lowerDecile(latencyOf(each).histogramV2),
			);
			// On top of the 5 ms comes what a core takes to wake up from waiting for them.
			expect(five / 1e6).toBeGreaterThanOrEqual(5);
			expect(five / 1e6).toBeLessThan(8);
			const added = (ten - five) / 1e6;
			expect(Math.abs(added - 5), `5 ms more read ${added} ms more`).toBeLessThan(0.5);
		});
	}
});
