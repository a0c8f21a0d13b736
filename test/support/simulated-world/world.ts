import { KnownError } from "#src/errors.js";
import type { World } from "#src/investigate/world.js";
import type { CpuReader } from "#src/measure/cpu-reader.js";
import type { Calibration } from "#src/model/calibration.js";
import type { Difference } from "#src/model/diagnosis.js";
import type { RunRecord } from "#src/model/run.js";
import { seededRandom } from "#src/random.js";
import type { PreparedSide } from "#src/sides/side-request.js";
import type { RunFolder } from "#src/store/run-folder.js";
import { Simulation } from "../../fixtures/simulated-contrasts.js";
import { heapSnapshotText } from "../heap-snapshot.js";
import { SimulatedGenerator } from "./generator.js";
import { sampledAllocations, sampledProfile } from "./sampled-profile.js";
import { type Disturbance, Steps } from "./steps.js";
import { healthy, SimulatedTarget, type Start, type TargetTruth } from "./target.js";

export interface Truth {
	/** What is true of a process; what is not said is healthy. */
	target(start: Start): Partial<TargetTruth>;
	/** Standard deviation between starts of the same code, of the log of their CPU time. */
	readonly processSd: number;
	/** The two sides of a comparison. */
	readonly sides: readonly [PreparedSide, PreparedSide];
	/** How long a start takes. */
	readonly startMs: number;
	/** What they differ in. */
	readonly differences: readonly Difference[];
	/** Those that cannot be taken back. */
	readonly bound: readonly string[];
}

const side = (name: "base" | "head"): PreparedSide => ({
	side: {
		name,
		label: name,
		argv: ["node", `${name}.js`],
		cwd: `/code/${name}`,
		commit: null,
		dirty: false,
		envNames: [],
	},
	spec: { kind: "command", argv: ["node", `${name}.js`], env: {}, cwd: `/code/${name}`, port: null },
});

const DEFAULTS: Truth = {
	target: () => ({}),
	processSd: 0.002,
	sides: [side("base"), side("head")],
	startMs: 300,
	differences: [],
	bound: [],
};

/** A world in which everything is known: costs, deaths, answers, time. Nothing in it takes any. */
export class SimulatedWorld implements World {
	readonly steps: Steps;
	readonly targets: SimulatedTarget[] = [];
	readonly generators: SimulatedGenerator[] = [];
	/** Every record that was saved. */
	readonly saved: RunRecord[] = [];
	readonly calibrations: Calibration[] = [];
	sidesAreOpen = false;
	/** Of heads without something. */
	worktrees = 0;
	readonly cores = 2;
	readonly #truth: Truth;
	readonly #clock = { nowMs: 0 };
	readonly #noise = new Simulation(7);
	readonly #samples = new Simulation(11);

	constructor(truth: Partial<Truth> = {}, disturbance: Disturbance | null = null) {
		this.#truth = { ...DEFAULTS, ...truth };
		this.steps = new Steps(disturbance);
		this.steps.onDeath = () => this.targets.findLast(({ isAlive }) => isAlive)?.die();
	}

	/** What a plan listens to. */
	get signal(): AbortSignal {
		return this.steps.signal;
	}

	now = (): number => this.#clock.nowMs;
	date = (): Date => new Date(Date.UTC(2026, 0, 1) + this.#clock.nowMs);
	random = seededRandom;
	sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
		await this.steps.take("sleep");
		if (signal?.aborted !== true) this.#clock.nowMs += ms;
	};

	planCpus: World["planCpus"] = () => ({ target: "0", generator: "1", unpinnedBecause: null });
	watchMachine: World["watchMachine"] = () => ({
		describe: () => ({
			platform: "linux",
			release: "6.1",
			arch: "x64",
			cpuModel: "simulated",
			cpus: 2,
			memoryBytes: 8e9,
			loadAverage1m: 0.1,
			stealShare: 0,
		}),
	});
	machineAdvice: World["machineAdvice"] = () => [];
	residentBytes: World["residentBytes"] = () => 60e6;
	availableBytes: World["availableBytes"] = () => 4e9;

