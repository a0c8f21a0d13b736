import { describe, expect, it } from "vitest";
import type { Frame } from "#src/model/call-tree.js";
import type { Difference } from "#src/model/diagnosis.js";
import type { FunctionVerdicts } from "#src/model/function-verdicts.js";
import { rankSuspects } from "./rank-suspects.js";

const roots = { base: "/base", head: "/head" };

const lines = (id: string, file: string, added: readonly string[], removed: readonly string[] = []): Difference => ({
	...{ kind: "lines", id, file, baseFile: file, commits: [] },
	...{ base: { from: 1, lines: removed.length }, head: { from: 1, lines: added.length } },
	...{ added: [...added], removed: [...removed] },
});

const differences = [
	lines("1", "README.md", ["text"]),
	lines("2", "test/a.test.js", ["await something();"]),
	lines("3", "src/a.js", ["const a = 1;", "const b = 2;"]),
	lines("4", "src/b.js", ["return 1;"]),
	lines("5", "src/c.js", ["await new Promise((done) => setTimeout(done, 1));"], ["return 2;"]),
];
const order = (direction: "regressed" | "improved", isWaiting: boolean) =>
	rankSuspects(differences, null, roots, { direction, isWaiting }).map(({ difference, because }) => [
		difference.id,
		because,
	]);

describe("what differs, without samples", () => {
	it("is code before all else, the smaller change first", () => {
		expect(order("regressed", false)).toEqual([
			["4", "code"],
			["3", "code"],
			["5", "code"],
			["1", "differs"],
			["2", "differs"],
		]);
	});

	it("is first what makes a request wait, where it only waits longer", () => {
		expect(order("regressed", true).filter(([, because]) => because === "waits")).toEqual([["5", "waits"]]);
		expect(order("regressed", true)[0]).toEqual(["5", "waits"]);
		expect(order("improved", true).map(([, because]) => because)).not.toContain("waits");
	});
});

describe("what differs, with samples", () => {
	const frameAt = (line: number): Frame => ({
		...{ name: `f${line}`, file: "/head/src/a.js", line, column: 1, kind: "app", package: null },
	});
	const frames = [34, 35, 60].map(frameAt);
	const ticks = { base: [100, 100, 100, 100], head: [100, 100, 100, 100] };
	const row = (head: number) => ({ base: [10, 10, 11, 9], head: [head, head + 1, head, head - 1] });
	const sampled = {
		functions: frames.map((frame, index) => ({ frame, ticks: row(index === 0 ? 60 : 10), squares: 400 })),
		places: { base: frames, head: frames },
		byKey: { base: new Map(), head: new Map() },
		neighbours: frames.map(() => new Set<number>()),
		allTicks: ticks,
		sources: frames.map(() => "src/a.js"),
		unrecognised: new Set<number>(),
		perTick: { base: [10, 10, 10, 10], head: [10, 10, 10, 10] },
	};
	const cost = { kind: "function", baseNs: 100, headNs: 600, differenceNs: 500, lowNs: 400, highNs: 600 } as const;
	const verdicts = (frame: Frame): FunctionVerdicts => ({
		...{ sets: 4, ticks: { base: 400, head: 400 }, tested: 3, alpha: 0.01 },
		changed: [{ ...cost, frame, verdict: "dearer" }],
	});
	const at = (id: string, from: number): Difference => ({
		...{ kind: "lines", id, file: "src/a.js", baseFile: "src/a.js", commits: [], added: ["x"], removed: ["y"] },
		...{ base: { from, lines: 1 }, head: { from, lines: 1 } },
	});
	const first = (changed: Frame, from: readonly number[]) =>
		rankSuspects(
			from.map((line) => at(String(line), line)),
			{ sampled, sets: [], written: { base: frames.map(() => null), head: frames }, verdicts: verdicts(changed) },
			roots,
			{ direction: "regressed", isWaiting: false },
		).map(({ difference, because }) => [difference.id, because]);

	it("is first what the dearer function holds, also where another one begins in that line", () => {
		expect(first(frameAt(34), [62, 35])[0]).toEqual(["35", "owns"]);
	});

	it("is the nearer one of two behind the same function", () => {
		expect(first(frameAt(35), [38, 36]).slice(0, 2)).toEqual([
			["36", "owns"],
			["38", "owns"],
		]);
	});
});
