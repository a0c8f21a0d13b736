// Interrupts az-prof at random moments, 50 times with SIGINT and 20 times with SIGKILL, and counts what is left 5 s later:
// processes that carry the mark of the run, and records that do not say they are partial.
//   node scripts/orphan-check.mjs [--sigint 50] [--sigkill 20] [--seed 1]
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const MARK = "AZ_PROF_TEST_RUN";
const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({
	options: {
		sigint: { type: "string", default: "50" },
		sigkill: { type: "string", default: "20" },
		seed: { type: "string", default: "1" },
	},
});

let state = Number(values.seed);
/** Lehmer generator, 0…1: the moments can be repeated. */
const random = () => {
	state = (state * 48_271) % 2_147_483_647;
	return state / 2_147_483_647;
};

const LONGEST_MS = 9_000;
const WAIT_MS = 5_000;
const out = mkdtempSync(join(tmpdir(), "az-prof-orphans-"));

const marked = (value) =>
	readdirSync("/proc").filter((pid) => {
		if (!/^\d+$/.test(pid)) return false;
		try {
			if (readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ")) return false;
			return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(`${MARK}=${value}`);
		} catch {
			return false;
		}
	});

async function interrupt(signal, index) {
	const value = `${process.pid}-${signal}-${index}`;
	const folder = join(out, value);
	const args = ["flame", "/metrics", "-d", "1500ms", "--warmup", "500ms", "-c", "16", "--out", folder];
	const child = spawn(process.execPath, [join(root, "dist/cli.js"), ...args], {
		env: { ...process.env, [MARK]: value },
		stdio: "ignore",
	});
	const closed = new Promise((resolve) => child.once("close", resolve));
	const atMs = Math.round(random() * LONGEST_MS);
	await Promise.race([sleep(atMs), closed]);
	const hit = child.kill(signal);
	const startedMs = performance.now();
	await Promise.race([closed, sleep(WAIT_MS)]);
	let left = marked(value);
	while (left.length > 0 && performance.now() - startedMs < WAIT_MS) {
		await sleep(50);
		left = marked(value);
	}
	for (const pid of left) process.kill(Number(pid), "SIGKILL");
	const records = existsSync(folder)
		? readdirSync(folder)
				.filter((name) => existsSync(join(folder, name, "run.json")))
				.map((name) => JSON.parse(readFileSync(join(folder, name, "run.json"), "utf8")).status)
		: [];
	return { atMs, hit, left: left.length, goneMs: Math.round(performance.now() - startedMs), records };
}

let bad = 0;
for (const [signal, count] of [
	["SIGINT", Number(values.sigint)],
	["SIGKILL", Number(values.sigkill)],
]) {
	const results = [];
	for (let index = 0; index < count; index++) results.push(await interrupt(signal, index));
	const hit = results.filter((each) => each.hit);
	const orphans = results.reduce((sum, each) => sum + each.left, 0);
	const wrong = hit.filter((each) => each.records.some((status) => status !== "partial")).length;
	const withRecord = hit.filter((each) => each.records.length > 0).length;
	const slowest = Math.max(...hit.map((each) => each.goneMs));
	console.log(
		`${signal}: n = ${count}, interrupted before the end ${hit.length}, processes left after 5 s: ${orphans}, records ${withRecord}, of them not marked partial: ${wrong}, slowest clean-up ${slowest} ms`,
	);
	bad += orphans + wrong;
}
rmSync(out, { recursive: true, force: true });
process.exitCode = bad === 0 ? 0 : 1;
