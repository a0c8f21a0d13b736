import { isAbsolute, join, normalize } from "node:path";
import { seriesOf } from "#src/analyse/latency/judged-latency.js";
import { KnownError, usageError } from "#src/errors.js";
import type { Latency, Measurement } from "#src/model/run-record.js";
import { nearest } from "#src/nearest.js";
import { readPlainFileSync } from "#src/plain-file.js";
import type { ExportedLatencies } from "#src/report/export/exported.js";
import type { StoredRun } from "#src/store/run-folder.js";
import type { Terminal } from "./terminal.js";

/** Which latencies of a run are exported. */
export interface LatencyOptions {
	readonly measurement?: string;
	readonly series?: string;
}

const SERVICE = "service";
const LARGEST_FILE_BYTES = 384 * 1024 * 1024;

/** The measurement and the latency that were asked for, or the first; then it is said which. */
export function latenciesOf(
	run: StoredRun,
	options: LatencyOptions,
	isOneLatency: boolean,
	terminal: Terminal,
): ExportedLatencies {
	const measurement = measurementOf(run, options.measurement, terminal);
	if (!isOneLatency && options.series !== undefined) {
		throw usageError("hlog has every latency, under its tag", "leave --series out");
	}
	const name = options.series ?? (seriesOf(measurement, "response") === undefined ? SERVICE : "response");
	if (isOneLatency && options.series === undefined && name !== SERVICE) {
		terminal.err(`az-prof: this is the ${name} time; --series ${SERVICE} is the service time\n`);
	}
	return { measurement, latency: latencyNamed(measurement, name), secondsLog: secondsLogOf(run, measurement) };
}

function measurementOf({ record }: StoredRun, id: string | undefined, terminal: Terminal): Measurement {
	const ids = record.measurements.map((each) => each.id);
	if (id !== undefined) {
		const found = record.measurements.find((each) => each.id === id);
		if (found !== undefined) return found;
		throw usageError(`the run has no measurement "${id}"`, choice(id, "--measurement", ids));
	}
	const [first, ...others] = record.measurements;
	if (first === undefined) {
		throw new KnownError({
			code: "EXPORT",
			what: `the run ${record.id} has no measurement`,
			fix: "az-prof load /path makes a run that has one",
		});
	}
	if (others.length > 0) {
		const names = others.map((each) => `"${each.id}"`).join(", ");
		terminal.err(`az-prof: this is "${first.id}"; --measurement takes ${names} as well\n`);
	}
	return first;
}

function latencyNamed(measurement: Measurement, name: string): Latency {
	if (name === SERVICE) return measurement.serviceTime;
	const found = measurement.series.find((each) => each.name === name);
	if (found !== undefined) return found;
	const names = [SERVICE, ...measurement.series.map((each) => each.name)];
	throw usageError(`"${measurement.id}" has no latency "${name}"`, choice(name, "--series", names));
}

function choice(wanted: string, option: string, names: readonly string[]): string {
	if (names.length === 0) return "it has none at all";
	const close = nearest(wanted, names);
	return `${close === undefined ? "" : `did you mean "${close}"? `}${option} takes ${names.map((each) => `"${each}"`).join(", ")}`;
}

/** Null where it is gone. A name that leads out of the run's folder is not followed: run.json may come from anybody. */
function secondsLogOf({ path }: StoredRun, { hlogFile }: Measurement): string | null {
	if (hlogFile === null || isAbsolute(hlogFile) || normalize(hlogFile).startsWith("..")) return null;
	try {
		return readPlainFileSync(join(path, hlogFile), LARGEST_FILE_BYTES).toString("utf8");
	} catch {
		return null;
	}
}
