import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Collected, Collector } from "#src/collect/collector.js";
import { runClinic } from "./run-clinic.js";
import { type ClinicTool, toolFacts } from "./tools.js";

export interface ClinicSettings {
	/** clinic's command line program; null where it is not installed. */
	readonly program: string | null;
	/** How long the target may take to end before it is sent SIGTERM, and again before SIGKILL; by default each tool's own. */
	readonly endStepMs?: number;
	/** How long the tool may take from the end of the load to its page; by default each tool's own. */
	readonly analysisLimitMs?: number;
}

/** One of clinic's tools, in a process and a folder of its own. */
export function clinicWith(tool: ClinicTool, settings: Partial<ClinicSettings> = {}): Collector<Collected> {
	const { title } = toolFacts[tool];
	const { program = installedProgram(), ...others } = settings;
	return {
		name: `clinic-${tool}`,
		title,
		needsProcess: true,
		needsNode: true,
		seesEveryIsolate: false,
		unavailable: async () =>
			program === null
				? {
						why: "clinic, an optional dependency, is not installed",
						fix: "get it with npm install clinic, or npm ci --include=optional in a clone",
					}
				: null,
		collect: async (context) => runClinic(tool, { ...others, program: program ?? "" }, context),
	};
}

/** Null after `npm ci --omit=optional`. */
function installedProgram(): string | null {
	try {
		return join(dirname(createRequire(import.meta.url).resolve("clinic/package.json")), "bin.js");
	} catch {
		return null;
	}
}
