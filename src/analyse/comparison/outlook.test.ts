import { describe, expect, it } from "vitest";
import { sampleCompare } from "../../../test/fixtures/report/sample-comparison.js";
import { outlookOf } from "./outlook.js";

const [sample] = sampleCompare().run.comparison?.effects ?? [];
if (sample === undefined) throw new Error("the sample has no effect");
const open = (metric: "cpu" | "alloc" | "p50", secondsToDecide: number | null, setSd: number | null = 0.02) => ({
	...sample,
	metric,
	verdict: "cannot tell" as const,
	secondsToDecide,
	setSd,
});
const looks = {
	effects: [open("cpu", 5), open("alloc", 12)],
	primary: ["cpu", "alloc"] as const,
	sets: 8,
	firstLook: 6,
	lookedAtMs: 30_000,
	nowMs: 32_000,
	withinMs: 60_000,
	untilTimeIsOver: false,
};

describe("a verdict", () => {
	it("is expected when the last of the metrics that it rests on is decided", () => {
		expect(outlookOf(looks)).toEqual({ kind: "expected", ms: 10_000 });
		expect(outlookOf({ ...looks, primary: ["cpu"] })).toEqual({ kind: "expected", ms: 3_000 });
		expect(outlookOf({ ...looks, nowMs: 50_000 })).toEqual({ kind: "expected", ms: 0 });
		expect(outlookOf({ ...looks, effects: [] })).toEqual({ kind: "expected", ms: 0 });
	});

	it("is not expected where that takes longer than there is time, or where nobody can say when", () => {
		const late = { kind: "too late", leftMs: 28_000 };
		expect(outlookOf({ ...looks, effects: [open("cpu", 31)] })).toEqual(late);
		expect(outlookOf({ ...looks, effects: [open("cpu", null)] })).toEqual(late);
		expect(outlookOf({ ...looks, effects: [open("cpu", null, null)] })).toEqual(late);
		expect(outlookOf({ ...looks, sets: 2, effects: [open("cpu", null, null)] })).toEqual(late);
	});

	it("comes at the first look at the earliest, as long as a single set is known", () => {
		const first = { ...looks, sets: 1, lookedAtMs: 6_000, nowMs: 7_000, effects: [open("cpu", null, null)] };
		expect(outlookOf(first)).toEqual({ kind: "at the earliest", ms: 29_000 });
		expect(outlookOf({ ...first, sets: 0 })).toEqual({ kind: "at most", ms: 60_000 });
	});

	it("is not waited for where the time is to be used up", () => {
		expect(outlookOf({ ...looks, untilTimeIsOver: true })).toEqual({ kind: "by time", leftMs: 28_000 });
		expect(outlookOf({ ...looks, untilTimeIsOver: true, nowMs: 61_000 })).toEqual({ kind: "by time", leftMs: 0 });
	});
});
