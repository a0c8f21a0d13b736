import type { Doctor } from "#src/model/doctor.js";
import type { DoctorRun } from "#src/model/run.js";
import { type DoctorChart, doctorCharts, doctorFigures, doctorMeasurement } from "#src/report/figures/doctor.js";
import { chartsSection } from "#src/report/html/browser/charts/charts.js";
import { lineChart } from "#src/report/html/browser/charts/line-chart.js";
import { el, foreign } from "#src/report/html/browser/dom.js";
import { figureTable } from "#src/report/html/browser/tables/figure-table.js";
import { percentilePanel } from "#src/report/html/browser/tables/percentile-table.js";
import type { PageData } from "#src/report/html/page-data.js";
import { formatBytes } from "#src/report/numbers/bytes.js";
import { formatCount, formatSignificant } from "#src/report/numbers/format.js";
import { formatWholePercent } from "#src/report/numbers/shares.js";
import { otherVerdictSentence } from "#src/report/sentences/other-verdict.js";

/** What `doctor` read from the inside beside the percentiles, and both over the window. */
export function doctorSections(run: DoctorRun, data: PageData): (HTMLElement | null)[] {
	const { measurements, profiles, doctor } = run;
	if (measurements.length === 0) return [];
	const percentiles = percentilePanel(measurements, profiles);
	const charts = chartsSection(measurements, data, "collector");
	if (doctor === null) return [percentiles, charts];
	return [el("div", { class: "doctor-figures" }, doctorPanel(run, doctor), percentiles), seriesSection(doctor), charts];
}

/** Figures, and below them the verdict of the other tool. */
const doctorPanel = (run: DoctorRun, doctor: Doctor): HTMLElement =>
	el(
		"section",
		{ class: "panel", "aria-label": "Event loop" },
		figureTable(doctorFigures(doctor, doctorMeasurement(run))),
		...doctor.others.map((other) =>
			el("p", { class: "caption" }, foreign(otherVerdictSentence(other, doctor.verdicts))),
		),
	);

/** The series of the window, one small chart each; null where there are none. */
function seriesSection(doctor: Doctor): HTMLElement | null {
	if (doctor.series.length === 0) return null;
	return el(
		"section",
		{ class: "charts", "aria-label": "Over the window" },
		el("div", { class: "section-head" }, el("h2", {}, "Over the window")),
		el("div", { class: "chart-row" }, ...doctorCharts(doctor).map(seriesChart)),
	);
}

const TICKS = 5;

function seriesChart({ label, unit, points }: DoctorChart): HTMLElement {
	const last = points.at(-1)?.[0] ?? 0;
	return lineChart({
		title: label,
		yUnit: units[unit],
		xLabel: "seconds",
		series: [{ label, className: "s-clean", points }],
		xTicks: Array.from({ length: TICKS + 1 }, (_, index) => {
			const at = (last * index) / TICKS;
			return [at, formatSignificant(at)] as const;
		}),
		formatY: formats[unit],
		yScale: "from zero",
	});
}

const units: Readonly<Record<DoctorChart["unit"], string>> = { share: "%", ms: "ms", bytes: "", count: "" };
const formats: Readonly<Record<DoctorChart["unit"], (value: number) => string>> = {
	share: formatWholePercent,
	ms: formatSignificant,
	bytes: formatBytes,
	count: formatCount,
};
