import type { Collected } from "#src/collect/collector.js";
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
	/** Beside those that all of them get. */
	readonly flags: readonly string[];
	/** How the target is told to end, so that the tool writes what it has. */
	readonly end: "beforeExit" | "clinic's own SIGINT";
	/** How long after that the target ends itself, where the tool would not end it; null: the tool does. */
	readonly exitAfterMs: number | null;
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

/** Making its page small takes 3 of the 6 s (bubbleprof: 8 s) that drawing it takes. */
const DO_NOT_MINIFY = ["--debug"];

export const toolFacts: Readonly<Record<ClinicTool, ToolFacts>> = {
	doctor: {
		title: "clinic doctor",
		flags: DO_NOT_MINIFY,
		end: "beforeExit",
		exitAfterMs: null,
		load: null,
		endStepMs: 4_000,
		analysisLimitMs: 60_000,
		read: readDoctor,
	},
	flame: {
		title: "clinic flame",
		flags: [],
		end: "clinic's own SIGINT",
		exitAfterMs: null,
		load: null,
		endStepMs: 4_000,
		analysisLimitMs: 60_000,
		read: readFlame,
	},
	bubbleprof: {
		title: "clinic bubbleprof",
		flags: DO_NOT_MINIFY,
		end: "beforeExit",
		// It waits for the "close" of a stream, which does not come on Node 20; by then its data are whole.
		exitAfterMs: 1_000,
		// It records a stack for every asynchronous operation, and its analysis takes minutes for a second of full load.
		load: { label: "clinic bubbleprof", warmupMs: 100, durationMs: 400, clients: 2 },
		endStepMs: 4_000,
		analysisLimitMs: 90_000,
		read: readBubbleprof,
	},
	heapprofiler: {
		title: "clinic heapprofiler",
		flags: [],
		end: "beforeExit",
		exitAfterMs: null,
		load: null,
		endStepMs: 4_000,
		analysisLimitMs: 60_000,
		read: readHeapProfiler,
	},
};
