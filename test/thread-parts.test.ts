import { expect, it } from "vitest";
import { usesBetween } from "#src/analyse/threads/cpu-parts.js";
import { cpuReaderOf } from "#src/measure/cpu-reader.js";
import type { ThreadKind } from "#src/model/cpu-parts.js";
import { fetchAnswer } from "#src/target/answer.js";
import { startTarget } from "#src/target/start-target.js";
import { fixture, temporaryFolder } from "./support/run-cli.js";

const endpoint = { method: "GET", path: "/", headers: {}, body: null };
const REQUESTS = 12;
const WARMUP = 3;

/** The share of the target's CPU time that each kind of thread used while it answered. */
async function sharesOf(work: string): Promise<Partial<Record<ThreadKind, number>>> {
	const folder = temporaryFolder();
	const argv = [process.execPath, fixture("thread-work.mjs")];
	const target = await startTarget(
		{ kind: "command", argv, env: { WORK: work }, cwd: folder, port: null },
		{ label: "clean" },
		{
			endpoint,
			expectedStatus: null,
			logFolder: folder,
			secrets: [],
			keepsLog: true,
			pinnedCpus: null,
			startTimeoutMs: 20_000,
			signal: new AbortController().signal,
		},
	);
	try {
		const reader = cpuReaderOf(target) ?? expect.fail("no CPU time can be read");
		for (let i = 0; i < WARMUP; i++) await fetchAnswer(target.origin, endpoint);
		await reader.read();
		const before = reader.threads() ?? expect.fail("threads are not told apart");
		for (let i = 0; i < REQUESTS; i++) await fetchAnswer(target.origin, endpoint);
		await reader.read();
		const uses = usesBetween(before, reader.threads() ?? new Map(), await reader.threadKinds());
		const allNs = uses.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
		return Object.fromEntries(uses.map(({ kind, cpuNs }) => [kind, cpuNs / allNs]));
	} finally {
		await target.end();
	}
}

it.each<[string, ThreadKind]>([
	["main", "main thread"],
	["pbkdf2", "thread pool"],
	["zlib", "thread pool"],
	["worker", "worker threads"],
	["child", "other main threads"],
])("CPU of %s is that of: %s", async (work, kind) => {
	const shares = await sharesOf(work);
	expect(shares[kind]).toBeGreaterThan(0.9);
});
