/**
 * Interrupts az-prof at random moments, with SIGINT and with SIGKILL, and counts what is left 5 s later: processes that carry the mark
 * of the run, and records that do not say they are partial.
 *
 *   npm run script scripts/orphan-check.ts -- [--sigint 50] [--sigkill 20] [--seed 1]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { entryPoint } from "#src/process/entry-point.js";
import { processesWithEnvironment } from "#src/process/process-table.js";
import { seededRandom } from "#src/random.js";
import { isPartial } from "./bench/az-prof.js";
import { sumOf } from "./bench/figures.js";
import { optionsOf } from "./bench/options.js";

const MARK = "AZ_PROF_TEST_RUN";
const LONGEST_MS = 9_000;
const WAIT_MS = 5_000;

const { sigint, sigkill, seed } = optionsOf({
	numbers: {
		sigint: { usual: 50, least: 0, most: 1_000 },
		sigkill: { usual: 20, least: 0, most: 1_000 },
		seed: { usual: 1, least: 0, most: 2 ** 32 - 1 },
	},
});
const random = seededRandom(seed);
const out = mkdtempSync(join(tmpdir(), "az-prof-orphans-"));

interface Interrupted {
	/** Whether it was still running. */
	readonly hit: boolean;
	readonly processesLeft: number;
	readonly goneMs: number;
	readonly records: readonly { readonly partial: boolean }[];
}

async function interrupt(signal: NodeJS.Signals, index: number): Promise<Interrupted> {
	const value = `${process.pid}-${signal}-${index}`;
	const folder = join(out, value);
	const args = ["flame", "/metrics", "-d", "1500ms", "--warmup", "500ms", "-c", "16", "--out", folder];
	const child = spawn(process.execPath, [entryPoint("cli"), ...args], {
		env: { ...process.env, [MARK]: value },
		stdio: "ignore",
	});
	const closed = once(child, "close");
	await Promise.race([sleep(Math.round(random() * LONGEST_MS)), closed]);
	const hit = child.kill(signal);
	const startedMs = performance.now();
	await Promise.race([closed, sleep(WAIT_MS)]);
	let left = processesWithEnvironment(MARK, value);
	while (left.length > 0 && performance.now() - startedMs < WAIT_MS) {
		await sleep(50);
		left = processesWithEnvironment(MARK, value);
	}
	for (const pid of left) process.kill(pid, "SIGKILL");
	return {
		hit,
		processesLeft: left.length,
		goneMs: Math.round(performance.now() - startedMs),
		records: recordsIn(folder).map((file) => ({ partial: isPartial(readFileSync(file, "utf8")) })),
	};
}

const recordsIn = (folder: string): string[] =>
	existsSync(folder)
		? readdirSync(folder)
				.map((name) => join(folder, name, "run.json"))
				.filter((file) => existsSync(file))
		: [];

async function interruptAll(signal: NodeJS.Signals, count: number): Promise<{ readonly bad: number }> {
	const results: Interrupted[] = [];
	for (let index = 0; index < count; index++) results.push(await interrupt(signal, index));
	const hit = results.filter((each) => each.hit);
	const orphans = sumOf(results, ({ processesLeft }) => processesLeft);
	const withRecord = hit.filter(({ records }) => records.length > 0);
	const wrong = withRecord.filter(({ records }) => records.some(({ partial }) => !partial)).length;
	const slowestMs = Math.max(0, ...hit.map(({ goneMs }) => goneMs));
	console.log(
		`${signal}: n = ${count}, interrupted before the end ${hit.length}, processes left after 5 s: ${orphans}, records ${withRecord.length}, of them not marked partial: ${wrong}, slowest clean-up ${slowestMs} ms`,
	);
	return { bad: orphans + wrong };
}

try {
	const results = [await interruptAll("SIGINT", sigint), await interruptAll("SIGKILL", sigkill)];
	process.exitCode = sumOf(results, ({ bad }) => bad) === 0 ? 0 : 1;
} finally {
	rmSync(out, { recursive: true, force: true });
}
