import { hasProcesses } from "#src/analyse/call-tree/processes.js";
import type { AllocRun, FlameRun } from "#src/model/run.js";
import { cwdOf } from "#src/report/figures/target.js";
import { chartsSection } from "#src/report/html/browser/charts/charts.js";
import { el } from "#src/report/html/browser/dom.js";
import { FlamePanel } from "#src/report/html/browser/flame/flame-panel.js";
import { ProfileFlame } from "#src/report/html/browser/flame/profile-flame.js";
import { percentilePanel } from "#src/report/html/browser/tables/percentile-table.js";
import type { PageData } from "#src/report/html/page-data.js";
import { collectorLabel } from "#src/report/labels/collector.js";
import { allocationPanel } from "./allocation-panel.js";

type Sections = (HTMLElement | null)[];

/** Percentiles beside the flamegraph; the functions below. */
export const flameSections = (run: FlameRun, data: PageData): Sections => profiledSections(run, data, null);

/** The same, with what a request allocates. */
export const allocSections = (run: AllocRun, data: PageData): Sections =>
	profiledSections(run, data, allocationPanel(run));

function profiledSections(run: FlameRun | AllocRun, data: PageData, figures: HTMLElement | null): Sections {
	const { measurements, profiles, target } = run;
	if (measurements.length === 0) return [];
	const percentiles = percentilePanel(measurements, profiles);
	const charts = chartsSection(measurements, data, "collector");
	const tabs = data.profiles.flatMap((profile) => {
		const label = collectorLabel(profile.collector);
		const merged = { label, open: () => new ProfileFlame(profile, cwdOf(target)) };
		if (!hasProcesses(profile.tree)) return [merged];
		return [merged, { label: `${label} by process`, open: () => new ProfileFlame(profile, cwdOf(target), true) }];
	});
	const [first] = tabs;
	if (first === undefined) return [figures, percentiles, charts];
	const flame = new FlamePanel(tabs, first, "Profiler");
	const left = el("div", { class: "left-column" }, figures, percentiles);
	return [el("div", { class: "side-by-side" }, left, flame.panel), flame.functions.element, charts];
}
