import { findingsOfMachine, findingsOfMeasurement } from "#src/analyse/findings/measurement.js";
import { hgrmText } from "#src/analyse/latency/hgrm.js";
import { hlogText } from "#src/analyse/latency/hlog.js";
import type { AsideWindow, MeasureHooks } from "#src/collect/collector.js";
import { messageOf } from "#src/errors.js";
import { type LoadGenerator, startLoadGenerator } from "#src/load/handle/generator-process.js";
import { hlogIntervals } from "#src/load/handle/hlog-intervals.js";
import type { Harness, WindowResult } from "#src/load/order/order.js";
import { allocationWatch } from "#src/measure/allocation-watch.js";
import { watchMachine } from "#src/measure/machine.js";
import { measureWindow } from "#src/measure/measure-window.js";
import type { CallTree } from "#src/model/call-tree.js";
import type { Finding } from "#src/model/finding.js";
import {
	type ClosedLoad,
	type Load,
	type Measurement,
	RUN_RECORD_FORMAT,
	RUN_RECORD_VERSION,
	type RunRecord,
} from "#src/model/run-record.js";
import { type CpuPlan, planCpus } from "#src/process/pinning.js";
import { fileNameOf } from "#src/store/file-name.js";
import { redactRecord } from "#src/store/redact-record.js";
import { createRunFolder, type RunFolder } from "#src/store/run-folder.js";
import { type EndpointRequest, endpointName } from "#src/target/endpoint.js";
import { gitStateOf } from "#src/target/git-state.js";
import { startTarget } from "#src/target/start-target.js";
import type { RunningTarget, StartOptions, TargetSpec } from "#src/target/target.js";
import { toolVersion } from "#src/version.js";

/** What every investigation is given. */
export interface RunPlan {
	readonly command: RunRecord["command"];
	/** As typed, for the record. */
	readonly commandLine: readonly string[];
	readonly target: TargetSpec;
	readonly load: Load;
	/** Statuses that count as an answer; null: any 2xx. */
	readonly expectedStatus: readonly number[] | null;
	readonly startTimeoutMs: number;
	/** Parent of the run folder; null: profiles/runs. */
	readonly out: string | null;
	/** Strings that must not reach the disk. */
	readonly secrets: readonly string[];
	/** Whether what the target prints is kept: it may repeat the secrets in a shape that nobody foresees. */
	readonly keepsLog: boolean;
	readonly signal: AbortSignal;
	/** Told at once what the user should know before the run is over. */
	warn(sentence: string): void;
	/** Told what is going on, for a progress line. */
	say(phase: string): void;
}

/** The plan of an investigation that loads several variants in turn: a closed loop. */
export interface ClosedRunPlan extends RunPlan {
	readonly load: ClosedLoad;
}

/** What an investigation leaves: a record in every case, and why it is not whole where it is not. */
export interface RunOutcome {
	readonly record: RunRecord;
	/** By the id of their profiles. */
	readonly trees: ReadonlyMap<string, CallTree>;
	readonly folder: RunFolder;
	readonly failure: Error | null;
}

export interface MeasureOptions extends MeasureHooks {
	readonly endpoint: EndpointRequest;
	readonly collector: string | null;
	readonly variant?: string;
	/** Whether what the target allocates in the window is watched; costs it next to nothing. */
	readonly watchAllocation?: boolean;
	/** Another load than the run's. */
	readonly load?: Load;
	/** Tells it from other windows of the same endpoint: "32 clients". */
	readonly label?: string;
	/** False for a window that tries something out: it enters the record, but what is wrong with it is no finding. */
	readonly isJudged?: boolean;
	/** A latency whose share within it is measured as well. */
	readonly boundNs?: number;
	/** What a client does at a time; not given: requests and whole answers. */
	readonly harness?: Harness;
}

export { endpointName } from "#src/target/endpoint.js";

/**
 * A run while it goes on: its folder, its generator, the record that is saved after every step. The story of what is
 * measured in which order is told by flame.ts, load.ts and their like; this is what they all stand on.
 */
