import type { RunRecord } from "#src/model/run.js";
import { type DoctorChart, doctorCharts, doctorFigures, doctorMeasurement } from "#src/report/figures/doctor.js";
import { lineChart } from "#src/report/html/browser/charts/line-chart.js";
import { el, foreign } from "#src/report/html/browser/dom.js";
import { figureTable } from "#src/report/html/browser/tables/figure-table.js";
import { formatBytes, formatCount, formatSignificant, formatWholePercent } from "#src/report/numbers/format.js";

/** What `doctor` read from the inside: figures, and beside them the verdict of the other tool; null for other runs. */
export function doctorPanel(run: RunRecord): HTMLElement | null {
	const { doctor } = run;
	if (doctor === null) return null;
	return el(
		"section",
		{ class: "panel", "aria-label": "Event loop" },
		figureTable(doctorFigures(doctor, doctorMeasurement(run))),
		...doctor.others.map(({ sentence }) => el("p", { class: "caption" }, foreign(sentence))),
	);
}

/** The series of the window, one small chart each; null for other runs. */
export function doctorChartsSection(run: RunRecord): HTMLElement | null {
	if (run.doctor === null || run.doctor.series.length === 0) return null;
	return el(
		"section",
		{ class: "charts", "aria-label": "Over the window" },
		el("div", { class: "section-head" }, el("h2", {}, "Over the window")),
		el("div", { class: "chart-row" }, ...doctorCharts(run.doctor).map(seriesChart)),
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
