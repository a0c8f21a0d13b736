import { describe, expect, it } from "vitest";
import { KnownError } from "#src/errors.js";
import { tellRun } from "#src/investigate/run.js";
import type { Matrix } from "#src/model/matrix.js";
import type { MatrixRun } from "#src/model/run.js";
import { expectSame } from "../../test/support/expect-same.js";
import { type SimulatedApplication, truthOf, variableOf } from "../../test/support/simulated-world/layers.js";
import { endpoint, load, planFor, simulatedCollector } from "../../test/support/simulated-world/plans.js";
import type { Disturbance } from "../../test/support/simulated-world/steps.js";
import type { TargetTruth } from "../../test/support/simulated-world/target.js";
import { SimulatedWorld } from "../../test/support/simulated-world/world.js";
import { investigateMatrix, type KeepMatrix, measureMatrix } from "./matrix.js";
import type { MatrixDesign, MatrixPlan, Ways } from "./plan.js";

/** Layers of a known cost: one dear, one cheap, one that costs nothing. */
const gateway: SimulatedApplication = {
	layers: { auth: { cpuNs: 20_000, bytes: 4_000 }, cors: { cpuNs: 5_000 }, etag: { cpuNs: 0 } },
};
const two: SimulatedApplication = { layers: { auth: { cpuNs: 20_000 }, cors: { cpuNs: 5_000 } } };

const design: MatrixDesign = {
	kind: null,
	leaveOneOut: false,
	clients: 16,
	light: { kind: "closed", clients: 1 },
	withinMs: 1,
	variantMs: 60,
	sliceMs: 15,
	warmupRequests: 400,
	warmupMaxMs: 2_000,
	seed: 11,
	semiSpaceMiB: 16,
	confidence: 0.95,
	alpha: 0.01,
	margins: { p50: 0.03, "loaded-p50": 0.03, p99: 0.1, "loaded-p99": 0.1, cpu: 0.01, alloc: 0.01, rps: 0.03 },
	mostAlive: null,
};

/** Room for flamegraphs, and few slices in it: they are what a simulated set takes its time for. */
const inSomeSlices: Partial<MatrixDesign> = { withinMs: 90_000, variantMs: 1_000, sliceMs: 200 };

interface Told {
	readonly world: SimulatedWorld;
	readonly run: MatrixRun;
	readonly failure: Error | null;
}

async function tell(
	app: SimulatedApplication,
	change: Partial<Omit<MatrixPlan, "design">> & { readonly design?: Partial<MatrixDesign> } = {},
	disturbance: Disturbance | null = null,
	startMs = 300,
): Promise<Told> {
	const world = new SimulatedWorld({ target: truthOf(app), startMs }, disturbance);
	const plan: MatrixPlan = {
		...planFor(world),
		load,
		endpoint,
		settings: [],
		only: null,
		skip: [],
		allow: [],
		ways: "absent",
		whatToProfile: { kind: "none" },
		cpuCollectors: [],
		allocationCollectors: [],
		...change,
		design: { ...design, ...change.design },
	};
	const { record, failure } = await investigateMatrix(plan, world);
	return { world, run: record, failure };
}

function matrixIn({ run, failure }: Told): Matrix {
	if (failure !== null) throw failure;
	if (run.matrix === null) throw new Error("nothing was measured");
	return run.matrix;
}

const cpuOf = ({ effects }: Matrix, factor: string) =>
	effects.find((each) => each.factor === factor && each.metric === "cpu");
const keptIn = ({ run }: Told, id: string) => run.stack?.layers.find((layer) => layer.id === id)?.keptIn;
const codes = ({ run }: Told): string[] => run.findings.map(({ code }) => code);

/** Nothing of the run is left alive. */
function expectEnded({ world, run }: Told, where = "at the end"): void {
	expectSame(
		{
			alive: world.targets.filter(({ isAlive }) => isAlive).map(({ start }) => start.label),
			notEnded: world.targets.filter(({ wasEnded }) => !wasEnded).map(({ start }) => start.label),
			notClosed: world.generators.filter(({ isClosed }) => !isClosed).length,
			command: run.command,
		},
		{ alive: [], notEnded: [], notClosed: 0, command: "matrix" },
		where,
	);
}

