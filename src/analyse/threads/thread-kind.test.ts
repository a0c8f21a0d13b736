import { expect, it } from "vitest";
import { type KernelThread, type KnownProcess, threadKey, threadKindsOf } from "./thread-kind.js";

const PID = 100;
const process: KnownProcess = { pid: PID, atStart: [], poolThread: null, poolSize: 4, workers: [] };
const thread = (tid: number, name: string | null, startedAtTicks: number | null = 0): KernelThread => ({
	pid: PID,
	tid,
	name,
	startedAtTicks,
});
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

it("Node 24 and 26: by name, a worker by its id whatever it is called", () => {
	const threads = [
		thread(100, "node-MainThread"),
		thread(101, "DelayedTaskSche"),
		thread(102, "node-V8Worker"),
		thread(103, "V8Worker"),
		thread(106, "SignalInspector"),
		thread(107, "libuv-worker"),
		thread(111, "libuv-worker"),
		thread(112, "WorkerThread"),
		thread(113, "sharp"),
	];
	const kinds = threadKindsOf(threads, [{ ...process, workers: [111] }], PID);
	expect(threads.map((each) => kinds.get(threadKey(each)))).toEqual([
		"main thread",
		"V8 helpers",
		"V8 helpers",
		"V8 helpers",
		"other threads",
		"thread pool",
		"worker threads",
		"worker threads",
		"other threads",
	]);
});

it("Node 20: the pool is there before the agent, and is the last that was made", () => {
	// main, delayed tasks, 4 of V8's, inspector, 4 of libuv's; then a worker and an addon's thread.
	const threads = range(100, 112).map((tid) => thread(tid, "node"));
	const [known] = [{ ...process, atStart: range(100, 110), poolThread: 109, workers: [111] }];
	const kinds = threadKindsOf(threads, [known], PID);
	expect(range(107, 110).map((tid) => kinds.get(threadKey({ pid: PID, tid })))).toEqual(Array(4).fill("thread pool"));
	expect(range(101, 106).map((tid) => kinds.get(threadKey({ pid: PID, tid })))).toEqual(Array(6).fill("V8 helpers"));
	expect(kinds.get("100/111")).toBe("worker threads");
	expect(kinds.get("100/112")).toBe("other threads");
});

it("Node 20, with a pool that was made later: those that were made together", () => {
	const threads = [
		...range(100, 106).map((tid) => thread(tid, "node", 50)),
		...range(107, 110).map((tid) => thread(tid, "node", tid === 110 ? 301 : 300)),
		thread(111, "node", 300),
		thread(112, "node", 700),
	];
	const kinds = threadKindsOf(
		threads,
		[{ ...process, atStart: range(100, 106), poolThread: 108, workers: [111] }],
		PID,
	);
	expect(range(107, 112).map((tid) => kinds.get(threadKey({ pid: PID, tid })))).toEqual([
		...Array(4).fill("thread pool"),
		"worker threads",
		"other threads",
	]);
});

it("a process without an agent is another one, with all of its threads; one that is merely known has names only", () => {
	const threads = [
		thread(100, "node"),
		thread(101, "libuv-worker"),
		thread(102, null, null),
		{ ...thread(7, "x"), pid: 7 },
	];
	const kinds = threadKindsOf(threads, [process], PID);
	expect([...kinds.values()]).toEqual(["main thread", "thread pool", "other threads", "other processes"]);
	const [first] = threadKindsOf(threads, [process], 7).values();
	expect(first).toBe("other main threads");
});
