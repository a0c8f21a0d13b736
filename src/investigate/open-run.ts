import { findingsOfMeasurement } from "#src/analyse/findings/measurement.js";
import { hgrmText } from "#src/analyse/latency/hgrm.js";
import { mergeHistograms } from "#src/analyse/latency/histogram.js";
import { hlogText } from "#src/analyse/latency/hlog.js";
import type { AsideWindow, MeasureHooks } from "#src/collect/collector.js";
import type { LoadGenerator } from "#src/load/handle/generator-process.js";
import { hlogIntervals } from "#src/load/handle/hlog-intervals.js";
import type { Harness, WindowResult } from "#src/load/order/order.js";
import { allocationWatch } from "#src/measure/allocation-watch.js";
import { measureWindow } from "#src/measure/measure-window.js";
import type { WindowOrder } from "#src/measure/window-of-result.js";
import type { CallTree } from "#src/model/call-tree.js";
import type { ClosedLoad, Load } from "#src/model/load.js";
import type { Machine } from "#src/model/machine.js";
import type { Window } from "#src/model/measurement.js";
import type { Target } from "#src/model/target.js";
import type { CpuPlan } from "#src/process/pinning.js";
import { fileNameOf } from "#src/store/file-name.js";
import type { RunFolder } from "#src/store/run-folder.js";
import { type EndpointRequest, endpointName } from "#src/target/endpoint.js";
import type { RunningTarget, StartOptions, TargetSpec } from "#src/target/target.js";
import type { KeepEvidence } from "./found.js";
import type { RunPlan } from "./run.js";
import { describedBy, withCode } from "./target-description.js";
import type { World } from "./world.js";

export interface MeasureOptions extends MeasureHooks {
	readonly endpoint: EndpointRequest;
	readonly collector: string | null;
	readonly variant?: string;
	/** Whether what the target allocates in the window is watched; costs it next to nothing. */
	readonly watchAllocation?: boolean;
	/** Whether one client alone is measured as well, for a moment behind the window. */
	readonly light?: boolean;
	/** Another load than the run's. */
	readonly load?: Load;
	/** Tells it from other windows of the same endpoint: "32 clients". */
	readonly label?: string;
	/** False for a window that tries something out: it is kept, but what is wrong with it is no finding. */
	readonly isJudged?: boolean;
	/** False for a window in whose place a longer one will come: its seconds make no files. */
	readonly savesSeconds?: boolean;
	/** A latency whose share within it is measured as well. */
	readonly boundNs?: number;
	/** Whether it is asked what fills libuv's pool, when the window is over. */
	readonly namesPoolWork?: boolean;
	/** What a client does at a time; not given: requests and whole answers. */
	readonly harness?: Harness;
}

/**
 * A run while it goes on: its folder, its generator, its targets. The steps of a story stand on it; what they find they return, and
 * hand over at once what must not be lost. One run takes as many steps as its story wants.
 */
export class OpenRun {
	readonly #trees = new Map<string, CallTree>();
	#generator: Promise<LoadGenerator> | null = null;
	#target: Target;
	#toldOfPorts = false;

	constructor(
		readonly plan: RunPlan,
		readonly world: World,
		readonly folder: RunFolder,
		readonly cpus: CpuPlan,
		target: Target,
		/** As it is now, since the run began. */
		readonly machine: () => Machine,
	) {
		this.#target = target;
	}

	/** As far as it is known by now. */
	get target(): Target {
		return this.#target;
	}

	/** Those that were kept, by the id of their profiles. */
	get trees(): ReadonlyMap<string, CallTree> {
		return this.#trees;
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
		const target = await this.world.startTarget(spec, options, {
			endpoint,
			expectedStatus: plan.expectedStatus,
			logFolder: this.folder.path,
			secrets: plan.secrets,
			keepsLog: plan.keepsLog,
			pinnedCpus: this.cpus.target,
			startTimeoutMs: plan.startTimeoutMs,
			signal: plan.signal,
		});
		this.#target = describedBy(this.#target, target, options.label, plan.keepsLog);
		this.#tellOfPorts(target);
		return target;
	}

	/** Once: each start of a run has the same ports to choose from. */
	#tellOfPorts({ origin, otherPorts }: RunningTarget): void {
		if (this.#toldOfPorts || otherPorts.length === 0) return;
		this.#toldOfPorts = true;
		const figures = { port: Number(new URL(origin).port), otherPorts };
		this.plan.warn({ code: "SEVERAL_PORTS", severity: "info", about: null, figures });
	}

	/** What is measured is not what the plan names: a side of a comparison, in its own folder. */
	isOf(code: { readonly argv: readonly string[]; readonly cwd: string }): void {
		this.#target = withCode(this.#target, code);
	}

	/** The one generator of the run, started when it is first needed. */
	generator(): Promise<LoadGenerator> {
		this.#generator ??= this.world.startGenerator({ pinnedCpus: this.cpus.generator });
		return this.#generator;
	}

