import { furtherSeries, seriesOf } from "#src/analyse/latency/judged-latency.js";
import { KnownError, usageError } from "#src/errors.js";
import type { Latency } from "#src/model/latency.js";
import type { Measurement } from "#src/model/measurement.js";
import { nearest } from "#src/nearest.js";
import type { ExportedLatencies } from "#src/report/export/exported.js";
import { fileInRun, readRunFile } from "#src/store/file-in-run.js";
import type { StoredRun } from "#src/store/read-run.js";
import type { Terminal } from "./terminal.js";

/** Which latencies of a run are exported. */
export interface LatencyOptions {
	readonly measurement?: string;
	readonly series?: string;
}

const SERVICE = "service";

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
	const measurements: readonly Measurement[] = record.measurements;
	const ids = measurements.map((each) => each.id);
	if (id !== undefined) {
		const found = measurements.find((each) => each.id === id);
		if (found !== undefined) return found;
		throw usageError(`the run has no measurement "${id}"`, choice(id, "--measurement", ids));
	}
	const [first, ...others] = measurements;
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
	const found = furtherSeries(measurement).find((each) => each.name === name);
	if (found !== undefined) return found;
	const names = [SERVICE, ...furtherSeries(measurement).map((each) => each.name)];
	throw usageError(`"${measurement.id}" has no latency "${name}"`, choice(name, "--series", names));
}

function choice(wanted: string, option: string, names: readonly string[]): string {
	if (names.length === 0) return "it has none at all";
	const close = nearest(wanted, names);
	return `${close === undefined ? "" : `did you mean "${close}"? `}${option} takes ${names.map((each) => `"${each}"`).join(", ")}`;
}

/** Null where the run kept none, or where it is gone. */
function secondsLogOf({ path }: StoredRun, measurement: Measurement): string | null {
	const hlogFile = measurement.kind === "window" ? measurement.hlogFile : undefined;
	if (hlogFile === undefined) return null;
	try {
		return readRunFile(fileInRun(path, hlogFile));
	} catch {
		return null;
	}
}
