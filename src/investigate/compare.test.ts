import { describe, expect, it } from "vitest";
import type { Finding } from "#src/model/finding.js";
import type { ComparingProgress } from "#src/model/progress.js";
import { endpoint, load, planFor, simulatedCollector } from "../../test/support/simulated-world/plans.js";
import { design, tellCalibrate, tellCompare } from "../../test/support/simulated-world/stories.js";
import type { Start, TargetTruth } from "../../test/support/simulated-world/target.js";
import { SimulatedWorld } from "../../test/support/simulated-world/world.js";
import { wholeAnswer } from "../../test/support/whole-answer.js";
import { comparedWith, investigateComparison, withSides } from "./compare.js";
import { profile } from "./profile.js";
import { tellRun } from "./run.js";

/** What is true of head; base is as always. */
const headIs =
	(truth: (start: Start) => Partial<TargetTruth>) =>
	(start: Start): Partial<TargetTruth> =>
		start.spec.kind === "command" && start.spec.cwd === "/code/head" ? truth(start) : {};
const worldOf = (truth: (start: Start) => Partial<TargetTruth> = () => ({}), processSd = 0.002) =>
	new SimulatedWorld({ processSd, target: headIs(truth) });

describe("a comparison", () => {
	it("of two equal sides ends at its first look: no change", async () => {
		const world = worldOf();
		const { record, failure } = await tellCompare(world);
		expect(failure).toBeNull();
		expect(record.comparison).toMatchObject({ verdict: "no change" });
		expect(record.comparison?.sets).toHaveLength(6);
		expect(record.measurements.map(({ id, kind }) => [id, kind])).toEqual([
			["base clean GET /items", "slices"],
			["head clean GET /items", "slices"],
			["base light GET /items", "slices"],
			["head light GET /items", "slices"],
			["base v8 GET /items", "window"],
			["head v8 GET /items", "window"],
		]);
		expect(record.profiles.map(({ id }) => id)).toEqual(["base v8", "head v8"]);
		expect(record.target).toMatchObject({ argv: ["node", "head.js"], cwd: "/code/head" });
	});

	it("tells from its first set on what is known, and before its end when that comes", async () => {
		const world = worldOf();
		const told: { readonly progress: ComparingProgress; readonly atMs: number }[] = [];
		const { record } = await tellCompare(
			world,
			{},
			{
				say: (progress) => {
					if (typeof progress !== "string" && progress.kind === "comparing") told.push({ progress, atMs: world.now() });
				},
			},
		);
		const ofSet = (set: number) => told.filter(({ progress }) => progress.set === set);
		expect(ofSet(1)[0]?.progress).toMatchObject({
			phase: "starting",
			fittingSets: null,
			verdict: "cannot tell",
			outlook: { kind: "at most", ms: 60_000 },
		});
		expect(ofSet(2)[0]?.progress.outlook.kind).toBe("at the earliest");
		// The intervals are those of the record.
		const running = record.comparison?.running.filter(({ metric }) => metric === "cpu") ?? [];
		for (const { sets, low, high } of running.slice(0, -1)) {
			const cpu = ofSet(sets + 1)[0]?.progress.effects.find(({ metric }) => metric === "cpu");
			expect(cpu).toMatchObject({ low, high });
		}
		expect(running.length).toBeGreaterThan(3);
		const { progress, atMs } = ofSet(5)[0] ?? {};
		if (progress?.outlook.kind !== "expected" || atMs === undefined) throw new Error("no verdict is expected");
		const perSetMs = (record.comparison?.elapsedMs ?? 0) / 6;
		const endedAtMs = world.now();
		expect(Math.abs(atMs + progress.outlook.ms - endedAtMs)).toBeLessThan(3 * perSetMs);
	});

	it("finds a regression of 10 % at its first look, and its rows say so by the same figures", async () => {
		const { record } = await tellCompare(worldOf(() => ({ cpuNs: 22_000 })));
		const cpu = record.comparison?.effects.find(({ metric }) => metric === "cpu");
		expect(record.comparison?.sets).toHaveLength(6);
		expect(cpu).toMatchObject({ verdict: "regressed" });
		expect(cpu?.low).toBeLessThan(0.1);
		expect(cpu?.high).toBeGreaterThan(0.1);
		expect((cpu?.head ?? 0) / (cpu?.base ?? 1) - 1).toBeCloseTo(cpu?.change ?? 0, 12);
	});

	it("finds three times the CPU after two sets, says so at once, and ends", async () => {
		const { record } = await tellCompare(worldOf(() => ({ cpuNs: 60_000, latencyNs: 1_000, tailNs: 1_800 })));
		expect(record.comparison).toMatchObject({
			verdict: "regressed",
			ending: "large",
			large: { metric: "cpu", sets: 2 },
		});
		expect(record.comparison?.sets).toHaveLength(2);
		expect(record.findings.map(({ code }) => code)).toContain("LARGE_CHANGE");
		expect(record.profiles.map(({ id }) => id)).toEqual(["base v8", "head v8"]);
	});

	it("names the function that became dearer where the whole request cannot tell, and says that it regressed", async () => {
		const others = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`f${index}`, 400 + 20 * index]));
		const world = new SimulatedWorld({
			processSd: 0.1,
			target: ({ spec }) => {
				const isHead = spec.kind === "command" && spec.cwd === "/code/head";
				return { functions: { ...others, count: isHead ? 4_000 : 2_000 }, cpuNs: isHead ? 21_000 : 20_000 };
			},
		});
		const { record } = await tellCompare(world, { withinMs: 30_000 });
		const { effects = [], functions, verdict } = record.comparison ?? {};
		expect(effects.find(({ metric }) => metric === "cpu")).toMatchObject({ verdict: "cannot tell" });
		expect(functions?.changed.map(({ frame, verdict: its }) => [frame.name, its])).toEqual([["count", "dearer"]]);
		expect(verdict).toBe("regressed");
		expect(wholeAnswer(record, new Map())).toMatch(
			/^Regressed: count \(\S+server\.js:\d+\) costs \d\.\d+ µs \[.*\] more CPU a request .*; of the whole request that cannot be told, CPU /,
		);
	});

	it("names no function of two equal sides", async () => {
		const functions = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`f${index}`, 100 + 20 * index]));
		const { record } = await tellCompare(new SimulatedWorld({ processSd: 0.01, target: () => ({ functions }) }));
		expect(record.comparison?.functions).toMatchObject({ changed: [] });
		expect(record.comparison?.functions?.tested).toBeGreaterThan(50);
	});

	it("goes on after a first regression until the others are settled, unless it is to end there", async () => {
		const slower = () => worldOf(() => ({ bytes: 2_200 }));
		const { record } = await tellCompare(slower(), { margins: { ...design.margins, cpu: 0.008 }, firstLook: 4 });
		const { sets = [], ending } = record.comparison ?? {};
		expect({ ending, verdict: record.comparison?.verdict }).toEqual({ ending: "settled", verdict: "regressed" });
		const fast = await tellCompare(slower(), {
			...{ margins: { ...design.margins, cpu: 0.008 }, firstLook: 4 },
			failFast: true,
		});
		expect(fast.record.comparison).toMatchObject({ verdict: "regressed" });
		expect(fast.record.comparison?.sets.length).toBeLessThanOrEqual(sets.length);
	});

	it("that cannot tell goes on until the time is over, and no longer, and takes no profiles unasked", async () => {
		const world = worldOf(() => ({}), 0.2);
		const { record } = await tellCompare(world, { withinMs: 20_000 });
		const { noise, ending } = record.comparison ?? {};
		expect(ending).toBe("time");
		// Seen by the first sets, while there was still something to do about it.
		expect(noise).toMatchObject({ metric: "cpu", margin: 0.02 });
		expect(noise?.sets).toBeLessThanOrEqual(3);
		const codes = record.findings.map(({ code }) => code);
		expect(codes).toEqual(expect.arrayContaining(["NOISY_FOR_MARGIN", "TOO_NOISY", "NOT_PROFILED"]));
		expect(record.profiles).toEqual([]);
		expect(record.comparison?.verdict).toBe("cannot tell");
		const { elapsedMs = 0, sets = [] } = record.comparison ?? {};
		expect(elapsedMs).toBeLessThanOrEqual(20_000);
		expect(elapsedMs + elapsedMs / sets.length).toBeGreaterThan(20_000);
	});

	it("warns at once of answers that differ, and says so in the end", async () => {
		const world = worldOf(() => ({ answer: { status: 200, contentType: "text/html", body: "" } }));
		const warned: Finding[] = [];
		const sides = { kind: "environments", argv: ["node"], baseEnv: {}, headEnv: {}, cwd: "/code" } as const;
		const plan = { ...planFor(world), endpoint, sides, design, collectors: [], profilesAnyway: false };
		const { record } = await investigateComparison({ ...plan, warn: (finding) => warned.push(finding) }, world);
		expect(warned.map(({ code }) => code)).toEqual(["ANSWERS_DIFFER"]);
		expect(record.findings.map(({ code }) => code)).toContain("ANSWERS_DIFFER");
		expect(record.comparison?.answersDiffer).toMatchObject({ kind: "content type" });
	});

	it("refuses a side that limits the rate", async () => {
		const { record, failure } = await tellCompare(worldOf(() => ({ limitedShare: 0.5 })));
		expect(failure).toMatchObject({ code: "TARGET_ANSWER", what: "head answers 50 % of the requests with 429" });
		expect(record.state).toEqual({ kind: "partial", reason: failure?.message });
	});

	it.each(["start", "warm-up", "window"] as const)(
		"whose head dies at its third %s keeps the two sets before, and says that it was head",
		async (diesAt) => {
			const world = worldOf(({ index }) => (index >= 4 ? { diesAt } : {}));
			const { record, failure } = await tellCompare(world);
			expect(failure).toMatchObject({ code: "TARGET_DIED", what: expect.stringMatching(/^head/) });
			expect(record.comparison?.sets).toHaveLength(2);
			expect(record.measurements).toMatchObject([
				{ kind: "slices", variant: "base", regime: "loaded", sets: 2, partial: true },
				{ kind: "slices", variant: "head", regime: "loaded", sets: 2, partial: true },
				{ kind: "slices", variant: "base", regime: "light", sets: 2, partial: true },
				{ kind: "slices", variant: "head", regime: "light", sets: 2, partial: true },
			]);
			expect(world.targets.every(({ wasEnded }) => wasEnded)).toBe(true);
		},
	);

	it("keeps its verdict where a side dies under the profiler", async () => {
		const world = worldOf(({ label }) => (label === "head-v8" ? { diesAt: "window" } : {}));
		const { record, failure } = await tellCompare(world);
		expect(failure).toBeNull();
		expect(record.comparison?.verdict).toBe("no change");
		expect(record.profiles.map(({ id }) => id)).toEqual(["base v8"]);
		expect(record.findings).toContainEqual(expect.objectContaining({ code: "COLLECTOR_FAILED", variant: "head" }));
	});
});

