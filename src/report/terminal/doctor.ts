import type { Doctor } from "#src/model/doctor.js";
import type { DoctorRun } from "#src/model/run.js";
import { doctorCharts, doctorFigures, doctorMeasurement } from "#src/report/figures/doctor.js";
import { formatDecimal } from "#src/report/numbers/format.js";
import { formatWholePercent } from "#src/report/numbers/shares.js";
import { otherVerdictSentence } from "#src/report/sentences/other-verdict.js";
import { renderAnswer } from "./answer.js";
import { renderFigures } from "./figures.js";
import { renderFindings } from "./findings.js";
import { percentileTable } from "./percentiles.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { printable, renderTable, wrap } from "./table.js";

const BARS = "▁▂▃▄▅▆▇█";
const MOST_BARS = 60;

/** The whole answer of `az-prof doctor` for a terminal: sentence, figures over time, the other verdict, percentiles, findings. */
export function renderDoctor(run: DoctorRun, style: TerminalStyle): string {
	const { doctor } = run;
	const parts = [
		renderAnswer(run, style),
		...(doctor === null ? [] : readings(doctor, run, style)),
		operationsTable(run),
		percentileTable(run.measurements, style),
		renderFindings(run.findings, style),
	];
	return parts.filter((part) => part !== "").join("\n\n");
}

/** Figures, the window over time, and what other tools say of it. */
function readings(doctor: Doctor, run: DoctorRun, style: TerminalStyle): string[] {
	const colors = colorsOf(style);
	return [
		renderFigures(doctorFigures(doctor, doctorMeasurement(run)), style),
		seriesTable(doctor, style),
		...doctor.others.map((other) => {
			const text = wrap(printable(otherVerdictSentence(other, doctor.verdicts)), style.columns);
			return other.agrees ? text : colors.yellow(text);
		}),
	];
}

function seriesTable(doctor: Doctor, style: TerminalStyle): string {
	if (doctor.series.length < 2) return "";
	const charts = doctorCharts(doctor).slice(0, 4);
	return renderTable(
		[{ title: "over the window", align: "left" }, { title: "", align: "left" }, { title: "max" }],
		charts.map(({ label, unit, points }) => {
			const values = points.map(([, value]) => value);
			const most = Math.max(...values);
			const room = Math.max(10, Math.min(MOST_BARS, style.columns - 45));
			return [
				label,
				sparkline(values, room),
				unit === "ms" ? `${formatDecimal(most, 1)} ms` : formatWholePercent(most),
			];
		}),
	);
}

/** The largest value of each stretch, as a block between nothing and the largest of all. */
function sparkline(values: readonly number[], columns: number): string {
	const most = Math.max(...values);
	const bars = Math.min(columns, values.length);
	return Array.from({ length: bars }, (_, index) => {
		const from = Math.floor((index * values.length) / bars);
		const to = Math.max(from + 1, Math.floor(((index + 1) * values.length) / bars));
		const value = Math.max(...values.slice(from, to));
		return BARS[most === 0 ? 0 : Math.min(BARS.length - 1, Math.floor((value / most) * BARS.length))];
	}).join("");
}

const TOP_OPERATIONS = 8;

/** What clinic bubbleprof saw, where it was asked. */
function operationsTable(run: DoctorRun): string {
	const operations = run.profiles.flatMap(({ readings }) => readings?.asyncOperations ?? []);
	if (operations.length === 0) return "";
	return renderTable(
		[
			{ title: "asynchronous operation", align: "left" },
			{ title: "count" },
			{ title: "callbacks" },
			{ title: "open" },
			{ title: "in callbacks" },
		],
		operations
			.slice(0, TOP_OPERATIONS)
			.map(({ type, count, callbacks, openMs, callbackMs }) => [
				printable(type),
				String(count),
				String(callbacks),
				`${formatDecimal(openMs, 1)} ms`,
				`${formatDecimal(callbackMs, 1)} ms`,
			]),
	);
}
