import type { Measurement } from "#src/model/measurement.js";
import { profilesOf } from "#src/model/parts-of-run.js";
import type { RunRecord } from "#src/model/run.js";
import { el, foreign } from "#src/report/html/browser/dom.js";
import { collectorLabel } from "#src/report/labels/collector.js";

interface RunFile {
	readonly title: string;
	readonly path: string;
}

/** Links to what the run left behind, relative to the report. */
export const filesSection = (run: RunRecord): HTMLElement =>
	el(
		"section",
		{ class: "files", "aria-label": "Files" },
		el("h2", {}, "Files of this run"),
		el(
			"ul",
			{},
			...filesOf(run).map(({ title, path }) =>
				el("li", {}, el("a", { href: relativeUrl(path) }, title), " ", foreign(path, "mono muted")),
			),
		),
	);

function filesOf(run: RunRecord): RunFile[] {
	const profiles = profilesOf(run);
	const measurements: readonly Measurement[] = run.measurements;
	const ofVariant = (title: string, variant: string | null): string =>
		variant === null ? title : `${title}, ${variant}`;
	return [
		...profiles.flatMap(({ files, variant }) =>
			files.map(({ title, path }) => ({ title: ofVariant(title, variant), path })),
		),
		...profiles.flatMap(({ collector, variant, treeFile }) =>
			treeFile === null
				? []
				: [{ title: ofVariant(`${collectorLabel(collector)} call tree`, variant), path: treeFile }],
		),
		{ title: "Run record", path: "run.json" },
		...measurements.flatMap((each) =>
			each.kind === "slices" || each.hlogFile === undefined
				? []
				: [{ title: `Histograms per second, ${each.id}`, path: each.hlogFile }],
		),
		...(run.target.kind === "url" ? [] : run.target.logFiles).map((path) => ({ title: "Target’s output", path })),
	];
}

/** Always below the report's own folder: a path cannot become a scheme or climb out. */
const relativeUrl = (path: string): string =>
	`./${path
		.split(/[\\/]/)
		.filter((part) => part !== "" && part !== "." && part !== "..")
		.map(encodeURIComponent)
		.join("/")}`;
