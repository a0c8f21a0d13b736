import type { Command } from "commander";
import type { CommandContext, ExitCode } from "./terminal.js";

/** A command of the tool, loaded only when it is named on the command line or the help lists it. */
export interface CommandModule {
	define(command: Command): Command;
	// biome-ignore lint/suspicious/noExplicitAny: each command knows the type of the options that it defined
	run(args: readonly string[], options: any, context: CommandContext): Promise<ExitCode>;
}

/** Adding one: a file here with define… and run…, and a line below. */
export const commands: Readonly<Record<string, () => Promise<CommandModule>>> = {
	flame: async () => {
		const { defineFlame, runFlame } = await import("./flame.js");
		return { define: defineFlame, run: runFlame };
	},
	load: async () => {
		const { defineLoad, runLoad } = await import("./load.js");
		return { define: defineLoad, run: runLoad };
	},
	alloc: async () => {
		const { defineAlloc, runAlloc } = await import("./alloc.js");
		return { define: defineAlloc, run: runAlloc };
	},
	doctor: async () => {
		const { defineDoctor, runDoctor } = await import("./doctor.js");
		return { define: defineDoctor, run: runDoctor };
	},
	compare: async () => {
		const { defineCompare, runCompare } = await import("./compare.js");
		return { define: defineCompare, run: runCompare };
	},
	diagnose: async () => {
		const { defineDiagnose, runDiagnose } = await import("./diagnose.js");
		return { define: defineDiagnose, run: runDiagnose };
	},
	matrix: async () => {
		const { defineMatrix, runMatrix } = await import("./matrix.js");
		return { define: defineMatrix, run: runMatrix };
	},
	calibrate: async () => {
		const { defineCalibrate, runCalibrate } = await import("./calibrate.js");
		return { define: defineCalibrate, run: runCalibrate };
	},
	serve: async () => {
		const { defineServe, runServe } = await import("./serve.js");
		return { define: defineServe, run: runServe };
	},
	runs: async () => {
		const { defineRuns, runRuns } = await import("./runs.js");
		return { define: defineRuns, run: runRuns };
	},
	report: async () => {
		const { defineReport, runReport } = await import("./report.js");
		return { define: defineReport, run: runReport };
	},
	export: async () => {
		const { defineExport, runExport } = await import("./export.js");
		return { define: defineExport, run: runExport };
	},
};