describe("what layers cost", () => {
	it.each([
		["one at a time", {}, "absent"],
		["factorial", { kind: "factorial" }, "absent"],
		["in blocks, where not all fit side by side", { mostAlive: 4 }, "absent"],
		["screen", { kind: "screen" }, "absent"],
		["each left out of all as well", { leaveOneOut: true }, "absent"],
	] as const)("is found: %s", async (_, change, method) => {
		const told = await tell(gateway, { design: change });
		const matrix = matrixIn(told);
		expect(matrix.method).toBe(method);
		for (const [name, { cpuNs }] of Object.entries(gateway.layers)) {
			const effect = cpuOf(matrix, name);
			// A screen ends with what it could tell in its first, short stage.
			if (effect === undefined) throw new Error(`no effect of ${name}`);
			expect(Math.abs(effect.change - cpuNs)).toBeLessThan(600);
		}
		expect(cpuOf(matrix, "auth")?.verdict).toBe("costs");
		expect(cpuOf(matrix, "cors")?.verdict).toBe("costs");
		expect(cpuOf(matrix, "etag")?.verdict).not.toBe("costs");
		expect(codes(told)).toContain("LAYER_COST");
		expect(told.run.state.kind).toBe("complete");
		expectEnded(told);
	});

	it("is found in one warm process, as a factorial, and by names that the user gave", async () => {
		const quick = await tell(gateway, { ways: "toggled" });
		expect(matrixIn(quick)).toMatchObject({ method: "toggled", design: { kind: "factorial", rotation: 1, blocks: 1 } });
		expect(Math.abs((cpuOf(matrixIn(quick), "auth")?.change ?? 0) - 20_000)).toBeLessThan(600);
		expect(quick.world.targets.filter(({ start }) => start.label === "toggled").length).toBeGreaterThanOrEqual(2);
		const settings = ["auth", "cors"].map((name) => ({
			name,
			off: { env: { [variableOf(name)]: "0" }, flags: [] },
			on: { env: {}, flags: [] },
		}));
		const named = await tell(two, { settings });
		expect(matrixIn(named).method).toBe("settings");
		expect(named.run.stack).toMatchObject({ framework: null, layers: [{ kind: "setting" }, { kind: "setting" }] });
		expect(Math.abs((cpuOf(matrixIn(named), "auth")?.change ?? 0) - 20_000)).toBeLessThan(600);
	});

	it("is held against what skipping hooks says, where that is asked for", async () => {
		const becomes = (_: ReadonlySet<string>, { label }: { readonly label: string }): Partial<TargetTruth> =>
			label === "toggled" ? { cpuNs: 60_000 } : {};
		const matrix = matrixIn(await tell({ ...two, becomes }, { ways: "each both ways" }));
		expect(matrix.bothWays?.effects.length).toBeGreaterThan(0);
		expect(matrix.bothWays?.disagreements.map(({ factor, metric }) => `${factor} ${metric}`)).toContain("auth cpu");
		expect(matrixIn(await tell(two)).bothWays).toBeUndefined();
	});

	it.each(["absent", "toggled", "both"] as const)(
		"is found in what a lone request waits for, where it is no work: %s",
		async (ways) => {
			const waiting: SimulatedApplication = { layers: { cors: { cpuNs: 0 }, slow: { cpuNs: 0, waitsNs: 400 } } };
			const told = await tell(waiting, { ways });
			const { effects, design, variants } = matrixIn(told);
			const waits = effects.find(({ factor, metric }) => factor === "slow" && metric === "p50");
			expect(waits).toMatchObject({ verdict: "costs" });
			expect(Math.abs((waits?.change ?? 0) - 400)).toBeLessThan(20);
			expect(effects.find(({ factor, metric }) => factor === "cors" && metric === "p50")?.verdict).toBe("nothing");
			expect(design.light).toEqual({ kind: "closed", clients: 1 });
			expect(variants[0]?.figures?.p50Ns ?? 0).toBeGreaterThan(0);
		},
	);

	it("has a control, the same as bare", async () => {
		const told = await tell(gateway);
		const matrix = matrixIn(told);
		expect(matrix.variants.filter(({ on }) => on.length === 0).map(({ name }) => name)).toEqual([
			"bare",
			"bare control",
		]);
		expect(matrix.controlDifferences.map(({ metric }) => metric)).toContain("cpu");
		expect(codes(told)).not.toContain("BARE_DIFFERS");
	});
});

