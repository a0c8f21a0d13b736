import type { Doctor } from "#src/model/doctor.js";
import type { Finding } from "#src/model/finding.js";
import type { Window } from "#src/model/measurement.js";
import type { DoctorRun } from "#src/model/run.js";
import { formatBytes } from "#src/report/numbers/bytes.js";
import type { ReportFigure } from "#src/report/numbers/figure.js";
import { formatCount, formatSignificant, NO_FIGURE } from "#src/report/numbers/format.js";
import { formatPercent } from "#src/report/numbers/shares.js";
import { formatNs } from "#src/report/numbers/times.js";
import { causesClause } from "#src/report/sentences/standstills.js";

/** The findings that are verdicts, the strongest first. */
export const verdictFindings = (run: DoctorRun, { verdicts }: Doctor): Finding[] =>
	verdicts.flatMap((code) => run.findings.find((each) => each.code === code) ?? []);

/** The clean window that was read from the inside. */
export const doctorMeasurement = ({ doctor, measurements }: DoctorRun): Window | undefined =>
	measurements.find(({ id }) => id === doctor?.measurementId);

/** For the terminal, Markdown and the report alike. */
export function doctorFigures(doctor: Doctor, clean: Window | undefined): ReportFigure[] {
	const { delay, gc, blocks, blockCount, blocksByCause, series } = doctor;
	const resources = series.map((point) => point.resources);
	const heaps = series.map((point) => point.heapUsedBytes);
	const perSecond = blockCount / (doctor.windowNs / 1e9);
	return [
		...loopsFigure(doctor),
		{
			label: "event loop",
			text: `${formatPercent(doctor.utilization)} at work`,
			note: `its timers were ${formatNs(delay.meanNs)} late on average, p50 ${formatNs(delay.p50Ns)}, p99 ${formatNs(delay.p99Ns)}, max ${formatNs(delay.maxNs)}`,
		},
		{
			label: "standstills",
			text: blockCount === 0 ? "none" : `${formatSignificant(perSecond)}/s`,
			note:
				blocks[0] === undefined
					? "no timer was 20 ms late"
					: `${formatCount(blockCount)} of 20 ms and more, the longest ${formatNs(blocks[0].durationNs)}: ${causesClause(blocksByCause)}`,
		},
		{
			label: "CPU",
			text: `${formatPercent(doctor.cpu)} of a core`,
			note:
				doctor.runQueueWait === null
					? "all threads; waiting for a core is not known here"
					: `all threads; they waited ${formatPercent(doctor.runQueueWait)} of the time for a core`,
		},
		{
			label: "GC pauses",
			text: formatPercent(gc.share),
			note: `of the window: ${formatCount(gc.pauses)}, the longest ${formatNs(gc.longestNs)}${kinds(clean)}`,
		},
		{
			label: "resources",
			text: resources.length === 0 ? NO_FIGURE : formatCount(Math.max(...resources)),
			note:
				resources.length === 0
					? "not read"
					: `at most; ${formatCount(Math.min(...resources))} at least (sockets, timers, requests to the thread pool)`,
		},
		{
			label: "heap",
			text: heaps.length === 0 ? NO_FIGURE : formatBytes(Math.max(...heaps)),
			note: heaps.length === 0 ? "not read" : `at most in use; ${formatBytes(Math.min(...heaps))} at least`,
		},
	];
}

/** Where there are several: the others are of the busiest. */
function loopsFigure({ loops }: Doctor): ReportFigure[] {
	if (loops === undefined) return [];
	const utilizations = loops.map(({ utilization }) => utilization);
	const latestNs = Math.max(...loops.map(({ delayMaxNs }) => delayMaxNs));
	return [
		{
			label: "event loops",
			text: `${formatCount(loops.length)} answer`,
			note: `at work ${formatPercent(Math.min(...utilizations))} to ${formatPercent(Math.max(...utilizations))}, no timer later than ${formatNs(latestNs)}; below is the busiest`,
		},
	];
}

function kinds(clean: Window | undefined): string {
	const pauses = clean?.allocation?.pauses ?? [];
	if (pauses.length === 0) return "";
	return ` (${pauses.map(({ kind, count }) => `${formatCount(count)} ${kind}`).join(", ")})`;
}

/** Small line charts of the series: the label, how a value is written, and the points. */
export interface DoctorChart {
	readonly label: string;
	readonly unit: "share" | "ms" | "bytes" | "count";
	readonly points: readonly (readonly [seconds: number, value: number])[];
}

export function doctorCharts({ series }: Doctor): DoctorChart[] {
	const chart = (label: string, unit: DoctorChart["unit"], of: (point: Doctor["series"][number]) => number) => ({
		label,
		unit,
		points: series.map((point) => [point.atMs / 1e3, of(point)] as const),
	});
	return [
		chart("Event-loop delay, largest", "ms", ({ delayMaxNs }) => delayMaxNs / 1e6),
		chart("Event loop at work", "share", ({ utilization }) => utilization),
		chart("CPU", "share", ({ cpu }) => cpu),
		chart("GC pauses", "share", ({ gc }) => gc),
		chart("Heap in use", "bytes", ({ heapUsedBytes }) => heapUsedBytes),
		chart("Resources", "count", ({ resources }) => resources),
	];
}
