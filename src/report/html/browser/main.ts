import type { PageData } from "../page-data.js";
import { chartsSection } from "./charts.js";
import { el } from "./dom.js";
import { agreementSection, factsSection, filesSection } from "./evidence.js";
import { loadPanel, percentilePanel } from "./percentile-table.js";
import { ProfileView } from "./profile-view.js";
import { findingsSection, summarySection } from "./summary.js";

/** Draws the whole page from the data that it carries. */
function draw(data: PageData): void {
	const { run } = data;
	const sections: (HTMLElement | null)[] = [summarySection(data), findingsSection(run.findings)];
	const [firstProfile] = data.profiles;
	if (run.measurements.length > 0 && run.command === "load") sections.push(loadPanel(run));
	else if (firstProfile !== undefined) {
		const view = new ProfileView(data.profiles, firstProfile, run.target.cwd);
		sections.push(el("div", { class: "side-by-side" }, percentilePanel(run), view.panel), view.functions.element);
	} else if (run.measurements.length > 0) sections.push(percentilePanel(run));
	sections.push(
		chartsSection(data),
		el("div", { class: "evidence" }, agreementSection(data), factsSection(run), filesSection(run)),
	);
	document.body.append(el("main", {}, ...sections));
	fitStage();
}

/** Gives the graph the height that is left of the first screen; a deeper tree scrolls inside it. */
function fitStage(): void {
	const stage = document.querySelector<HTMLElement>(".flame-stage");
	if (stage === null) return;
	const takeWhatIsLeft = (): void => {
		const top = stage.getBoundingClientRect().top + window.scrollY;
		stage.style.setProperty("--stage-height", `${Math.max(320, window.innerHeight - top - 26)}px`);
	};
	takeWhatIsLeft();
	addEventListener("resize", takeWhatIsLeft);
}

const embedded = document.getElementById("report-data")?.textContent;
if (embedded != null) draw(JSON.parse(embedded) as PageData);
