import { withoutProcesses } from "#src/analyse/call-tree/processes.js";
import { KnownError, messageOf, usageError } from "#src/errors.js";
import type { ProfileMeasure } from "#src/model/call-tree.js";
import { profilesOf } from "#src/model/parts-of-run.js";
import type { ProfileRecord } from "#src/model/profile.js";
import type { RunRecord } from "#src/model/run.js";
import { writeNamedFile } from "#src/named-output.js";
import { nearest } from "#src/nearest.js";
import { type ExportFormat, exportFormats } from "#src/report/export/export-run.js";
import type { Exported, ExportedLatencies } from "#src/report/export/exported.js";
import { formatNames } from "#src/report/export/format-names.js";
import { readRun, type StoredRun } from "#src/store/read-run.js";
import { readTree, readTrees } from "#src/store/read-tree.js";
import type { ExportOptions } from "./export.js";
import { type LatencyOptions, latenciesOf } from "./exported-latencies.js";
import type { ExitCode, Terminal } from "./terminal.js";

/** Writes it to stdout, or to a file. */
export async function exportRun(name: string, options: ExportOptions, terminal: Terminal): Promise<ExitCode> {
	const format = formatNamed(options.format);
	const binary = format.of === "profile" && format.binary;
	if (binary && options.output === undefined && terminal.interactive) {
		throw usageError(`${options.format} is binary and this is a terminal`, "write it to a file with -o FILE");
	}
	const run = readRun(name, options.out ?? null);
	const content = contentOf(run, format, options, terminal);
	if (options.output === undefined) {
		terminal.out(content);
		return 0;
	}
	writeOutput(options.output, content);
	terminal.err(`az-prof: wrote ${options.output}, for ${format.readBy}\n`);
	return 0;
}

function formatNamed(name: string): ExportFormat {
	const known = formatNames.find((each) => each === name);
	if (known !== undefined) return exportFormats[known];
	const close = nearest(name, formatNames);
	throw usageError(
		`there is no format "${name}"`,
		`${close === undefined ? "" : `did you mean ${close}? `}--format takes ${formatNames.join(", ")}`,
	);
}

function contentOf(
	run: StoredRun,
	format: ExportFormat,
	options: ExportOptions,
	terminal: Terminal,
): string | Uint8Array {
	const { record } = run;
	const { format: name, profile: id } = options;
	const exported = (profile: ProfileRecord): Exported => exportedOf(run, profile, options.byProcess === true);
	if (format.of !== "measurement") refuseLatencyOptions(options, name);
	switch (format.of) {
		case "profile":
			return format.write(exported(choose(record, { name, measures: format.measures, id }, terminal)));
		case "profiles": {
			if (id !== undefined) return format.write([exported(profileNamed(record, id))]);
			const all = profilesOf(record).filter(({ treeFile }) => treeFile !== null);
			if (all.length === 0) throw noProfile(record, null);
			return format.write(all.map(exported));
		}
		case "measurement":
			if (id !== undefined) throw usageError(`${name} is of a measurement`, "give --measurement instead of --profile");
			return writeLatencies(latenciesOf(run, options, format.oneLatency, terminal), format.write);
		case "run": {
			if (id === undefined) return format.write(record, readTrees(run));
			const profile = profileNamed(record, id);
			if (format.writeProfile === null) throw usageError(`${name} is of the whole run`, "leave --profile out");
			return format.writeProfile(exported(profile));
		}
	}
}

/** @throws KnownError EXPORT where what the run keeps of the latencies cannot be read */
function writeLatencies(
	latencies: ExportedLatencies,
	write: (latencies: ExportedLatencies) => string | Uint8Array,
): string | Uint8Array {
	try {
		return write(latencies);
	} catch (error) {
		if (error instanceof KnownError) throw error;
		throw new KnownError({
			code: "EXPORT",
			what: `the histogram of "${latencies.measurement.id}" cannot be read`,
			why: `it is damaged (${messageOf(error)})`,
			fix: "choose another measurement, or measure again",
			cause: error,
		});
	}
}

function refuseLatencyOptions({ measurement, series }: LatencyOptions, format: string): void {
	if (measurement !== undefined || series !== undefined) {
		throw usageError(
			`--${measurement === undefined ? "series" : "measurement"} is for hgrm and hlog`,
			`leave it out with ${format}`,
		);
	}
}

interface Wanted {
	readonly name: string;
	readonly measures: ProfileMeasure | null;
	readonly id: string | undefined;
}

/** The profile that was asked for, or the first one that fits the format; then it is said which. */
function choose(record: RunRecord, { name, measures, id }: Wanted, terminal: Terminal): ProfileRecord {
	if (id !== undefined) {
		const profile = profileNamed(record, id);
		if (measures === null || profile.measures === measures) return profile;
		const other = measures === "cpu" ? "heapprofile" : "cpuprofile";
		throw usageError(
			`${name} cannot hold the profile ${id}: it is of ${measures === "cpu" ? "allocated bytes" : "CPU time"}`,
			`take --format ${other}, folded, pprof or speedscope`,
		);
	}
	const fitting = profilesOf(record).filter(
		(each) => each.treeFile !== null && (measures === null || each.measures === measures),
	);
	const [first, ...others] = fitting;
	if (first === undefined) throw noProfile(record, measures);
	if (others.length > 0) {
		terminal.err(`az-prof: this is ${first.id}; --profile takes ${others.map((each) => each.id).join(", ")} as well\n`);
	}
	return first;
}

function profileNamed(record: RunRecord, id: string): ProfileRecord {
	const withTree = profilesOf(record).filter(({ treeFile }) => treeFile !== null);
	const ids = withTree.map((each) => each.id);
	const found = withTree.find((each) => each.id === id);
	if (found !== undefined) return found;
	const close = nearest(id, ids);
	throw usageError(
		`the run has no profile "${id}" with a call tree`,
		ids.length === 0
			? "it has none at all"
			: `${close === undefined ? "" : `did you mean "${close}"? `}--profile takes ${ids.map((each) => `"${each}"`).join(", ")}`,
	);
}

function exportedOf(run: StoredRun, profile: ProfileRecord, byProcess: boolean): Exported {
	const tree = readTree(run, profile);
	return { run: run.record, profile, tree: byProcess ? tree : withoutProcesses(tree) };
}

function noProfile(record: RunRecord, measures: ProfileMeasure | null): KnownError {
	const kind = measures === null ? "profile" : measures === "cpu" ? "CPU profile" : "heap profile";
	const path = record.measurements[0]?.endpoint.path ?? "/";
	const makes = measures === "allocation" ? `az-prof alloc ${path}` : `az-prof flame ${path}`;
	const has = profilesOf(record)
		.map(({ id }) => id)
		.join(", ");
	return new KnownError({
		code: "EXPORT",
		what: `the run ${record.id} has no ${kind} with a call tree`,
		...(has === "" ? {} : { why: `it has ${has}` }),
		fix: `${makes} makes a run that has one`,
	});
}

function writeOutput(file: string, content: string | Uint8Array): void {
	try {
		writeNamedFile(file, content, "replace");
	} catch (error) {
		throw new KnownError({
			code: "EXPORT",
			what: `cannot write ${file}`,
			why: messageOf(error),
			fix: "choose another file with -o",
			cause: error,
		});
	}
}
