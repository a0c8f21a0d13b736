import { expect, it } from "vitest";
import type { ThreadKind } from "#src/model/cpu-parts.js";
import { addUses, cpuPartsOf, type ThreadCounters, usesBetween } from "./cpu-parts.js";

const counters = (...each: readonly (readonly [tid: number, cpuNs: number, waitNs: number])[]) =>
	new Map(each.map(([tid, cpuNs, waitNs]): [string, ThreadCounters] => [`1/${tid}`, { pid: 1, tid, cpuNs, waitNs }]));
const kinds = new Map<string, ThreadKind>([
	["1/1", "main thread"],
	["1/2", "thread pool"],
	["1/3", "thread pool"],
	["1/4", "V8 helpers"],
]);

it("adds up what each kind used, a new thread from 0 on; one that used nothing is not counted", () => {
	const before = counters([1, 100, 10], [2, 1_000, 0], [4, 50, 0]);
	const after = counters([1, 400, 15], [2, 1_500, 70], [3, 500, 30], [4, 50, 9]);
	expect(usesBetween(before, after, kinds)).toEqual([
		{ kind: "main thread", cpuNs: 300, runQueueWaitNs: 5, threads: 1 },
		{ kind: "thread pool", cpuNs: 1_000, runQueueWaitNs: 100, threads: 2 },
	]);
});

it("the parts of a request add up to what it costs", () => {
	const uses = usesBetween(new Map(), counters([1, 100, 0], [2, 300, 0]), kinds);
	const parts = cpuPartsOf(addUses([uses, uses]), 80);
	expect(parts.map(({ kind, cpuNs, nsPerRequest }) => [kind, cpuNs, nsPerRequest])).toEqual([
		["main thread", 200, 20],
		["thread pool", 600, 60],
	]);
});
