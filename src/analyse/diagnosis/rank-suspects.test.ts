import { describe, expect, it } from "vitest";
import type { Difference } from "#src/model/diagnosis.js";
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
