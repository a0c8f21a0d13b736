import { findingsBesides } from "#src/report/figures/matrix-rows.js";
import type { PageData } from "#src/report/html/page-data.js";
import { collectorLabel } from "#src/report/labels/collector.js";
import { chartsSection } from "./charts/charts.js";
import { el } from "./dom.js";
import { fitStage } from "./flame/fit-stage.js";
import { FlamePanel } from "./flame/flame-panel.js";
import { ProfileFlame } from "./flame/profile-flame.js";
import { percentilePanel } from "./tables/percentile-table.js";
import { allocationPanel } from "./views/allocation-panel.js";
import { comparisonSections } from "./views/comparison-view.js";
import { doctorChartsSection, doctorPanel } from "./views/doctor-view.js";
import { agreementSection, factsSection, filesSection } from "./views/evidence.js";
import { loadPanel } from "./views/load-view.js";
import { matrixSections } from "./views/matrix-view.js";
import { findingsSection, summarySection } from "./views/summary.js";

/** Draws the whole page from the data that it carries. */
function draw(data: PageData): void {
	const { run } = data;
	const sections: (HTMLElement | null)[] = [
		summarySection(data),
		findingsSection(findingsBesides(run.findings, run.matrix)),
	];
	sections.push(
		...answer(data),
		el("div", { class: "evidence" }, agreementSection(data), factsSection(run), filesSection(run)),
	);
	document.body.append(el("main", {}, ...sections));
	fitStage();
	addEventListener("resize", fitStage);
}

/** What the run was made for, by its kind. */
function answer(data: PageData): (HTMLElement | null)[] {
	const { run, profiles } = data;
	if (run.comparison !== null) return comparisonSections(data, run.comparison);
	if (run.matrix !== null) return matrixSections(data, run.matrix);
	if (run.measurements.length === 0) return [];
	if (run.command === "load") return [loadPanel(run), chartsSection(data)];
	if (run.doctor !== null) {
		const figures = el("div", { class: "doctor-figures" }, doctorPanel(run), percentilePanel(run));
		return [figures, doctorChartsSection(run), chartsSection(data)];
	}
	const tabs = profiles.map((profile) => ({
		label: collectorLabel(profile.collector),
		open: () => new ProfileFlame(profile, run.target.cwd),
	}));
	const [first] = tabs;
	if (first === undefined) return [allocationPanel(run), percentilePanel(run), chartsSection(data)];
	const flame = new FlamePanel(tabs, first, "Profiler");
	const figures = el("div", { class: "left-column" }, allocationPanel(run), percentilePanel(run));
	return [el("div", { class: "side-by-side" }, figures, flame.panel), flame.functions.element, chartsSection(data)];
}

const embedded = document.getElementById("report-data")?.textContent;
if (embedded != null) draw(JSON.parse(embedded) as PageData);
