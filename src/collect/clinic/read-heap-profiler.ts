import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { heapCallTree, parseHeapProfile } from "#src/analyse/import/v8/heap-profile.js";
import type { ClinicOutput, ClinicReading } from "./tools.js";

/** That of the tool. */
const INTERVAL_BYTES = 32_768;
const FILE = "clinic-heapprofiler.heapprofile";

export async function readHeapProfiler({ data, folder }: ClinicOutput): Promise<ClinicReading> {
	const profile = parseHeapProfile(JSON.parse(await readFile(data, "utf8")));
	const { tree, ticks } = heapCallTree([{ profile, process: null }], INTERVAL_BYTES);
	await copyFile(data, join(folder, FILE));
	return {
		measures: "allocation",
		tree,
		ticks,
		files: [{ title: "clinic heapprofiler's profile", path: FILE }],
		notes: [{ kind: "clinic heapprofiler shows what stays" }, { kind: "inlined charged to callers" }],
	};
}
