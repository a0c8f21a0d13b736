import { expect, it } from "vitest";
import { usesBetween } from "#src/analyse/threads/cpu-parts.js";
import { type CpuReader, cpuReaderOf } from "#src/measure/cpu-reader.js";
import { poolWorkOf } from "#src/measure/pool-work.js";
import type { ThreadKind } from "#src/model/cpu-parts.js";
import { fetchAnswer } from "#src/target/answer.js";
import type { RunningTarget } from "#src/target/target.js";
import { rootEndpoint, withFixtureTarget } from "./support/fixture-target.js";

const REQUESTS = 12;
const WARMUP = 3;

const withServer = <T>(work: string, use: (target: RunningTarget, reader: CpuReader) => Promise<T>): Promise<T> =>
	withFixtureTarget(
		"thread-work.mjs",
		(target) => use(target, cpuReaderOf(target) ?? expect.fail("no CPU time can be read")),
		{ WORK: work },
	);

/** The share of the target's CPU time that each kind of thread used while it answered. */
const sharesOf = (work: string): Promise<Partial<Record<ThreadKind, number>>> =>
	withServer(work, async (target, reader) => {
		for (let i = 0; i < WARMUP; i++) await fetchAnswer(target.origin, rootEndpoint);
		await reader.read();
		const before = reader.threads() ?? expect.fail("threads are not told apart");
		for (let i = 0; i < REQUESTS; i++) await fetchAnswer(target.origin, rootEndpoint);
		await reader.read();
		const uses = usesBetween(before, reader.threads() ?? new Map(), await reader.threadKinds());
		const allNs = uses.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
		return Object.fromEntries(uses.map(({ kind, cpuNs }) => [kind, cpuNs / allNs]));
	});

// What is compressed and what comes of it is copied on the main thread, which is a part of a request with zlib.
it.each<[string, ThreadKind, number]>([
	["main", "main thread", 0.9],
	["pbkdf2", "thread pool", 0.9],
	["zlib", "thread pool", 0.7],
	["worker", "worker threads", 0.9],
	["child", "other main threads", 0.9],
])("CPU of %s is that of: %s", async (work, kind, least) => {
	const shares = await sharesOf(work);
	expect(shares[kind]).toBeGreaterThan(least);
});

it.each([
	["pbkdf2", "crypto"],
	["zlib", "zlib"],
])("what fills the pool of %s is %s", async (server, work) => {
	const found = await withServer(server, async (target, reader) => {
		let asking = true;
		const client = (async () => {
			while (asking) await fetchAnswer(target.origin, rootEndpoint);
		})();
		const shares = await poolWorkOf(target, reader);
		asking = false;
		await client;
		return shares;
	});
	expect(found?.[0]).toMatchObject({ work });
	expect(found?.[0]?.share).toBeGreaterThan(0.9);
});