	startTarget: World["startTarget"] = async (spec, options, { signal }) => {
		const { label } = options;
		await this.steps.take(`start ${label}`);
		signal.throwIfAborted();
		const start: Start = { label, spec, options, index: this.targets.length };
		const truth = { ...healthy, ...this.#truth.target(start) };
		this.#clock.nowMs += this.#truth.startMs;
		if (truth.diesAt === "start") {
			throw new KnownError({ code: "TARGET_DIED", what: "the target exited with code 1 before it listened" });
		}
		const factor = Math.exp(this.#truth.processSd * this.#noise.normal());
		const target = new SimulatedTarget(start, truth, this.steps, factor);
		this.targets.push(target);
		return target;
	};

	fetchAnswer: World["fetchAnswer"] = async (origin) => {
		await this.steps.take("fetch answer");
		const target = this.#targetOf(origin);
		if (!target.isAlive) throw new Error("connect ECONNREFUSED");
		return target.truth.answer;
	};

	askEndpoint: World["askEndpoint"] = async (origin) => {
		await this.steps.take("ask endpoint");
		const { isAlive, truth } = this.#targetOf(origin);
		if (!isAlive) return { kind: "failed", reason: "connect ECONNREFUSED" };
		return { kind: "status", status: truth.answer.status, body: truth.answer.body, isEventStream: false };
	};

	cpuReaderOf: World["cpuReaderOf"] = (running): CpuReader => ({
		source: "schedstat",
		processes: 1,
		read: async () => {
			await this.steps.take("read CPU");
			return { cpuNs: this.#targetOf(running.origin).cpuNs, runQueueWaitNs: 0 };
		},
		threads: () => null,
		threadKinds: async () => new Map(),
	});

	functionSamplerOf: World["functionSamplerOf"] = ({ origin }) => {
		let servedBefore = 0;
		return {
			cpu: {
				begin: () => this.steps.take("begin sampling"),
				end: async () => {
					await this.steps.take("end sampling");
					return sampledProfile(this.#targetOf(origin).truth, this.#samples);
				},
			},
			bytes: {
				begin: async () => {
					await this.steps.take("begin sampling bytes");
					servedBefore = this.#targetOf(origin).served;
				},
				end: async () => {
					await this.steps.take("end sampling bytes");
					const { truth, served } = this.#targetOf(origin);
					return sampledAllocations(truth, served - servedBefore, this.#samples);
				},
			},
			endInlining: () => this.steps.take("end inlining"),
		};
	};

	countObjects: World["countObjects"] = async ({ agents }, _folder, measure) => {
		const counts = { before: 0, after: 0 };
		await measure({
			aside: { label: "every object counted", warmupMs: 250, durationMs: 1_000, clients: 1 },
			onWindowOpens: async (answers) => {
				for (const agent of agents.now()) await agent.call("heap.begin");
				counts.before = await answers();
			},
			onWindowClosed: async (answers) => {
				counts.after = await answers();
			},
		});
		const requests = counts.after - counts.before;
		return { requests, objects: 40 * requests, bytes: 2_000 * requests, functions: [], files: [] };
	};

	/** What every hundredth request leaves behind, for all hundred, hangs on one property of what is global. */
	takeHeapSnapshot: World["takeHeapSnapshot"] = async ({ isolate }) => {
		await this.steps.take("take heap snapshot");
		const target = this.targets.find(({ pid }) => pid === isolate.pid);
		if (target?.isAlive !== true) throw new KnownError({ code: "TARGET_DIED", what: "the target is gone" });
		const kept = target.truth.leakBytes > 0 ? Math.floor(target.served / 100) : 0;
		const ids = Array.from({ length: kept }, (_, index) => 101 + 2 * index);
		return heapSnapshotText([
			{ id: 1, type: "synthetic", name: "", edges: [["shortcut", "global", 3]] },
			{ id: 3, type: "object", name: "global", edges: [["property", "kept", 5]] },
			{ id: 5, type: "object", name: "Array", edges: ids.map((id, index) => ["element", index, id]) },
			...ids.map((id) => ({ id, type: "object", name: "Kept", bytes: 100 * target.truth.leakBytes })),
		]);
	};

	sourceMaps: World["sourceMaps"] = () => ({
		ask: () => this.steps.take("ask for source maps"),
		retrace: async (tree) => ({ tree, functions: 0, scripts: 0, unusable: [] }),
		retraceFrames: async (frames) => [...frames],
	});

	openSides: World["openSides"] = async (_request, { signal }) => {
		await this.steps.take("open sides");
		signal.throwIfAborted();
		this.sidesAreOpen = true;
		return {
			sides: this.#truth.sides,
			changedLines: { base: [], head: [] },
			// Where the sampler sees their functions.
			roots: { base: "/app", head: "/app" },
			notes: [],
			differences: async () => {
				await this.steps.take("differences");
				signal.throwIfAborted();
				return { differences: this.#truth.differences, unread: [], places: new Map() };
			},
			headWithout: async (ids) => {
				await this.steps.take("take back");
				signal.throwIfAborted();
				if (ids.some((id) => this.#truth.bound.includes(id))) {
					throw new KnownError({ code: "PREPARE_FAILED", what: "it cannot be taken back alone" });
				}
				this.worktrees++;
				const cwd = `/code/head without ${ids.join(" ")}`;
				const [, head] = this.#truth.sides;
				return {
					side: { side: { ...head.side, cwd }, spec: { ...head.spec, cwd } },
					close: async () => {
						this.worktrees--;
					},
				};
			},
			close: async () => {
				await this.steps.take("close sides");
				this.sidesAreOpen = false;
			},
		};
	};

	gitStateOf: World["gitStateOf"] = async () => ({ commit: "0123456789abcdef", dirty: false });

	startGenerator: World["startGenerator"] = async () => {
		await this.steps.take("start generator");
		const generator = new SimulatedGenerator(this.steps, this.#clock, (origin) => this.#targetOf(origin));
		this.generators.push(generator);
		return generator;
	};

	clientCeiling: World["clientCeiling"] = async (_generator, _plan, signal) => {
		await this.steps.take("client ceiling");
		if (signal.aborted) return null;
		return {
			clients: 64,
			requestsPerSecond: 90_000,
			floorP50Ns: 30_000,
			floorP99Ns: 60_000,
			cpuNsPerRequest: 10_000,
			measuredAt: this.date().toISOString(),
			fromCache: true,
		};
	};

	createRunFolder: World["createRunFolder"] = ({ command, firstRecord }): RunFolder => {
		const id = `simulated-${command}`;
		this.steps.write("create folder");
		this.#save(firstRecord(id));
		const file = (name: string): string => {
			this.steps.write(`write ${name}`);
			return name;
		};
		return {
			id,
			path: `/simulated/${id}`,
			saveRecord: (record) => {
				this.steps.write("save record");
				this.#save(record);
			},
			saveFile: file,
			saveTree: file,
			subfolder: (name) => `/simulated/${id}/${file(name)}`,
		};
	};

	machineKeyOf: World["machineKeyOf"] = () => "simulated";
	readCalibration: World["readCalibration"] = () => this.calibrations.at(-1) ?? null;
	saveCalibration: World["saveCalibration"] = (calibration) => {
		this.steps.write("save calibration");
		this.calibrations.push(calibration);
	};

	#save(record: RunRecord): void {
		this.saved.push(record);
	}

	#targetOf(origin: string): SimulatedTarget {
		const found = this.targets.find((target) => target.origin === origin);
		if (found === undefined) throw new Error(`nothing listens at ${origin}`);
		return found;
	}
}