	/**
	 * Measures one window.
	 * @param keep is handed the window and what is wrong with it, unless it is one aside
	 * @throws what cut the window short; the part before was handed over
	 */
	async measure(target: RunningTarget, options: MeasureOptions, keep: KeepEvidence): Promise<Window> {
		const { plan } = this;
		const { aside } = options;
		const kind = aside?.label ?? options.collector ?? "clean";
		const id = [options.variant, kind, endpointName(options.endpoint), options.label].filter(Boolean).join(" ");
		const load = options.load ?? plan.load;
		const watch = options.watchAllocation ? allocationWatch(target, options) : null;
		const order: WindowOrder = {
			id,
			variant: options.variant ?? null,
			collector: options.collector,
			endpoint: options.endpoint,
			expectedStatus: plan.expectedStatus,
			harness: options.harness ?? { kind: "http" },
			boundNs: options.boundNs ?? null,
			namesPoolWork: options.namesPoolWork,
			load: aside === undefined ? load : loadAside(load, aside),
			signal: plan.signal,
			hooks: watch ?? options,
			saveSeconds:
				aside === undefined && options.savesSeconds !== false
					? (result, startedAt) => this.#saveHistograms(fileNameOf(id), result, startedAt)
					: undefined,
		};
		const generator = await this.generator();
		const { window: loaded, cutShortBy } = await measureWindow(target, generator, order, this.world);
		const allocation = watch === null ? {} : { allocation: watch.perRequest(loaded.counts) };
		const light =
			options.light === true && cutShortBy === null ? await this.#light(target, order).catch(() => ({})) : {};
		const window = { ...loaded, ...allocation, ...light };
		if (aside === undefined) {
			keep({ measurements: [window], findings: options.isJudged === false ? [] : findingsOfMeasurement(window) });
		}
		if (cutShortBy !== null) throw cutShortBy;
		plan.signal.throwIfAborted();
		return window;
	}

	/** Nothing where the load has one client itself, or where that cannot be told: it must not cost the window. */
	async #light(target: RunningTarget, order: WindowOrder): Promise<Pick<Window, "light">> {
		const { load } = order;
		if (load.kind !== "closed" || load.clients === 1 || order.harness.kind !== "http") return {};
		const durationMs = Math.min(LONGEST_LIGHT_MS, Math.max(SHORTEST_LIGHT_MS, LIGHT_SHARE * load.durationMs));
		const alone: ClosedLoad = { ...load, clients: 1, durationMs, warmupMs: 0, warmupMaxMs: 0 };
		const nothingElse = { boundNs: null, namesPoolWork: undefined, hooks: undefined, saveSeconds: undefined };
		const asked = { ...order, ...nothingElse, load: alone };
		const { window, cutShortBy } = await measureWindow(target, await this.generator(), asked, this.world);
		if (cutShortBy !== null || window.counts.ok === 0) return {};
		const { measuredNs, counts, requestsPerSecond, serviceTime } = window;
		return { light: { load: alone, measuredNs, counts, requestsPerSecond, serviceTime } };
	}

	/** Stores the call tree of a profile. Returns the name of the file. */
	keepTree(profile: string, file: string, tree: CallTree): string {
		this.#trees.set(profile, tree);
		return this.folder.saveTree(file, tree);
	}

	/** Ends the generator. May be called more than once. */
	async close(): Promise<void> {
		// One that could not be started has told so already, where it was needed.
		const generator = await this.#generator?.catch(() => null);
		await generator?.close();
	}

	/** Files that HdrHistogram's own tools read. Returns the name of the log. */
	#saveHistograms(name: string, window: WindowResult, startedAt: Date): string {
		const response = window.series.find((each) => each.name === "response");
		this.folder.saveFile(`histograms/${name}.hgrm`, hgrmText(window.serviceTime.histogram));
		if (response !== undefined) {
			this.folder.saveFile(`histograms/${name}.response.hgrm`, hgrmText(mergeHistograms(response.blocks)));
		}
		return this.folder.saveFile(`histograms/${name}.hlog`, hlogText(hlogIntervals(window), startedAt));
	}
}

/** Of the window before it. */
const LIGHT_SHARE = 0.2;
const SHORTEST_LIGHT_MS = 200;
const LONGEST_LIGHT_MS = 2_000;

/** A window beside those of the run: shorter, and with other clients where a tool cannot bear as many. */
const loadAside = (load: Load, { durationMs, warmupMs, clients }: AsideWindow): Load => {
	const window = { durationMs, warmupMs, warmupMaxMs: warmupMs, timeoutMs: load.timeoutMs };
	if (load.kind === "open" && clients === undefined) return { ...load, ...window };
	return { kind: "closed", clients: clients ?? (load.kind === "closed" ? load.clients : 1), ...window };
};
