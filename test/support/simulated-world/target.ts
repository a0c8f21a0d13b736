import { KnownError } from "#src/errors.js";
import type { Answer } from "#src/target/answer.js";
import type {
	AgentConnection,
	Exit,
	RunningTarget,
	StartOptions,
	TargetAgents,
	TargetSpec,
} from "#src/target/target.js";
import type { Steps } from "./steps.js";

/** What is true of one process. */
export interface TargetTruth {
	/** CPU time of a request, and how long one takes; one in fifty takes `tailNs`. */
	readonly cpuNs: number;
	readonly latencyNs: number;
	readonly tailNs: number;
	/** Allocated by a request, and what of it stays. */
	readonly bytes: number;
	readonly leakBytes: number;
	/** The same outside of the heap. */
	readonly leakOutsideBytes: number;
	/** Share of the requests that are answered with 429. */
	readonly limitedShare: number;
	readonly answer: Answer;
	/** CPU time of a request by function; none of them: its sampler sees nothing. */
	readonly functions: Readonly<Record<string, number>>;
	/** The same of bytes that a request allocates. */
	readonly allocations: Readonly<Record<string, number>>;
	/** What its agent does, besides what every agent does; null for a server that is not Node. */
	readonly agent: Readonly<Record<string, AgentMethod>> | null;
	/** After so many requests it is compiled: the first takes twice the CPU time, and each a little less than the one before. */
	readonly warmAfter: number;
	/** Where it ends by itself; null: nowhere. */
	readonly diesAt: "start" | "warm-up" | "window" | null;
}

type AgentMethod = (params: Readonly<Record<string, unknown>>, target: SimulatedTarget) => unknown;

/** Latencies are so short that their histograms are small: writing those out is what a simulated story takes longest for. */
export const healthy: TargetTruth = {
	cpuNs: 20_000,
	latencyNs: 500,
	tailNs: 900,
	bytes: 2_000,
	leakBytes: 0,
	leakOutsideBytes: 0,
	limitedShare: 0,
	answer: { status: 200, contentType: "application/json", body: '{"ok":true}' },
	functions: {},
	allocations: {},
	agent: {},
	warmAfter: 0,
	diesAt: null,
};

/** One start of a target. */
export interface Start {
	/** Of its log: "clean", "v8", "base". */
	readonly label: string;
	readonly spec: TargetSpec;
	readonly options: StartOptions;
	/** From 0, over the whole run. */
	readonly index: number;
}

/** A process that does not exist: it answers as its truth says and counts what it has done. */
export class SimulatedTarget implements RunningTarget {
	readonly kind: TargetSpec["kind"];
	readonly origin: string;
	readonly pid: number;
	readonly startedPid: number;
	readonly agent: AgentConnection | null;
	readonly agents: TargetAgents;
	readonly pinnedCpus = null;
	readonly otherPorts = [];
	readonly exited: Promise<Exit>;
	/** Attempts it has seen, and what they have cost. */
	served = 0;
	cpuNs = 0;
	allocatedBytes = 0;
	isAlive = true;
	wasEnded = false;
	#exit: (exit: Exit) => void = () => {};
	#allocatedBefore = 0;
	#truth: TargetTruth;

	constructor(
		readonly start: Start,
		truth: TargetTruth,
		readonly steps: Steps,
		/** By which its CPU time differs from that of other starts of the same code. */
		readonly factor: number,
	) {
		this.#truth = truth;
		this.kind = start.spec.kind;
		this.pid = 1_000 + start.index;
		this.startedPid = this.pid;
		this.origin = `http://127.0.0.1:${40_000 + start.index}`;
		this.exited = new Promise((resolve) => {
			this.#exit = resolve;
		});
		this.agent = truth.agent === null ? null : this.#agentOf();
		this.agents = { now: () => (this.agent === null ? [] : [this.agent]), onJoin: () => () => {} };
	}

	get truth(): TargetTruth {
		return this.#truth;
	}

	/** From now on something else is true of it. */
	become(change: Partial<TargetTruth>): void {
		this.#truth = { ...this.#truth, ...change };
	}

	serve(requests: number): void {
		const { cpuNs, warmAfter } = this.#truth;
		const cold = Math.max(0, 1 - this.served / Math.max(1, warmAfter));
		this.served += requests;
		this.cpuNs += requests * cpuNs * (1 + cold) * this.factor;
		this.allocatedBytes += requests * this.#truth.bytes;
	}

	settle = (): Promise<void> => this.steps.take(`settle ${this.start.label}`);

	logTail = (): string[] => ["its last words"];

	die(): void {
		this.isAlive = false;
		this.#exit({ code: 1, signal: null });
	}

	async end(): Promise<Exit> {
		await this.steps.take(`end ${this.start.label}`);
		this.wasEnded = true;
		this.isAlive = false;
		this.#exit({ code: 0, signal: null });
		return { code: 0, signal: null };
	}

	#agentOf(): AgentConnection {
		return {
			// No thread, as one with that number may be there on the machine that tells the story.
			isolate: { pid: this.pid, parentPid: 1, threadId: 0, tid: null, kind: "process", script: "server.js" },
			nodeVersion: "v24.0.0",
			v8Version: "13.6",
			ports: [Number(new URL(this.origin).port)],
			connected: true,
			isStuck: false,
			lastWords: {},
			call: (method, params) => this.#call(method, params ?? {}),
		};
	}

	async #call(method: string, params: Readonly<Record<string, unknown>>): Promise<unknown> {
		await this.steps.take(`agent ${method}`);
		if (!this.isAlive) throw new KnownError({ code: "TARGET_DIED", what: "the target is gone" });
		const own = this.truth.agent?.[method];
		return own === undefined ? this.#answerOf(method) : own(params, this);
	}

	#answerOf(method: string): unknown {
		const { leakBytes, leakOutsideBytes } = this.truth;
		switch (method) {
			case "allocation.begin":
			case "vitals.begin":
				this.#allocatedBefore = this.allocatedBytes;
				return {};
			case "allocation.end": {
				const allocatedBytes = this.allocatedBytes - this.#allocatedBefore;
				return { allocatedBytes, gcNs: 1e6, collections: 1, pauses: [] };
			}
			case "memory.settled":
				return { heapBytes: 20e6 + this.served * leakBytes, outsideBytes: 1e6 + this.served * leakOutsideBytes };
			case "vitals.end":
				return {
					windowNs: 1e9,
					delay: { meanNs: 1e5, p50Ns: 1e5, p99Ns: 1e6, maxNs: 2e6 },
					utilization: 0.6,
					cpu: 0.6,
					loop: { cpu: 0.58, runQueueWait: 0 },
					poolDelay: { p50Ns: 1e5, maxNs: 1e6 },
					gc: { totalNs: 1e6, longestNs: 1e6, pauses: 1 },
					late: [],
					series: [],
				};
			default:
				return {};
		}
	}
}
