import type { CountedFunction } from "#src/model/allocation.js";
import type { CallTree, Frame, ProfileMeasure, TickCounts } from "#src/model/call-tree.js";
import type { ThreadKind } from "#src/model/cpu-parts.js";
import type { ProfileFinding } from "#src/model/finding.js";
import type { Window } from "#src/model/measurement.js";
import type { ProfileNote } from "#src/model/profile-note.js";
import type { Readings } from "#src/model/readings.js";
import type { RunningTarget, StartOptions } from "#src/target/target.js";

/**
 * A profiler. It starts the target its own way, has it loaded through the context (so that every collector sees the
 * same load), and returns one call tree over exactly the measured window.
 *
 * Adding one: a file here that exports a Collector, and a line in registry.ts.
 */
export interface Collector<Result extends Collected = Collected> {
	/** As in --with: "v8", "0x". */
	readonly name: string;
	/** For people: "V8 CPU sampler". */
	readonly title: string;
	/** True where it needs a process that we start (not --url). */
	readonly needsProcess: boolean;
	/** True where it works only inside Node. */
	readonly needsNode: boolean;
	/** False where it profiles one process, whatever else the target consists of. */
	readonly seesEveryIsolate: boolean;
	/** Null when it can run here, else why not and what to do. */
	unavailable(): Promise<{ why: string; fix: string } | null>;
	/** Throws KnownError (COLLECTOR_FAILED) when it cannot deliver; the run stands without it. */
	collect(context: CollectContext): Promise<Result>;
}

/** How many whole answers the load has had by now, of any status and outside of the window too. */
type AnswerCount = () => Promise<number>;

export interface WindowHooks {
	/** The target is warm and under load; the window opens when this resolves. */
	onWindowOpens?(answers: AnswerCount): Promise<void>;
	/** The window has closed; the load goes on until this resolves. */
	onWindowClosed?(answers: AnswerCount): Promise<void>;
}

export interface MeasureHooks extends WindowHooks {
	/** A window that serves the collector alone: it does not enter the record, and its warm-up is no longer than said. */
	readonly aside?: AsideWindow;
}

export interface AsideWindow {
	readonly label: string;
	readonly warmupMs: number;
	readonly durationMs: number;
	/** As many as the run has where it is not said. */
	readonly clients?: number;
}

export interface CollectContext {
	/** An empty folder of the collector's own, inside the run folder; absolute. */
	readonly folder: string;
	readonly durationMs: number;
	readonly signal: AbortSignal;
	/** Where the target's own relative paths start. */
	readonly targetCwd: string;
	say(phase: string): void;
	/** Starts the target, waits until the endpoint answers, hands it over, and ends it in every case. */
	withTarget<T>(options: StartOptions, use: (target: RunningTarget) => Promise<T>): Promise<T>;
	/** Warms the target up and measures one window, the run's own or one aside. */
	measure(target: RunningTarget, hooks: MeasureHooks): Promise<Window>;
	/**
	 * Where functions were written, as far as source maps tell; after withTarget. The tree that a collector returns is
	 * not to be changed: that is done for all of them.
	 */
	written(frames: readonly Frame[]): Promise<readonly Frame[]>;
}

export interface Collected {
	readonly measurement: Window;
	/** What the tree counts; "cpu" where it is not said. */
	readonly measures?: ProfileMeasure;
	/** Null for a tool that leaves no call tree. */
	readonly tree: CallTree | null;
	readonly ticks: TickCounts | null;
	/** Whose threads a tree of CPU time is of; "main thread" alone where it is not said. */
	readonly sampled?: readonly ThreadKind[];
	/** What a tool measures besides a tree; null where it is not said. */
	readonly readings?: Readings;
	/** What functions allocate, every object counted; absent for a tool that does not count, null where it could not. */
	readonly counted?: readonly CountedFunction[] | null;
	/** Paths relative to the collector's folder. */
	readonly files: readonly { readonly title: string; readonly path: string }[];
	readonly notes: readonly ProfileNote[];
	readonly findings: readonly ProfileFinding[];
}

/** What a collector brings that always leaves a call tree. */
export interface CollectedTree extends Collected {
	readonly tree: CallTree;
	readonly ticks: TickCounts;
}