describe("hooks skipped first, then what was named left out", () => {
	const waysOf = ({ effects }: Matrix, metric: string): string[] =>
		effects.filter((each) => each.metric === metric).map(({ factor, way }) => `${factor} ${way}`);
	const both = (app: SimulatedApplication, withinMs: number, change: Partial<MatrixPlan> = {}) =>
		tell(app, { ways: "both", ...change, design: { withinMs } });
	const six: SimulatedApplication = {
		layers: { ...gateway.layers, log: { cpuNs: 0 }, id: { cpuNs: 0 }, csrf: { cpuNs: 0 } },
	};

	it("tells names and sizes in one run", async () => {
		const told = await both(six, 30_000);
		const matrix = matrixIn(told);
		expect(matrix).toMatchObject({ method: "both", design: { kind: "factorial", rotation: 4 } });
		expect(waysOf(matrix, "cpu").sort()).toEqual([
			"auth absent",
			"cors absent",
			"csrf toggled",
			"etag toggled",
			"id toggled",
			"log toggled",
		]);
		for (const [name, { cpuNs }] of Object.entries(six.layers)) {
			expect(Math.abs((cpuOf(matrix, name)?.change ?? Infinity) - cpuNs)).toBeLessThan(600);
		}
		const names = matrix.variants.map(({ name }) => name);
		expect(names.slice(0, 6)).toEqual(["bare", "auth alone", "all but auth", "cors alone", "all but cors", "all"]);
		expect(names.slice(6).every((name) => name.startsWith("toggled "))).toBe(true);
		expect([...new Set(matrix.sets.map(({ way }) => way))]).toEqual(["toggled", "absent"]);
		expect(matrix.bothWays?.disagreements).toEqual([]);
		expect(matrix.bothWays?.effects.filter(({ metric }) => metric === "cpu")).toMatchObject([
			{ factor: "auth", way: "toggled" },
			{ factor: "cors", way: "toggled" },
		]);
		expect(told.world.now()).toBeLessThanOrEqual(30_000 * 1.1);
		expect(told.run.measurements.map(({ variant }) => variant)).toContain("toggled bare");
		expectEnded(told);
	});

	it("finds what a layer costs by being there: where both differ, the layer that was left out is believed", async () => {
		const becomes = (off: ReadonlySet<string>, { label }: { readonly label: string }): Partial<TargetTruth> =>
			label === "toggled" ? { cpuNs: 50_000 + (off.has("auth") ? 0 : 10_000) } : {};
		const told = await both({ ...gateway, becomes }, 30_000);
		const matrix = matrixIn(told);
		expect(cpuOf(matrix, "auth")).toMatchObject({ way: "absent", verdict: "costs" });
		const differ = matrix.bothWays?.disagreements ?? [];
		expect(differ.filter(({ metric }) => metric === "cpu")).toMatchObject([{ factor: "auth" }]);
		expect(codes(told)).toContain("TOGGLED_DISAGREES");
		// cors was not named, and costs 5 µs by being there.
		const rest = matrix.remainders.find(({ metric }) => metric === "cpu");
		expect(Math.abs((rest?.change ?? 0) - 5_000)).toBeLessThan(1_200);
		expect(rest?.large).toBe(true);
		const interact = told.run.findings.find(({ code }) => code === "LAYERS_INTERACT");
		expect(interact?.figures).toMatchObject({ metric: "cpu", partlySkipped: true, leaveOneOutWouldTell: false });
	});

	it.each([12_000, 20_000, 45_000, 90_000])("keeps to %i ms", async (withinMs) => {
		const told = await tell(six, { ways: "both", design: { withinMs, variantMs: null, warmupRequests: 6_000 } });
		matrixIn(told);
		expect(told.world.now()).toBeLessThanOrEqual(withinMs * 1.1);
		if (withinMs > 20_000) expect(told.world.now()).toBeGreaterThan(withinMs * 0.75);
	});

	it("has names only where there is no time for sizes, and says so", async () => {
		const told = await both(six, 1);
		expect(matrixIn(told).method).toBe("toggled");
		expect(matrixIn(told).bothWays).toBeUndefined();
		expect(told.run.findings.find(({ code }) => code === "ONE_WAY_ONLY")?.figures).toMatchObject({
			way: "toggled",
			why: { kind: "no time", suspects: ["auth", "cors"] },
		});
	});

	it("leaves out every layer where hooks cannot be skipped, and the other way round", async () => {
		const becomes = (when: (label: string) => boolean, change: Partial<TargetTruth>): SimulatedApplication => ({
			...gateway,
			becomes: (_, { label }) => (when(label) ? change : {}),
		});
		const noSkipping = await both(
			becomes((label) => label === "toggled", { diesAt: "window" }),
			30_000,
		);
		expect(matrixIn(noSkipping)).toMatchObject({ method: "absent", design: { kind: "one-at-a-time" } });
		expect(waysOf(matrixIn(noSkipping), "cpu")).toEqual(["auth absent", "cors absent", "etag absent"]);
		expect(noSkipping.run.findings.find(({ code }) => code === "ONE_WAY_ONLY")?.figures).toMatchObject({
			way: "absent",
			why: { kind: "failed", message: expect.stringContaining("exited with code 1") },
		});
		expectEnded(noSkipping);
		const noLeaving = await both(
			becomes((label) => label === "bare", { diesAt: "window" }),
			30_000,
		);
		expect(matrixIn(noLeaving).method).toBe("toggled");
		expect(cpuOf(matrixIn(noLeaving), "auth")).toMatchObject({ way: "toggled", verdict: "costs" });
		expect(codes(noLeaving)).toContain("ONE_WAY_ONLY");
		expectEnded(noLeaving);
	});

	it("has flamegraphs of layers that were left out, and of others that are asked for", async () => {
		const told = await both(six, 90_000, {
			whatToProfile: { kind: "named", names: ["auth", "log"] },
			cpuCollectors: [simulatedCollector("v8")],
		});
		expect(told.run.profiles.map(({ id }) => id)).toEqual(["bare v8", "all v8", "auth alone v8", "log alone v8"]);
		const alone = matrixIn(told).variants.filter(({ name }) => name === "log alone");
		expect(alone).toMatchObject([{ way: "absent", figures: null }]);
	});
});

