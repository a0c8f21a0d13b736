import type { Measurement } from "./measurement.js";
import type { ProfileRecord } from "./profile.js";
import type { RunRecord } from "./run.js";

/** Questions to any run; without the schema, as the report's page asks them as well. */

/** Whether no profiler ran meanwhile. */
export const isClean = (measurement: Measurement): boolean =>
	measurement.kind === "slices" || measurement.collector === null;

/** Those of a command that takes none are none. */
export const profilesOf = (run: RunRecord): readonly ProfileRecord[] => ("profiles" in run ? run.profiles : []);
