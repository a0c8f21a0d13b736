import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { runRecordSchema } from "#src/model/run.js";
import { processesWithEnvironment } from "#src/process/process-table.js";
import { fixture, runCli, temporaryFolder } from "./support/run-cli.js";

/** Every process below a CLI that was started with this mark in its environment. */
const MARK = "AZ_PROF_TEST_RUN";

/**
 * Sends the signal so long after the run has its folder.
 * @param times as npx does, which passes on what the whole process group was sent
 */
async function interruptAt(ms: number, signal: NodeJS.Signals, out: string, times = 1) {
	const value = `${process.pid}-${ms}-${signal}-${Math.random()}`;
	const runsBefore = folders(out).length;
	const args = ["flame", "/", "--with", "v8", "-d", "3s", "--warmup", "500ms", "-c", "8", "--out", out];
	const result = await runCli([...args, "--", "node", fixture("ok.cjs")], {
		env: { [MARK]: value },
		started: (child) => {
			const poll = setInterval(() => {
				if (folders(out).length === runsBefore) return;
				clearInterval(poll);
				for (let sent = 0; sent < times; sent++) setTimeout(() => child.kill(signal), ms + 20 * sent);
			}, 5);
			child.once("exit", () => clearInterval(poll));
		},
	});
	return { result, left: () => processesWithEnvironment(MARK, value) };
}

const folders = (out: string): string[] => readdirSync(out).filter((name) => /^\d.*Z-/.test(name));

const records = (out: string) =>
	folders(out).map((name) => runRecordSchema.parse(JSON.parse(readFileSync(join(out, name, "run.json"), "utf8"))));

// scripts/orphan-check.ts does the same at 70 random moments.
describe.each([0, 300, 2_000])("%i ms after a run has its folder", (ms) => {
	const out = temporaryFolder();

	it("SIGINT keeps what there is, says so, and leaves no process", async () => {
		const { result, left } = await interruptAt(ms, "SIGINT", out);
		expect(result.code).toBe(130);
		expect(result.stderr).toContain("interrupted by SIGINT");
		await expect.poll(left, { timeout: 5_000 }).toEqual([]);
		expect(records(out).map(({ state }) => state.kind)).toEqual(["partial"]);
	});

	it("SIGKILL leaves no process either, and a record that says it is partial", async () => {
		const { left } = await interruptAt(ms, "SIGKILL", out);
		await sleep(100);
		await expect.poll(left, { timeout: 5_000 }).toEqual([]);
		expect(records(out).map(({ state }) => state.kind)).toEqual(["partial", "partial"]);
	});
});

it.each([
	["SIGTERM", 143],
	["SIGHUP", 129],
] as const)("%s is told from Ctrl-C by the exit code, also when it comes twice", async (signal, code) => {
	const { result, left } = await interruptAt(300, signal, temporaryFolder(), 2);
	expect(result.code).toBe(code);
	expect(result.stderr).toContain(`interrupted by ${signal}`);
	expect(result.stdout).toContain("report: ");
	await expect.poll(left, { timeout: 5_000 }).toEqual([]);
});
