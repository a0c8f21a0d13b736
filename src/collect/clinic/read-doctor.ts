import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { doctorVerdict, parseProcessStats, statSeries } from "#src/analyse/import/clinic/doctor-stat.js";
import type { ClinicOutput, ClinicReading } from "./tools.js";

/** That of the tool. */
const INTERVAL_MS = 10;

export async function readDoctor({ html, data, window }: ClinicOutput): Promise<ClinicReading> {
	const stats = parseProcessStats(await readFile(join(data, `${basename(data)}-processstat`)));
	const series = statSeries(stats, window);
	if (series.length === 0) throw new Error("it has no sample of the measured window");
	return {
		tree: null,
		ticks: null,
		readings: { verdict: doctorVerdict(await readFile(html, "utf8")), series, asyncOperations: null },
		notes: [{ kind: "clinic doctor", samples: stats.length, intervalMs: INTERVAL_MS }],
	};
}
