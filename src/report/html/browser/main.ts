import { collectorLabel } from "../../collector-label.js";
import { findingsBesides } from "../../matrix-rows.js";
import type { PageData } from "../page-data.js";
import { allocationPanel } from "./allocation-panel.js";
import { chartsSection } from "./charts.js";
import { comparisonSections } from "./comparison-view.js";
import { doctorChartsSection, doctorPanel } from "./doctor-view.js";
import { el } from "./dom.js";
import { agreementSection, factsSection, filesSection } from "./evidence.js";
import { fitStage } from "./fit-stage.js";
import { FlamePanel } from "./flame-panel.js";
import { loadPanel } from "./load-view.js";
import { matrixSections } from "./matrix-view.js";
import { percentilePanel } from "./percentile-table.js";
import { ProfileFlame } from "./profile-flame.js";
import { findingsSection, summarySection } from "./summary.js";

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
