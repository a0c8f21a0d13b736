import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DoctorRun } from "#src/model/run.js";
import { fixture, runCli, temporaryFolder } from "./support/run-cli.js";

// `az-prof doctor` on servers whose trouble is known by construction.

interface Answer extends DoctorRun {
	readonly headline: string;
	readonly folder: string;
}

const out = temporaryFolder();

async function doctor(
	server: string,
	clients: number,
	duration = "2500ms",
	env: Readonly<Record<string, string>> = {},
): Promise<Answer> {
	const args = [
		...["doctor", "/", "--with", "none", "--json", "--out", out, "-c", String(clients)],
		...["-d", duration, "--warmup", "500ms", "--", process.execPath, fixture(server)],
	];
	const { code, stdout, stderr } = await runCli(args, { env });
	expect(stderr).toBe("");
	expect(code).toBe(0);
	return JSON.parse(stdout) as Answer;
}

/** Other processes may take the core of any target on a shared machine; that is true and not what is asked here. */
const ownVerdicts = ({ doctor: found }: Answer): string[] =>
	(found?.verdicts ?? []).filter((code) => code !== "STARVED");

describe("az-prof doctor", () => {
	it("finds an event loop that stands still 50 ms every second", async () => {
		const answer = await doctor("blocks-loop.cjs", 8, "3500ms");
		expect(ownVerdicts(answer)[0]).toBe("EVENT_LOOP_BLOCKED");
		const finding = answer.findings.find((each) => each.code === "EVENT_LOOP_BLOCKED");
		expect(finding?.figures.longestNs).toBeGreaterThan(35e6);
		expect(finding?.figures.blocks).toBeGreaterThanOrEqual(2);
		const causes = finding?.figures.causes ?? [];
		expect(causes.find(({ cause }) => cause === "code")?.count).toBeGreaterThanOrEqual(2);
		expect(causes.map(({ cause }) => cause)).not.toContain("call");
		expect(causes.reduce((sum, { count }) => sum + count, 0)).toBe(answer.doctor?.blockCount);
		expect(answer.doctor?.delay.maxNs).toBeGreaterThan(35e6);
		expect(answer.doctor?.series.length).toBeGreaterThan(20);
	});

	it("finds a server that waits for something else", async () => {
		const answer = await doctor("waits-for-timers.cjs", 16);
		expect(ownVerdicts(answer)[0]).toBe("IO_BOUND");
		const finding = answer.findings.find((each) => each.code === "IO_BOUND");
		expect(finding?.figures.waitNs).toBeGreaterThan(12e6);
		expect(finding?.figures.workNs).toBeLessThan(8e6);
		expect(answer.headline).toContain("I/O");
	});

	it("finds collections that dominate", async () => {
		const answer = await doctor("collects-garbage.cjs", 4);
		expect(ownVerdicts(answer)).toContain("GC_BOUND");
		expect(ownVerdicts(answer)[0]).toBe("GC_BOUND");
		const pauses = answer.measurements[0]?.allocation?.pauses ?? [];
		const counted = pauses.reduce((sum, { totalNs }) => sum + totalNs, 0);
		// Two sources of the same pauses; Node's entries also hold what its own callbacks around a collection take.
		expect((answer.doctor?.gc.totalNs ?? 0) / counted).toBeGreaterThan(0.7);
		expect((answer.doctor?.gc.totalNs ?? 0) / counted).toBeLessThan(1.7);
	});

	it("finds a thread pool that is full, and no synchronous call", async () => {
		const answer = await doctor("thread-work.mjs", 32, "2s", { WORK: "pbkdf2", ROUNDS: "10000" });
		expect(ownVerdicts(answer)[0]).toBe("POOL_FULL");
		expect(ownVerdicts(answer)).not.toContain("EVENT_LOOP_BLOCKED");
		expect(answer.doctor?.poolDelay?.p50Ns).toBeGreaterThan(3e6);
	});

	it("finds a server that does as much as a core allows, and shows it in every report", async () => {
		const answer = await doctor("burns-cpu.cjs", 4);
		expect(ownVerdicts(answer)[0]).toBe("CPU_BOUND");
		expect(answer.doctor?.utilization).toBeGreaterThan(0.9);
		expect(existsSync(join(answer.folder, "report.html"))).toBe(true);
		expect(readFileSync(join(answer.folder, "report.md"), "utf8")).toContain("event loop");
		const shown = await runCli(["report", answer.folder]);
		expect(shown.code).toBe(0);
		expect(shown.stdout).toContain("standstills");
		expect(shown.stdout).toContain("Event loop at work");
	});

	it("refuses a collector that says nothing about the event loop", async () => {
		const { code, stderr } = await runCli(["doctor", "/", "--with", "v8", "--", process.execPath, fixture("ok.cjs")]);
		expect(code).toBe(2);
		expect(stderr).toMatch(/doctor does not take the collector "v8"; --with takes clinic-doctor/);
	});
});