export class Run {
	readonly trees = new Map<string, CallTree>();
	record: RunRecord;
	#generator: LoadGenerator | null = null;
	#toldOfPorts = false;

	private constructor(
		readonly plan: RunPlan,
		readonly folder: RunFolder,
		readonly cpus: CpuPlan,
		readonly machine: ReturnType<typeof watchMachine>,
		record: RunRecord,
	) {
		this.record = record;
	}

	/**
	 * Tells the whole story of a run: opens it, lets `investigate` work, and closes it whatever happens.
	 * @throws KnownError RUN_FOLDER when the folder cannot be made; every later failure is in the outcome
	 */
	static async tell(plan: RunPlan, investigate: (run: Run) => Promise<void>): Promise<RunOutcome> {
		const run = await Run.#open(plan);
		let failure: Error | null = null;
		try {
			await investigate(run);
			plan.signal.throwIfAborted();
		} catch (error) {
			failure = error instanceof Error ? error : new Error(messageOf(error));
		}
		try {
			await run.#close(failure);
		} catch (error) {
			failure ??= error as Error;
		}
		return { record: redactRecord(run.record, plan.secrets), trees: run.trees, folder: run.folder, failure };
	}

	static async #open(plan: RunPlan): Promise<Run> {
		const startedAt = new Date();
		const { target } = plan;
		const cpus = target.kind === "url" ? unpinned("the target runs already") : planCpus();
		const machine = watchMachine();
		const cwd = target.kind === "command" ? target.cwd : null;
		const git = cwd === null ? null : await gitStateOf(cwd);
		const firstRecord = (id: string): RunRecord => ({
			format: RUN_RECORD_FORMAT,
			version: RUN_RECORD_VERSION,
			id,
			command: plan.command,
			commandLine: [...plan.commandLine],
			startedAt: startedAt.toISOString(),
			finishedAt: null,
			status: "partial",
			partialReason: "it did not finish",
			tool: { version: toolVersion, nodeVersion: process.versions.node },
			machine: machine.describe(),
			target: {
				kind: target.kind,
				argv: target.kind === "url" ? null : [...target.argv],
				cwd,
				origin: target.kind === "url" ? target.origin : null,
				nodeVersion: null,
				v8Version: null,
				pinnedCpus: cpus.target,
				git,
				logFiles: [],
			},
			measurements: [],
			profiles: [],
			agreements: [],
			comparison: null,
			matrix: null,
			load: null,
			allocation: null,
			doctor: null,
			calibration: null,
			findings: [],
		});
		const { command, out, secrets } = plan;
		const folder = createRunFolder({ command, startedAt, out, secrets, firstRecord });
		return new Run(plan, folder, cpus, machine, firstRecord(folder.id));
	}

	/** Starts the target (or a variant of it), hands it over, and ends it in every case. */
	async withTarget<T>(
		endpoint: EndpointRequest,
		options: StartOptions,
		use: (target: RunningTarget) => Promise<T>,
		spec: TargetSpec = this.plan.target,
	): Promise<T> {
		const target = await this.startTarget(endpoint, options, spec);
		try {
			return await use(target);
		} finally {
			await target.end();
		}
	}

	/** Starts a target that the caller ends. */
	async startTarget(endpoint: EndpointRequest, options: StartOptions, spec: TargetSpec): Promise<RunningTarget> {
		const { plan } = this;
		const target = await startTarget(spec, options, {
			endpoint,
			expectedStatus: plan.expectedStatus,
			logFolder: this.folder.path,
			secrets: plan.secrets,
			keepsLog: plan.keepsLog,
			pinnedCpus: this.cpus.target,
			startTimeoutMs: plan.startTimeoutMs,
			signal: plan.signal,
		});
		this.#describeTarget(target, options.label);
		this.#tellOfPorts(target);
		return target;
	}

	/** The one generator of the run, started when it is first needed. */
	async generator(): Promise<LoadGenerator> {
		this.#generator ??= await startLoadGenerator({ pinnedCpus: this.cpus.generator });
		return this.#generator;
	}

	/**
	 * Measures one window. It enters the record, unless it is one aside.
	 * @throws what cut the window short; the part before is in the record
	 */
	async measure(target: RunningTarget, options: MeasureOptions): Promise<Measurement> {
		const { plan } = this;
		const { aside } = options;
		const kind = aside?.label ?? options.collector ?? "clean";
		const id = [options.variant, kind, endpointName(options.endpoint), options.label].filter(Boolean).join(" ");
		const load = options.load ?? plan.load;
		const watch = options.watchAllocation ? allocationWatch(target, options) : null;
		const { measurement, cutShortBy } = await measureWindow(target, await this.generator(), {
			id,
			variant: options.variant ?? null,
			collector: options.collector,
			endpoint: options.endpoint,
			expectedStatus: plan.expectedStatus,
			harness: options.harness ?? { kind: "http" },
			boundNs: options.boundNs ?? null,
			load: aside === undefined ? load : loadAside(load, aside),
			signal: plan.signal,
			hooks: watch ?? options,
			saveSeconds: (window, startedAt) =>
				aside === undefined ? this.#saveHistograms(fileNameOf(id), window, startedAt) : null,
		});
		if (watch !== null) measurement.allocation = watch.perRequest(measurement.counts);
		if (aside === undefined) {
			this.record.measurements.push(measurement);
			if (options.isJudged !== false) this.note(...findingsOfMeasurement(measurement));
			this.save();
		}
		if (cutShortBy !== null) throw cutShortBy;
		return measurement;
	}

	note(...findings: readonly Finding[]): void {
		this.record.findings.push(...findings);
	}

	save(): void {
		this.folder.saveRecord(this.record);
	}

	/** Files that HdrHistogram's own tools read. Returns the name of the log. */
	#saveHistograms(name: string, window: WindowResult, startedAt: Date): string {
		const response = window.series.find((each) => each.name === "response");
		this.folder.saveFile(`histograms/${name}.hgrm`, hgrmText(window.serviceTime.histogramV2));
		if (response !== undefined) {
			this.folder.saveFile(`histograms/${name}.response.hgrm`, hgrmText(response.histogramV2));
		}
		return this.folder.saveFile(`histograms/${name}.hlog`, hlogText(hlogIntervals(window), startedAt));
	}

	async #close(failure: Error | null): Promise<void> {
		await this.#generator?.close();
		const machine = this.machine.describe();
		this.note(...findingsOfMachine(machine, this.cpus));
		this.record = {
			...this.record,
			machine,
			finishedAt: new Date().toISOString(),
			status: failure === null ? "complete" : "partial",
			partialReason: failure === null ? null : failure.message,
		};
		this.save();
	}

	/** Once: each start of a run has the same ports to choose from. */
	#tellOfPorts({ origin, otherPorts }: RunningTarget): void {
		if (this.#toldOfPorts || otherPorts.length === 0) return;
		this.#toldOfPorts = true;
		this.plan.warn(
			`the target listens on port ${new URL(origin).port}, which came first and is loaded, and on ${otherPorts.join(" and ")}; --port chooses another`,
		);
	}

	#describeTarget(target: RunningTarget, label: string): void {
		const { record } = this;
		record.target = {
			...record.target,
			origin: target.origin,
			nodeVersion: target.agent?.nodeVersion ?? record.target.nodeVersion,
			v8Version: target.agent?.v8Version ?? record.target.v8Version,
			logFiles:
				target.kind === "url" || !this.plan.keepsLog
					? []
					: [...new Set([...record.target.logFiles, `target-${label}.log`])],
		};
	}
}

/** A window beside those of the run: shorter, and with other clients where a tool cannot bear as many. */
const loadAside = (load: Load, { durationMs, warmupMs, clients }: AsideWindow): Load => {
	const window = { durationMs, warmupMs, warmupMaxMs: warmupMs, timeoutMs: load.timeoutMs };
	if (load.kind === "open" && clients === undefined) return { ...load, ...window };
	return { kind: "closed", clients: clients ?? (load.kind === "closed" ? load.clients : 1), ...window };
};

const unpinned = (because: string): CpuPlan => ({ target: null, generator: null, unpinnedBecause: because });