describe("a variant that is still cold", () => {
	it("is not judged by that set, and that is said", async () => {
		const becomes = (off: ReadonlySet<string>, { index }: { readonly index: number }): Partial<TargetTruth> =>
			off.has("cors") && !off.has("auth") && index < 20 ? { warmAfter: 8_000 } : {};
		const told = await tell({ ...gateway, becomes }, { design: { withinMs: 40_000, variantMs: 600 } });
		const matrix = matrixIn(told);
		const alone = matrix.variants.findIndex(({ name }) => name === "auth alone");
		expect(matrix.sets.map(({ cold }) => cold.includes(alone)).slice(0, 2)).toEqual([true, true]);
		expect(matrix.sets.at(-1)?.cold).toEqual([]);
		expect(matrix.sets[0]?.figures[alone]).toMatchObject({ cpuNsPerRequest: null, p50Ns: null });
		expect(Math.abs((cpuOf(matrix, "auth")?.change ?? 0) - 20_000)).toBeLessThan(600);
		const [found] = told.run.findings.filter(({ code }) => code === "VARIANTS_NOT_WARM");
		expect(found?.figures).toMatchObject({ variants: [{ variant: "auth alone" }] });
	});

	it("in every set is claimed nothing of", async () => {
		const becomes = (off: ReadonlySet<string>): Partial<TargetTruth> =>
			off.has("cors") && !off.has("auth") ? { warmAfter: 8_000 } : {};
		const told = await tell({ ...gateway, becomes }, { design: { withinMs: 20_000, variantMs: 600 } });
		expect(cpuOf(matrixIn(told), "auth")).toBeUndefined();
		expect(cpuOf(matrixIn(told), "cors")?.verdict).toBe("costs");
		expect(told.run.findings.find(({ code }) => code === "VARIANTS_NOT_WARM")?.severity).toBe("warning");
	});
});

describe("a matrix stops", () => {
	it("when its time is over and not before the fewest sets, whatever they say", async () => {
		const long = matrixIn(await tell(gateway, { design: { withinMs: 16_000 } }));
		const short = matrixIn(await tell(gateway, { design: { withinMs: 1 } }));
		expect(short.sets).toHaveLength(3);
		expect(long.sets.length).toBeGreaterThan(4);
		expect(long.elapsedMs).toBeLessThanOrEqual(16_000);
	});

	it("with its flamegraphs in the time that was given, and says which of them had none", async () => {
		const inTime = async (withinMs: number): Promise<Told> => {
			const told = await tell(gateway, {
				whatToProfile: { kind: "real" },
				cpuCollectors: [simulatedCollector("v8")],
				allocationCollectors: [simulatedCollector("heap", "allocation")],
				design: { ...inSomeSlices, withinMs },
			});
			matrixIn(told);
			return told;
		};
		const all = await inTime(90_000);
		expect(all.world.now()).toBeLessThanOrEqual(90_000 * 1.1);
		expect(all.world.now()).toBeGreaterThan(90_000 * 0.6);
		expect(codes(all)).not.toContain("PROFILES_LEFT_OUT");
		const some = await inTime(30_000);
		expect(some.world.now()).toBeLessThanOrEqual(30_000 * 1.1);
		expect(some.run.profiles.length).toBeGreaterThanOrEqual(2);
		expect(codes(some)).toContain("PROFILES_LEFT_OUT");
		const none = await inTime(1_000);
		expect(none.run.profiles).toEqual([]);
		expect(codes(none)).toEqual(expect.arrayContaining(["PROFILES_LEFT_OUT", "MATRIX_OVER_TIME"]));
	});

	it("with more sets where there are few variants", async () => {
		const one = matrixIn(await tell({ layers: { auth: { cpuNs: 20_000 } } }, { design: { withinMs: 1 } }));
		expect(one.variants.map(({ name }) => name)).toEqual(["bare", "all"]);
		expect(one.sets).toHaveLength(7);
	});
});

