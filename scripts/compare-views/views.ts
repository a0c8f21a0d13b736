/** All views of a run: the command lines that draw them. */
import { profilesOf } from "#src/model/parts-of-run.js";
import type { ProfileRecord } from "#src/model/profile.js";
import { exportFormats } from "#src/report/export/export-run.js";
import { type FormatName, formatNames } from "#src/report/export/format-names.js";
import type { RecordedRun } from "./recorded-runs.js";

export interface View {
	/** What it is counted under: "terminal, 80 columns", "export hgrm". */
	readonly kind: string;
	/** Which it is of those of its run: "clean GET /metrics, response"; "" where there is one. */
	readonly part: string;
	readonly args: readonly string[];
	/** Of the terminal; null: it is written into a pipe. */
	readonly columns: number | null;
}

const TERMINALS = [80, 120];
export const PAGE_KINDS = { data: "page, embedded data", text: "page, visible text" } as const;

/** The last of them leaves the run's page in its folder. */
export function viewsOf({ path, record }: RecordedRun): View[] {
	const exported = formatNames.flatMap((format) =>
		exportsOf(record, format).map(([part, ...args]): View => {
			return { kind: `export ${format}`, part, args: ["export", path, "--format", format, ...args], columns: null };
		}),
	);
	const report = (kind: string, columns: number | null, ...args: readonly string[]): View => ({
		kind,
		part: "",
		args: ["report", path, ...args],
		columns,
	});
	return [
		...exported,
		report("JSON", null, "--json"),
		report("terminal, a pipe", null),
		...TERMINALS.map((columns) => report(`terminal, ${columns} columns`, columns)),
	];
}

/** What is exported in a format, and the options that say so. */
function exportsOf(record: RecordedRun["record"], name: FormatName): [part: string, ...args: string[]][] {
	const format = exportFormats[name];
	const profiles = profilesOf(record).filter(({ treeFile }) => treeFile !== null);
	const ofProfiles = (all: readonly ProfileRecord[]): [string, ...string[]][] =>
		all.flatMap(({ id }): [string, ...string[]][] => [
			[id, "--profile", id],
			[`${id}, by process`, "--profile", id, "--by-process"],
		]);
	switch (format.of) {
		case "profile":
			return ofProfiles(profiles.filter(({ measures }) => format.measures === null || measures === format.measures));
		case "profiles":
			return profiles.length === 0 ? [] : [["all profiles"], ...ofProfiles(profiles)];
		case "measurement":
			return record.measurements.flatMap((measurement): [string, ...string[]][] => {
				const { id } = measurement;
				const series = format.oneLatency && measurement.kind === "window" ? measurement.series : [];
				return [
					[id, "--measurement", id],
					...series.map(({ name: of }): [string, ...string[]] => [`${id}, ${of}`, "--measurement", id, "--series", of]),
				];
			});
		case "run":
			return [
				[""],
				...(format.writeProfile === null ? [] : profiles.map(({ id }): [string, ...string[]] => [id, "--profile", id])),
			];
	}
}