describe("a calibration", () => {
	it("goes on until the time is over, whatever the verdict, and is kept for the machine", async () => {
		const world = worldOf();
		const { record, failure } = await tellCalibrate(world, { withinMs: 20_000 });
		expect(failure).toBeNull();
		expect(record.comparison?.sets.length).toBeGreaterThan(8);
		expect(world.calibrations).toEqual([record.calibration]);
		expect(record.calibration).toMatchObject({ machineKey: "simulated", target: "base, GET /items" });
		// Two processes of the same code differ by 0.2 % each.
		expect(record.calibration?.cpuSetSd).toBeGreaterThan(0.001);
		expect(record.calibration?.cpuSetSd).toBeLessThan(0.006);
	});

	it("is not kept where it did not come to its end", async () => {
		const world = worldOf(({ index }) => (index >= 4 ? { diesAt: "window" } : {}));
		const { record, failure } = await tellCalibrate(world, { withinMs: 20_000 });
		expect(failure).toMatchObject({ code: "TARGET_DIED" });
		expect(record.comparison?.sets).toHaveLength(2);
		expect(record.calibration).toBeNull();
		expect(world.calibrations).toEqual([]);
	});
});

it("steps compose: another story compares twice and profiles on one run", async () => {
	const world = worldOf(() => ({ cpuNs: 22_000 }));
	const plan = planFor(world);
	const request = { kind: "environments", argv: ["node"], baseEnv: {}, headEnv: {}, cwd: "/code" } as const;
	const verdicts: (string | undefined)[] = [];
	const nothing = { measurements: [], profiles: [], comparison: null, findings: [] };
	const { record, failure, trees } = await tellRun(plan, world, "compare", nothing, (run, ledger) =>
		withSides(run, request, async (opened) => {
			const few = await comparedWith(run, { endpoint, load, design: { ...design, firstLook: 2 } }, opened, () => {});
			const more = await comparedWith(run, { endpoint, load, design }, opened, ({ comparison, slices }) =>
				ledger.keep({ comparison, measurements: slices }),
			);
			verdicts.push(few.comparison.verdict, more.comparison.verdict);
			const [clean] = more.slices;
			if (clean === undefined) throw new Error("base was not measured");
			const subject = { endpoint, spec: opened.sides[0].spec, variant: "base", clean };
			await profile(run, simulatedCollector("v8"), subject, ledger.append);
		}),
	);
	expect(failure).toBeNull();
	expect(verdicts).toEqual(["regressed", "regressed"]);
	expect(record.measurements.map(({ id }) => id)).toEqual([
		"base clean GET /items",
		"head clean GET /items",
		"base light GET /items",
		"head light GET /items",
		"base v8 GET /items",
	]);
	expect([...trees.keys()]).toEqual(["base v8"]);
	expect(world.generators).toHaveLength(1);
});
