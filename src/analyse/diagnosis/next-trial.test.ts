import { describe, expect, it } from "vitest";
import type { Difference, Suspect, Trial } from "#src/model/diagnosis.js";
import { nextStep } from "./next-trial.js";

const suspect = (id: string, because: Suspect["because"] = "code", commit = id): Suspect => ({
	difference: {
		...{ kind: "lines", id, file: "a.js", baseFile: "a.js", removed: [], added: [] },
		...{ base: { from: 1, lines: 1 }, head: { from: 1, lines: 1 } },
		commits: [{ commit, subject: "", committedAt: "" }],
	} satisfies Difference,
	because,
	functions: [],
	cost: null,
});

type World = (without: ReadonlySet<string>) => number | "not started";

/** Asks and answers until it is over; `world` says which share of the difference is gone. */
function told(
	suspects: readonly Suspect[],
	world: World,
): { readonly trials: Trial[]; readonly culprits: readonly string[] | null } {
	const trials: Trial[] = [];
	for (let step = nextStep(suspects, trials); ; step = nextStep(suspects, trials)) {
		if (step.kind === "proved") return { trials, culprits: step.culprits };
		if (step.kind === "exhausted") return { trials, culprits: null };
		const answer = world(new Set(step.without));
		const share = answer === "not started" ? null : answer;
		const cpu = { metric: "cpu", unit: "ns", base: 1, head: 2, without: 1, sets: 6 } as const;
		trials.push({
			...{ without: [...step.without], aim: step.aim, reason: null, alpha: 0.01, elapsedMs: 1 },
			outcome: share === null ? "not started" : share >= 0.5 ? "proved" : "refuted",
			takenBack: share === null ? [] : [{ ...cpu, share, low: share - 0.1, high: share + 0.1 }],
		});
		if (trials.length > 200) throw new Error("it goes on for ever");
	}
}

const needs =
	(...ids: string[]): World =>
	(without) =>
		ids.every((id) => without.has(id)) ? 1 : 0;
const many = (count: number): Suspect[] => Array.from({ length: count }, (_, index) => suspect(String(index + 1)));

describe("the next trial", () => {
	it("is of the strongest alone, and the last where that is the cause", () => {
		const { trials, culprits } = told([suspect("1", "owns"), ...many(20).slice(1)], needs("1"));
		expect(trials.map(({ without, aim }) => [without, aim])).toEqual([[["1"], "proof"]]);
		expect(culprits).toEqual(["1"]);
	});

	it.each(many(33).map(({ difference }) => difference.id))("finds number %s of 33 by halves", (id) => {
		const { trials, culprits } = told(many(33), needs(id));
		expect(culprits).toEqual([id]);
		expect(trials.length).toBeLessThanOrEqual(8);
	});

	it("finds one change of a commit of four", () => {
		const suspects = ["1", "2", "3", "4"].map((id) => suspect(id, "code", "same"));
		expect(told([...many(12).slice(4), ...suspects], needs("3")).culprits).toEqual(["3"]);
	});

	it("takes a whole commit back where none of its changes can stand alone", () => {
		const suspects = [suspect("1", "owns", "same"), suspect("2", "code", "same"), suspect("3")];
		const world: World = (without) =>
			without.has("1") !== without.has("2") ? "not started" : without.has("1") ? 1 : 0;
		const { culprits, trials } = told(suspects, world);
		expect(culprits).toEqual(["1", "2"]);
		expect(trials).toHaveLength(2);
	});

	it.each([
		["1", "2"],
		["2", "7"],
		["1", "8"],
		["5", "6"],
	])("takes %s and %s back together where each is a part", (one, other) => {
		const { culprits } = told(many(8), (without) => (Number(without.has(one)) + Number(without.has(other))) * 0.45);
		expect([...(culprits ?? [])].sort()).toEqual([one, other]);
	});

	it("names the smallest half where only all of it together is the cause", () => {
		const { culprits } = told(many(8), needs("1", "2"));
		expect(culprits).toEqual(["1", "2"]);
	});

	it("ends where nothing is the cause, and where there is nothing", () => {
		expect(told(many(8), () => 0).culprits).toBeNull();
		expect(told(many(5), () => "not started").culprits).toBeNull();
		expect(nextStep([], [])).toEqual({ kind: "exhausted" });
	});
});