describe("a layer that cannot be left out", () => {
	it("is said with the reason, and on in every variant", async () => {
		const becomes = (off: ReadonlySet<string>): Partial<TargetTruth> =>
			off.has("cors")
				? { diesAt: "start" }
				: off.has("etag")
					? { answer: { status: 404, contentType: null, body: "" } }
					: {};
		const told = await tell({ ...gateway, becomes });
		const matrix = matrixIn(told);
		expect(matrix.factors.map(({ name }) => name)).toEqual(["auth"]);
		expect(keptIn(told, "cors")).toEqual({
			reason: "needed",
			without: { kind: "no answer", why: "the target exited with code 1 before it listened" },
			besides: [],
		});
		expect(keptIn(told, "etag")).toMatchObject({
			reason: "needed",
			without: { difference: { kind: "status", head: 404 } },
		});
		expect(codes(told).filter((code) => code === "LAYER_NEEDED")).toHaveLength(2);
		expect(Math.abs((cpuOf(matrix, "auth")?.change ?? 0) - 20_000)).toBeLessThan(600);
	});

	/** Without etag the answer has another shape, and without cors the server does not start. */
	const changing = (off: ReadonlySet<string>): Partial<TargetTruth> => ({
		...(off.has("cors") ? { diesAt: "start" } : {}),
		...(off.has("etag")
			? { answer: { status: 200, contentType: "application/json", body: '{"ok":true,"tag":1}' } }
			: {}),
	});

	it("as the answer changes is measured all the same where that is allowed, beside the others", async () => {
		const named = ({ factors }: Matrix) => factors.map(({ name }) => name);
		const refused = await tell({ ...gateway, becomes: changing });
		expect(named(matrixIn(refused))).toEqual(["auth"]);
		const allowed = await tell({ ...gateway, becomes: changing }, { allow: ["etag", "cors"] });
		const matrix = matrixIn(allowed);
		expect(named(matrix)).toEqual(["auth", "etag"]);
		expect(matrix.factors.map(({ answerDiffers }) => answerDiffers)).toEqual([
			undefined,
			{ kind: "key", path: "", key: "tag", onlyIn: "head" },
		]);
		expect(Math.abs(cpuOf(matrix, "etag")?.change ?? Infinity)).toBeLessThan(600);
		expect(keptIn(allowed, "cors")?.reason).toBe("needed");
		expectEnded(allowed);
		const quick = matrixIn(await tell({ ...gateway, becomes: changing }, { allow: ["etag"], ways: "toggled" }));
		expect(quick.variants.filter(({ failed }) => failed !== null)).toEqual([]);
		const unknown = await tell(gateway, { allow: ["ehtag"] });
		expect(unknown.failure?.message).toMatch(/^--allow ehtag: there is no such layer; the nearest is etag/);
	});

	it("is charged with what the profile says of it", async () => {
		const becomes = (off: ReadonlySet<string>): Partial<TargetTruth> => (off.has("cors") ? { diesAt: "start" } : {});
		const told = await tell(
			{ ...gateway, becomes },
			{
				whatToProfile: { kind: "real" },
				cpuCollectors: [simulatedCollector("v8", "cpu", "/code/cors.js")],
				design: inSomeSlices,
			},
		);
		const [charge, ...more] = matrixIn(told).charges;
		expect(more).toEqual([]);
		expect(charge).toMatchObject({ layer: "cors", by: "source" });
		// All ticks are in its file.
		expect(charge?.nsPerRequest ?? 0).toBeGreaterThan(70_000);
	});

	it("may be left out with another one, as one factor", async () => {
		const becomes = (off: ReadonlySet<string>): Partial<TargetTruth> =>
			off.has("cors") !== off.has("etag") ? { diesAt: "start" } : {};
		const matrix = matrixIn(await tell({ ...gateway, becomes }));
		expect(matrix.factors.map(({ name }) => name)).toEqual(["auth"]);
		const pair = (off: ReadonlySet<string>): Partial<TargetTruth> =>
			off.has("cors") && !off.has("etag") ? { diesAt: "start" } : {};
		expect(matrixIn(await tell({ ...gateway, becomes: pair })).factors.map(({ name }) => name)).toEqual([
			"auth",
			"cors + etag",
		]);
	});

	it("leaves nothing to measure where there is no other: that is said, and what was found is kept", async () => {
		const becomes = (off: ReadonlySet<string>): Partial<TargetTruth> => (off.size > 0 ? { diesAt: "start" } : {});
		const told = await tell({ ...two, becomes });
		expect(told.failure?.message).toMatch(/^there is no layer to switch on GET \/items: all that were found stay in/);
		expect(told.run.matrix).toBeNull();
		expect(told.run.stack?.layers.map(({ keptIn }) => keptIn?.reason)).toEqual(["needed", "needed"]);
		expectEnded(told);
	});

	it("is refused by --profile and unknown names are, before anything is measured", async () => {
		const becomes = (off: ReadonlySet<string>): Partial<TargetTruth> => (off.has("cors") ? { diesAt: "start" } : {});
		for (const [name, sentence] of [
			["nope", /^--profile nope: there is no such layer; /],
			["ehtag", /the nearest is etag/],
			["cors", /^--profile cors: this layer stays in every variant/],
		] as const) {
			const told = await tell({ ...gateway, becomes }, { whatToProfile: { kind: "named", names: [name] } });
			expect(told.failure?.message).toMatch(sentence);
			expect(told.world.generators).toEqual([]);
		}
		const unknown = await tell(gateway, { skip: ["ehtag"] });
		expect(unknown.failure?.message).toMatch(/^--skip ehtag: there is no such layer; the nearest is etag/);
		expect(unknown.world.targets).toHaveLength(1);
		const setting = { name: "auth", off: { env: { A: "0" }, flags: [] }, on: { env: {}, flags: [] } };
		const named = await tell(gateway, { settings: [setting], only: ["cors"] });
		expect(named.failure?.message).toMatch(/^--only cors: there is no such layer/);
		expect(named.world.targets).toEqual([]);
	});
});

