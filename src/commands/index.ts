import type { Command } from "commander";
import type { CommandContext, ExitCode } from "./terminal.js";

/** A command of the tool. */
interface CommandModule {
	define(command: Command): Command;
	// biome-ignore lint/suspicious/noExplicitAny: each command knows the type of the options that it defined
	run(args: readonly string[], options: any, context: CommandContext): Promise<ExitCode>;
}

interface ListedCommand {
	/** As it defines them. */
	readonly arguments: string;
	readonly summary: string;
	/** Only where it is named on the command line: the list of all comes without a single one. */
	load(): Promise<CommandModule>;
}

/** Adding one: a file here with define… and run…, and an entry below. */
export const commands: Readonly<Record<string, ListedCommand>> = {
	flame: {
		arguments: "[endpoint]",
		summary: "where does the CPU time of an endpoint go?",
		async load() {
			const { defineFlame, runFlame } = await import("./flame.js");
			return { define: defineFlame, run: runFlame };
		},
	},
	load: {
		arguments: "[endpoints...]",
		summary: "how fast is it?",
		async load() {
			const { defineLoad, runLoad } = await import("./load.js");
			return { define: defineLoad, run: runLoad };
		},
	},
	alloc: {
		arguments: "[endpoint]",
		summary: "what does a request allocate, and where?",
		async load() {
			const { defineAlloc, runAlloc } = await import("./alloc.js");
			return { define: defineAlloc, run: runAlloc };
		},
	},
	doctor: {
		arguments: "[endpoint]",
		summary: "is it CPU, event loop, garbage collection or I/O?",
		async load() {
			const { defineDoctor, runDoctor } = await import("./doctor.js");
			return { define: defineDoctor, run: runDoctor };
		},
	},
	compare: {
		arguments: "<endpoint>",
		summary: "did this change make it slower?",
		async load() {
			const { defineCompare, runCompare } = await import("./compare.js");
			return { define: defineCompare, run: runCompare };
		},
	},
	diagnose: {
		arguments: "<endpoint>",
		summary: "why did it get slower?",
		async load() {
			const { defineDiagnose, runDiagnose } = await import("./diagnose.js");
			return { define: defineDiagnose, run: runDiagnose };
		},
	},
	matrix: {
		arguments: "[endpoint]",
		summary: "what does each middleware layer cost?",
		async load() {
			const { defineMatrix, runMatrix } = await import("./matrix.js");
			return { define: defineMatrix, run: runMatrix };
		},
	},
	calibrate: {
		arguments: "[endpoint]",
		summary: "how small a change can this machine see, and in how long?",
		async load() {
			const { defineCalibrate, runCalibrate } = await import("./calibrate.js");
			return { define: defineCalibrate, run: runCalibrate };
		},
	},
	serve: {
		arguments: "",
		summary: "run the reference gateway by hand",
		async load() {
			const { defineServe, runServe } = await import("./serve.js");
			return { define: defineServe, run: runServe };
		},
	},
	runs: {
		arguments: "",
		summary: "past runs",
		async load() {
			const { defineRuns, runRuns } = await import("./runs.js");
			return { define: defineRuns, run: runRuns };
		},
	},
	report: {
		arguments: "<run>",
		summary: "draw a past run again",
		async load() {
			const { defineReport, runReport } = await import("./report.js");
			return { define: defineReport, run: runReport };
		},
	},
	export: {
		arguments: "<run>",
		summary: "a past run in another tool's format",
		async load() {
			const { defineExport, runExport } = await import("./export.js");
			return { define: defineExport, run: runExport };
		},
	},
};
