import { expect, it } from "vitest";
import { Descendants } from "./descendants.js";
import type { ProcessEntry } from "./process-table.js";

const process_ = (pid: number, parentPid: number, startedAtTicks: number): ProcessEntry => ({
	pid,
	parentPid,
	groupId: pid,
	state: "S",
	startedAtTicks,
});

it("follows children of children, whose parents may be gone by now", () => {
	const descendants = new Descendants([{ pid: 10, startedAtTicks: 1 }]);
	expect(descendants.look([process_(10, 2, 1), process_(12, 11, 3), process_(11, 10, 2), process_(20, 2, 1)])).toEqual([
		10, 11, 12,
	]);
	// 11 has ended and 1 has adopted its child, which has a child of its own by now.
	expect(descendants.look([process_(10, 2, 1), process_(12, 1, 3), process_(13, 12, 4)])).toEqual([10, 12, 13]);
});

it("does not take who has the id of one that is gone for it, nor its children", () => {
	const descendants = new Descendants([
		{ pid: 10, startedAtTicks: 1 },
		{ pid: 11, startedAtTicks: 2 },
	]);
	expect(descendants.look([process_(10, 2, 1), process_(11, 2, 99), process_(12, 11, 100)])).toEqual([10]);
});

it("finds by its mark what no parent leads to, with its children, and looks at nobody twice, nor at those that are older", () => {
	const asked: number[] = [];
	const isMarked = (pid: number): boolean => {
		asked.push(pid);
		return pid === 15;
	};
	const descendants = new Descendants([{ pid: 10, startedAtTicks: 5 }], undefined, isMarked);
	const others = [process_(3, 1, 4), process_(30, 1, 6)];
	expect(descendants.look([process_(10, 2, 5), ...others, process_(15, 1, 7), process_(16, 15, 8)])).toEqual([
		10, 15, 16,
	]);
	expect(asked.sort()).toEqual([15, 16, 30]);
	// 10 has ended, and another process has the id of 30.
	expect(descendants.look([process_(3, 1, 4), process_(30, 1, 9), process_(15, 1, 7), process_(16, 15, 8)])).toEqual([
		15, 16,
	]);
	expect(asked.slice(3)).toEqual([30]);
});

it("does not count zombies", () => {
	const descendants = new Descendants([{ pid: 10, startedAtTicks: 1 }]);
	expect(descendants.look([{ ...process_(10, 2, 1), state: "Z" }])).toEqual([]);
});