describe("a variant that dies or refuses", () => {
	/** The first two starts are discovery and trials; what is measured is labelled by its variant. */
	const dying = (label: string, change: Partial<TargetTruth>): SimulatedApplication => ({
		...gateway,
		becomes: (_, start) => (start.label === label ? change : {}),
	});

	it.each([
		["does not start", { diesAt: "start" }, { kind: "no start" }],
		["dies while it is warmed", { diesAt: "warm-up" }, { kind: "died", why: "exited with code 1 under load" }],
		["dies while it is measured", { diesAt: "window" }, { kind: "died", why: "exited with code 1 under load" }],
		["limits the rate", { limitedShare: 0.5 }, { kind: "unexpected status", status: "429" }],
	] as const)("%s: it is said, and the others are measured", async (_, change, failed) => {
		const told = await tell(dying("cors-alone", change));
		const matrix = matrixIn(told);
		expect(matrix.variants.find(({ name }) => name === "cors alone")?.failed).toMatchObject(failed);
		expect(cpuOf(matrix, "cors")).toBeUndefined();
		expect(cpuOf(matrix, "auth")?.verdict).toBe("costs");
		expect(codes(told)).toContain("VARIANT_FAILED");
		expectEnded(told);
	});

	it("is bare: one of the two is missed by nobody, without any of them the run ends and says why", async () => {
		const one = await tell(dying("bare", { diesAt: "start" }));
		expect(cpuOf(matrixIn(one), "auth")?.verdict).toBe("costs");
		const becomes: SimulatedApplication["becomes"] = (_, start) =>
			start.label.startsWith("bare") ? { diesAt: "window" } : {};
		const both = await tell({ ...gateway, becomes });
		expect(both.failure?.message).toBe(
			"without any of its layers the target cannot be measured on GET /items: exited with code 1 under load; keep a layer in every variant with --skip",
		);
		expect(both.run.state).toMatchObject({ kind: "partial" });
		expect(both.run.stack?.layers).toHaveLength(3);
		expectEnded(both);
	});

	it("is the only one besides bare: the run ends at once and says so", async () => {
		const one: SimulatedApplication = {
			layers: { auth: { cpuNs: 1 } },
			becomes: (_, start) => (start.label === "all" ? { diesAt: "start" } : {}),
		};
		const told = await tell(one, { design: { withinMs: 3_600_000 } });
		expect(told.failure?.message).toMatch(
			/^no variant with a layer can be measured on GET \/items: all: the target exited with code 1 before it listened/,
		);
		expectEnded(told);
	});

	it("answers otherwise with its hooks skipped: it is not measured", async () => {
		const becomes: SimulatedApplication["becomes"] = (off, start) =>
			start.label === "toggled" && off.has("cors") && !off.has("auth")
				? { answer: { status: 500, contentType: null, body: "" } }
				: {};
		const told = await tell({ ...gateway, becomes }, { ways: "toggled", design: { kind: "one-at-a-time" } });
		const failed = matrixIn(told).variants.filter((variant) => variant.failed !== null);
		expect(failed).toMatchObject([
			{ name: "auth alone", failed: { kind: "other answer", difference: { kind: "status" } } },
		]);
	});
});

