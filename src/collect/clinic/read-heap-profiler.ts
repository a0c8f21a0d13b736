import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { heapCallTree, parseHeapProfile } from "#src/analyse/import/v8/heap-profile.js";
import type { ClinicOutput, ClinicReading } from "./tools.js";

/** That of the tool. */
const INTERVAL_BYTES = 32_768;
const FILE = "clinic-heapprofiler.heapprofile";

export async function readHeapProfiler({ data, folder }: ClinicOutput): Promise<ClinicReading> {
	const { tree, ticks } = heapCallTree(parseHeapProfile(JSON.parse(await readFile(data, "utf8"))), INTERVAL_BYTES);
	await copyFile(data, join(folder, FILE));
	return {
		measures: "allocation",
		tree,
		ticks,
		files: [{ title: "clinic heapprofiler's profile", path: FILE }],
		notes: [
			"only what was still on the heap at the end: garbage is not in it, and start and warm-up are",
			"inlined functions are charged to their callers",
		],
	};
}
