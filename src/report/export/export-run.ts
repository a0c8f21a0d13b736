import type { CallTree, ProfileMeasure } from "#src/model/call-tree.js";
import type { RunRecord } from "#src/model/run.js";
import { renderRunMarkdown } from "#src/report/markdown/run.js";
import { cpuProfile } from "./cpuprofile.js";
import { functionsCsv, measurementsCsv } from "./csv.js";
import type { Exported, ExportedLatencies } from "./exported.js";
import { foldedStacks } from "./folded.js";
import type { FormatName } from "./format-names.js";
import { heapProfile } from "./heapprofile.js";
import { percentileDistribution } from "./hgrm.js";
import { histogramLog } from "./hlog.js";
import { pprof } from "./pprof.js";
import { speedscopeFile } from "./speedscope.js";

/** A format that another tool reads. */
export type ExportFormat =
	/** Of one profile. */
	| {
			readonly of: "profile";
			/** What the profile must count; null: either. */
			readonly measures: ProfileMeasure | null;
			readonly binary: boolean;
			readonly readBy: string;
			write(exported: Exported): string | Uint8Array;
	  }
	/** Of all profiles together, or of one. */
	| { readonly of: "profiles"; readonly readBy: string; write(exported: readonly Exported[]): string }
	/** Of one measurement; of one of its latencies where `oneLatency`. */
	| {
			readonly of: "measurement";
			readonly oneLatency: boolean;
			readonly readBy: string;
			write(exported: ExportedLatencies): string;
	  }
	/** Of the whole run; of one profile where one is named, if there is anything to say of it. */
	| {
			readonly of: "run";
			readonly readBy: string;
			write(run: RunRecord, trees: ReadonlyMap<string, CallTree>): string;
			readonly writeProfile: ((exported: Exported) => string) | null;
	  };

export const exportFormats: Readonly<Record<FormatName, ExportFormat>> = {
	cpuprofile: {
		of: "profile",
		measures: "cpu",
		binary: false,
		readBy: "Chrome DevTools (Performance), VS Code, speedscope; 1 ms in it is 1 µs of a request",
		write: cpuProfile,
	},
	heapprofile: {
		of: "profile",
		measures: "allocation",
		binary: false,
		readBy: "Chrome DevTools (Memory), VS Code, speedscope; the bytes are those of 1,000 requests",
		write: heapProfile,
	},
	folded: {
		of: "profile",
		measures: null,
		binary: false,
		readBy: "flamegraph.pl, inferno-flamegraph, speedscope",
		write: foldedStacks,
	},
	pprof: { of: "profile", measures: null, binary: true, readBy: "go tool pprof", write: pprof },
	speedscope: { of: "profiles", readBy: "https://www.speedscope.app or npx speedscope", write: speedscopeFile },
	hgrm: {
		of: "measurement",
		oneLatency: true,
		readBy: "HdrHistogram's plotters (percentile distribution, in ms)",
		write: percentileDistribution,
	},
	hlog: {
		of: "measurement",
		oneLatency: false,
		readBy: "HdrHistogram's HistogramLogProcessor and HistogramLogAnalyzer",
		write: histogramLog,
	},
	markdown: { of: "run", readBy: "a pull request", write: renderRunMarkdown, writeProfile: null },
	csv: { of: "run", readBy: "a spreadsheet", write: measurementsCsv, writeProfile: functionsCsv },
};