describe("flamegraphs", () => {
	const profiled = (what: MatrixPlan["whatToProfile"], change: Partial<MatrixDesign> = {}) =>
		tell(gateway, {
			whatToProfile: what,
			cpuCollectors: [simulatedCollector("v8")],
			allocationCollectors: [simulatedCollector("heap", "allocation")],
			design: { ...inSomeSlices, ...change },
		});
	const ids = ({ run }: Told): string[] => run.profiles.map(({ id }) => id);

	it("are of bare, all and what was asked for, the dear ones first", async () => {
		expect(ids(await profiled({ kind: "real" }))).toEqual([
			"bare v8",
			"all v8",
			"auth alone v8",
			"cors alone v8",
			"bare heap",
			"all heap",
			"auth alone heap",
		]);
		expect(ids(await profiled({ kind: "named", names: ["cors", "bare control"] }))).toContain("bare control v8");
	});

	it("are of a layer alone also where the design has no such variant, which is loaded for it then", async () => {
		const told = await profiled({ kind: "named", names: ["cors"] }, { kind: "factorial" });
		const matrix = matrixIn(told);
		expect(ids(told)).toContain("cors alone v8");
		expectEnded(told);
		expect(matrix.variants.find(({ name }) => name === "cors alone")?.measurementId).not.toBeNull();
	});
});

describe("a step on a run that another story has opened", () => {
	it("stands beside other steps, and hands over what it knows to who asked for it", async () => {
		const world = new SimulatedWorld({ target: truthOf(two) });
		const plan: MatrixPlan = {
			...planFor(world),
			...{ endpoint, settings: [], only: null, skip: [], allow: [], ways: "absent" as const, design },
			...{ whatToProfile: { kind: "none" }, cpuCollectors: [], allocationCollectors: [] },
		};
		const known: Parameters<KeepMatrix["keep"]>[0][] = [];
		const { record, failure } = await tellRun(
			plan,
			world,
			"flame",
			{ measurements: [], profiles: [], agreements: [], findings: [] },
			async (run, { append }) => {
				await run.withTarget(endpoint, { label: "before" }, (target) =>
					run.measure(target, { endpoint, collector: null }, append),
				);
				const { matrix } = await measureMatrix(run, plan, { keep: (parts) => void known.push(parts), append });
				expect(matrix === null ? undefined : cpuOf(matrix, "auth")?.verdict).toBe("costs");
			},
		);
		expect(failure).toBeNull();
		expect(record.measurements.map(({ id }) => id)).toEqual(["clean GET /items"]);
		expect(record.findings.map(({ code }) => code)).toContain("LAYER_COST");
		expect(known.filter(({ stack }) => stack !== undefined)).toHaveLength(2);
		expect(known.at(-1)?.matrix?.sets).toHaveLength(3);
		expect(world.generators).toHaveLength(1);
		expect(world.targets.every(({ wasEnded }) => wasEnded)).toBe(true);
	});
});

