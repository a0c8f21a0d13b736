import type { Collected } from "../collector.js";
import { readBubbleprof } from "./read-bubbleprof.js";
import { readDoctor } from "./read-doctor.js";
import { readFlame } from "./read-flame.js";
import { readHeapProfiler } from "./read-heap-profiler.js";

export const clinicTools = ["doctor", "flame", "bubbleprof", "heapprofiler"] as const;
export type ClinicTool = (typeof clinicTools)[number];

/** The measured window on the two clocks that the tools write. */
export interface MeasuredWindow {
	/** Milliseconds since 1970. */
	readonly fromMs: number;
	readonly toMs: number;
	/** Microseconds of the machine's monotonic clock, which Node's traces are in. */
	readonly fromUs: number;
	readonly toUs: number;
}

/** What a tool left, for its reader. */
export interface ClinicOutput {
	/** The tool's own page. */
	readonly html: string;
	/** Its data: a folder, or for heapprofiler a file. */
	readonly data: string;
	readonly window: MeasuredWindow;
	/** The collector's own folder, for what is worth keeping. */
	readonly folder: string;
}

export type ClinicReading = Pick<Collected, "tree" | "ticks" | "notes"> &
	Partial<Pick<Collected, "files" | "readings" | "measures">>;

export interface ToolFacts {
	/** For people: "clinic doctor". */
	readonly title: string;
	/** How the target is told to end, so that the tool writes what it has. */
	readonly end: "beforeExit" | "clinic's own SIGINT";
	/** A load of its own, where it could not bear the run's. */
	readonly load: {
		readonly label: string;
		readonly warmupMs: number;
		readonly durationMs: number;
		readonly clients: number;
	} | null;
	/** How long the target may take to end before it is sent SIGTERM, and again before SIGKILL. */
	readonly endStepMs: number;
	/** How long it may take from the end of the load to its page. */
	readonly analysisLimitMs: number;
	/** @throws Error about what cannot be read */
	read(output: ClinicOutput): Promise<ClinicReading>;
}

export const toolFacts: Readonly<Record<ClinicTool, ToolFacts>> = {
	doctor: {
		title: "clinic doctor",
		end: "beforeExit",
		load: null,
		endStepMs: 4_000,
		analysisLimitMs: 60_000,
		read: readDoctor,
	},
	flame: {
		title: "clinic flame",
		end: "clinic's own SIGINT",
		load: null,
		endStepMs: 4_000,
		analysisLimitMs: 60_000,
		read: readFlame,
	},
	bubbleprof: {
		title: "clinic bubbleprof",
		end: "beforeExit",
		// It records a stack for every asynchronous operation, and its analysis takes minutes for a second of full load.
		load: { label: "clinic bubbleprof", warmupMs: 100, durationMs: 400, clients: 2 },
		// It writes what it has and then hangs in process.exit (Node 20), until SIGTERM.
		endStepMs: 1_000,
		analysisLimitMs: 90_000,
		read: readBubbleprof,
	},
	heapprofiler: {
		title: "clinic heapprofiler",
		end: "beforeExit",
		load: null,
		endStepMs: 4_000,
		analysisLimitMs: 60_000,
		read: readHeapProfiler,
	},
};
