import { findingsBesides } from "#src/report/figures/matrix-rows.js";
import type { PageData } from "#src/report/html/page-data.js";
import { el } from "./dom.js";
import { fitStage } from "./flame/fit-stage.js";
import { agreementSection } from "./views/agreement.js";
import { comparisonSections } from "./views/comparison-view.js";
import { diagnosisSections } from "./views/diagnosis-view.js";
import { doctorSections } from "./views/doctor-view.js";
import { factsSection } from "./views/facts.js";
import { filesSection } from "./views/files.js";
import { loadSections } from "./views/load-view.js";
import { matrixSections } from "./views/matrix-view.js";
import { allocSections, flameSections } from "./views/profiled-view.js";
import { findingsSection, summarySection } from "./views/summary.js";

/** Draws the whole page from the data that it carries. */
function draw(data: PageData): void {
	const { run } = data;
	document.body.append(
		el(
			"main",
			{},
			summarySection(data),
			findingsSection(run.command === "matrix" ? findingsBesides(run.findings, run.matrix) : run.findings),
			...answer(data),
			el("div", { class: "evidence" }, agreementSection(data), factsSection(run), filesSection(run)),
		),
	);
	fitStage();
	addEventListener("resize", fitStage);
}

/** What the run was made for, by the command that made it. */
function answer(data: PageData): (HTMLElement | null)[] {
	const { run } = data;
	switch (run.command) {
		case "flame":
			return flameSections(run, data);
		case "load":
			return loadSections(run, data);
		case "alloc":
			return allocSections(run, data);
		case "doctor":
			return doctorSections(run, data);
		case "compare":
		case "calibrate":
			return comparisonSections(run, data);
		case "diagnose":
			return [...diagnosisSections(run), ...comparisonSections(run, data)];
		case "matrix":
			return matrixSections(run, data);
	}
}

const embedded = document.getElementById("report-data")?.textContent;
if (embedded != null) draw(JSON.parse(embedded) as PageData);