describe("whatever happens at any call into the world", () => {
	/** Starts take so long that the fewest sets there are leave time for one profile. */
	const whole = (disturbance: Disturbance | null = null, ways: Ways = "absent") =>
		tell(
			two,
			{
				ways,
				design: {
					variantMs: 15,
					...(ways === "both" ? { warmupRequests: 4, withinMs: 9_000 } : { warmupRequests: 1, withinMs: 39_000 }),
				},
				whatToProfile: { kind: "named", names: ["bare"] },
				cpuCollectors: [simulatedCollector("v8")],
			},
			disturbance,
			ways === "both" ? 300 : 2_000,
		);

	it("is three sets and a profile where nothing goes wrong", async () => {
		const told = await whole();
		expect(matrixIn(told).sets).toHaveLength(3);
		expect(told.run.profiles.map(({ id }) => id)).toEqual(["bare v8"]);
		expect(told.world.saved.at(-1)).toEqual(told.run);
		expectEnded(told);
	});

	it("Ctrl-C ends it: interrupted, with all that was known by then", async () => {
		const { calls } = (await whole()).world.steps;
		const closing = calls.lastIndexOf("generator close");
		let sets = 0;
		let hadStack = false;
		for (let at = 1; at <= closing; at++) {
			const told = await whole({ at, what: "interrupt" });
			const { run, failure } = told;
			const { stack, matrix, measurements } = run;
			const where = `call ${at}, ${calls[at - 1]}`;
			const knownBefore = sets;
			sets = Math.max(sets, matrix?.sets.length ?? 0);
			expectSame(
				{
					code: failure instanceof KnownError ? failure.code : failure,
					state: run.state,
					signal: /SIGINT/.test(failure?.message ?? ""),
					// What was known does not become less, the later it is interrupted.
					knowsStack: stack !== null || !hadStack,
					knowsSets: (matrix?.sets.length ?? 0) >= knownBefore,
					kept: stack?.layers.filter(({ keptIn }) => keptIn !== null) ?? [],
					slices: measurements.filter(({ kind }) => kind === "slices").length,
					failed: matrix?.variants.filter((variant) => variant.failed !== null) ?? [],
				},
				{
					code: "INTERRUPTED",
					state: { kind: "partial", reason: failure?.message },
					signal: true,
					knowsStack: true,
					knowsSets: true,
					kept: [],
					slices: matrix === null ? 0 : 4,
					failed: [],
				},
				where,
			);
			hadStack ||= stack !== null;
			expectEnded(told, where);
		}
		expect(sets).toBe(3);
	});

	it.each(["interrupt", "death", "disk full"] as const)(
		"%s, both ways: it ends in order, and what was known by then is kept",
		{ timeout: 60_000 },
		async (what) => {
			const { calls } = (await whole(null, "both")).world.steps;
			// Each call is met by one of them: the ways differ little, and the story is long.
			const every = 11;
			for (let at = 2 + (what.length % every); at <= calls.lastIndexOf("generator close"); at += every) {
				const told = await whole({ at, what }, "both");
				const where = `call ${at}, ${calls[at - 1]}`;
				expect(told.failure === null || told.failure instanceof KnownError, `${where}: ${told.failure?.stack}`).toBe(
					true,
				);
				if (what === "interrupt") expect((told.failure as KnownError | null)?.code, where).toBe("INTERRUPTED");
				expect(told.run.state.kind, where).toBe(told.failure === null ? "complete" : "partial");
				expectEnded(told, where);
			}
		},
	);

	it("death: it ends by a sentence or goes on without it, and nothing is left alive", async () => {
		const { calls } = (await whole()).world.steps;
		let finished = 0;
		for (let at = 2; at <= calls.length; at++) {
			const told = await whole({ at, what: "death" });
			const { failure, run } = told;
			const where = `call ${at}, ${calls[at - 1]}`;
			if (failure !== null && !(failure instanceof KnownError)) throw failure;
			expectSame(run.state.kind, failure === null ? "complete" : "partial", where);
			if (failure === null) finished++;
			expectEnded(told, where);
		}
		expect(finished).toBeGreaterThan(0);
	});

	it("disk full: it says so and leaves nothing behind", async () => {
		const { calls } = (await whole()).world.steps;
		for (const [index, call] of calls.entries()) {
			// Between two of them it makes no difference since when it is.
			if (index === 0 || !/^(write|save)/.test(call)) continue;
			const told = await whole({ at: index + 1, what: "disk full" });
			const { failure, run } = told;
			const where = `call ${index + 1}, ${call}`;
			expectSame(
				{ code: failure instanceof KnownError ? failure.code : failure, state: run.state },
				{ code: "RUN_FOLDER", state: { kind: "partial", reason: failure?.message } },
				where,
			);
			expectEnded(told, where);
		}
	});
});
