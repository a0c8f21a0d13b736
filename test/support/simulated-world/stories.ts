import { investigateAlloc } from "#src/investigate/alloc.js";
import { investigateCalibration } from "#src/investigate/calibrate.js";
import { type ComparePlan, investigateComparison } from "#src/investigate/compare.js";
import type { CompareDesign } from "#src/investigate/compare-design.js";
import { type DiagnosePlan, investigateDiagnosis } from "#src/investigate/diagnose.js";
import { investigateDoctor } from "#src/investigate/doctor.js";
import { type AnswerListener, type FlamePlan, investigateFlame } from "#src/investigate/flame.js";
import { investigateLoad, type LoadPlan } from "#src/investigate/load.js";
import type { RunOutcome } from "#src/investigate/run.js";
import type { OpenLoad } from "#src/model/load.js";
import { ofEveryMetric } from "../../fixtures/judge-design.js";
import { endpoint, load, planFor, simulatedCollector } from "./plans.js";
import type { SimulatedWorld } from "./world.js";

/** A comparison of a few short sets, as `compare` plans one. */
export const design: CompareDesign = {
	clients: 16,
	light: { kind: "closed", clients: 1 },
	sliceMs: 50,
	setMs: 400,
	setIsGiven: true,
	warmupRequests: 400,
	warmupMaxMs: 1_000,
	withinMs: 60_000,
	alpha: 0.01,
	noChangeAlpha: 0.05,
	firstLook: 6,
	seed: 3,
	semiSpaceMiB: 64,
	margins: { ...ofEveryMetric(0.1), cpu: 0.02, alloc: 0.02, p50: 0.05, "p99.9": 0.25, errors: 0.001 },
	weights: { cpu: 0.4, alloc: 0.15, p50: 0.15, p99: 0.1, "p99.9": 0.1, errors: 0.1 },
	primary: ["cpu", "alloc", "p50"],
	failFast: false,
	explains: false,
	untilTimeIsOver: false,
};

const sides = { kind: "environments", argv: ["node", "server.js"], baseEnv: {}, headEnv: {}, cwd: "/code" } as const;
const cpuCollectors = [simulatedCollector("v8"), simulatedCollector("0x")];
const loadPlan = (world: SimulatedWorld): LoadPlan => ({
	...planFor(world),
	endpoints: [endpoint, { ...endpoint, path: "/health" }],
	harness: { agentLoop: null, streamMs: 1_000 },
	sweep: null,
	limit: null,
});

export const tellFlame = (world: SimulatedWorld, how: Partial<FlamePlan> = {}) =>
	investigateFlame(
		{ ...planFor(world), endpoint, collectors: cpuCollectors, quick: false, answered: null, ...how },
		world,
	);

/** Long enough to have a first answer before. */
export const tellFirst = (
	world: SimulatedWorld,
	answered: AnswerListener = async () => {},
	how: Partial<FlamePlan> = {},
) => tellFlame(world, { load: { ...load, durationMs: 4_000 }, answered, ...how });

export const tellQuick = (world: SimulatedWorld) => tellFlame(world, { quick: true });

export const tellLoad = (world: SimulatedWorld) => investigateLoad(loadPlan(world), world);

export const tellSweep = (world: SimulatedWorld) => investigateLoad({ ...loadPlan(world), sweep: [4, 16] }, world);

export const tellLimit = (world: SimulatedWorld, startPerSecond: number | null = null) => {
	const { durationMs, warmupMs, warmupMaxMs, timeoutMs } = load;
	const open: OpenLoad = {
		...{ durationMs, warmupMs, warmupMaxMs, timeoutMs },
		kind: "open",
		ratePerSecond: 1_000,
		arrivals: "constant",
		seed: 1,
		maxInFlight: 100_000,
	};
	const limit = { slo: { quantile: 0.99, maxNs: 1_500 }, load: open, startPerSecond };
	return investigateLoad({ ...loadPlan(world), endpoints: [endpoint], limit }, world);
};

export const tellAlloc = (world: SimulatedWorld) =>
	investigateAlloc({ ...planFor(world), endpoint, collectors: [simulatedCollector("heap", "allocation")] }, world);

export const tellDoctor = (world: SimulatedWorld) =>
	investigateDoctor({ ...planFor(world), endpoint, collectors: [simulatedCollector("clinic-doctor")] }, world);

export const tellCompare = (
	world: SimulatedWorld,
	how: Partial<CompareDesign> = {},
	others: Partial<Pick<ComparePlan, "layersOfSide" | "say">> = {},
) =>
	investigateComparison(
		{
			...planFor(world),
			...others,
			endpoint,
			sides,
			design: { ...design, ...how },
			collectors: [simulatedCollector("v8")],
			profilesAnyway: false,
		},
		world,
	);

export const tellDiagnose = (world: SimulatedWorld, how: Partial<DiagnosePlan> = {}) =>
	investigateDiagnosis(
		{
			...planFor(world),
			...{ endpoint, sides, design, collectors: [simulatedCollector("v8")], withinMs: 240_000, ...how },
		},
		world,
	);

export const tellCalibrate = (world: SimulatedWorld, how: Partial<CompareDesign> = {}) =>
	investigateCalibration(
		{ ...planFor(world), endpoint, sides, design: { ...design, withinMs: 9_000, untilTimeIsOver: true, ...how } },
		world,
	);

/** A set with a slice of each side, after a warm-up of so many parts. */
const quickly = (parts: number): Partial<CompareDesign> => ({ setMs: 100, firstLook: 2, warmupRequests: parts });

/** Every story there is, but the matrix. */
export const stories: Readonly<Record<string, (world: SimulatedWorld) => Promise<RunOutcome>>> = {
	flame: tellFlame,
	"flame, answered": (world) => tellFirst(world),
	"flame --quick": tellQuick,
	load: tellLoad,
	"load --sweep": tellSweep,
	// The highest rate there is, which the target of a disturbed story can do: two windows.
	"load --find-limit": (world) => tellLimit(world, 99_000),
	alloc: tellAlloc,
	doctor: tellDoctor,
	// Two sets show what all of them do.
	compare: (world) => tellCompare(world, { ...quickly(2), withinMs: 30_000 }),
	calibrate: (world) => tellCalibrate(world, { ...quickly(1), withinMs: 2_500 }),
};
