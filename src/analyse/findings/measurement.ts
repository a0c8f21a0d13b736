import { smallestSampleFor } from "#src/analyse/latency/percentiles.js";
import type { Finding } from "#src/model/finding.js";
import { errorKinds } from "#src/model/load-words.js";
import type { Measurement, Window } from "#src/model/measurement.js";
import { findingsOfLoad } from "./load.js";

/** Findings that follow from the figures of a measurement. Those of its profile are in files of their own. */

/** Seconds without an answer, at the end of a window, that make a target hung. */
const HUNG_SECONDS = 2;
/** From this share on, what went wrong is a problem and not a warning. */
const SERIOUS = 0.01;
/** Percentiles for which a reader learns how many samples they need. */
const TOLD_QUANTILES = [0.95, 0.99, 0.999];

export function findingsOfMeasurement(measurement: Measurement): Finding[] {
	const window = measurement.kind === "window" ? [measurement] : [];
	return [
		...findingsOfLoad(measurement),
		...window.flatMap(notWarm),
		...window.flatMap(tooFewSamples),
		...unexpectedAnswers(measurement),
		...errorsSeen(measurement),
		...window.flatMap(hung),
		...noCpu(measurement),
		...window.flatMap(severalIsolates),
	];
}

/** Under a profiler it is a remark: no figure comes from there, and shares change little. */
function notWarm({ id, warmup, collector }: Window): Finding[] {
	if (warmup.flat) return [];
	return [
		{
			code: "NOT_WARM",
			severity: collector === null ? "warning" : "info",
			about: id,
			figures: { warmupRequests: warmup.requests, warmupMs: warmup.durationMs, collector },
		},
	];
}

/** What sets are compared by has too few answers by itself: then it has no figure. */
function tooFewSamples({ id, counts, serviceTime }: Window): Finding[] {
	const quantiles = serviceTime.percentiles
		.map(({ quantile }) => quantile)
		.filter((quantile) => counts.ok < smallestSampleFor(quantile));
	if (quantiles.length === 0) return [];
	const needed = TOLD_QUANTILES.map((quantile) => ({ quantile, samples: smallestSampleFor(quantile) }));
	return [
		{
			code: "TOO_FEW_SAMPLES",
			severity: "info",
			about: id,
			figures: { samples: counts.ok, quantiles, needed },
		},
	];
}

function unexpectedAnswers({ id, counts }: Measurement): Finding[] {
	const statuses = Object.entries(counts.unexpectedStatus).map(([status, answers]) => ({ status, answers }));
	if (statuses.length === 0) return [];
	const answers = statuses.reduce((sum, each) => sum + each.answers, 0);
	const share = answers / counts.attempted;
	const limited = (counts.unexpectedStatus["429"] ?? 0) > answers / 2;
	return [
		{
			code: limited ? "RATE_LIMITED" : "UNEXPECTED_STATUS",
			severity: share > SERIOUS ? "problem" : "warning",
			about: id,
			figures: { answers, share, statuses },
		},
	];
}

function errorsSeen({ id, counts }: Measurement): Finding[] {
	const kinds = errorKinds.flatMap((kind) => {
		const errors = counts.errors[kind];
		return errors > 0 ? [{ kind, errors }] : [];
	});
	if (kinds.length === 0) return [];
	const errors = kinds.reduce((sum, each) => sum + each.errors, 0);
	const share = errors / counts.attempted;
	return [
		{
			code: "REQUEST_ERRORS",
			severity: share > SERIOUS ? "problem" : "warning",
			about: id,
			figures: { errors, attempted: counts.attempted, share, kinds },
		},
	];
}

/** How many seconds at the end of the window passed without one answer. */
function silentSecondsAtEnd({ seconds, counts }: Window): number {
	// Where answers have a wrong status, a second of errors only may still be one of answers.
	const errorsAreSilence = Object.keys(counts.unexpectedStatus).length === 0;
	const lastAnswered = seconds.findLastIndex(({ requests, errors }) => requests > (errorsAreSilence ? errors : 0));
	return seconds.slice(lastAnswered + 1).reduce((sum, second) => sum + second.durationMs / 1e3, 0);
}

export const isHung = (window: Window): boolean => silentSecondsAtEnd(window) >= HUNG_SECONDS;

function hung(window: Window): Finding[] {
	if (!isHung(window)) return [];
	return [
		{
			code: "TARGET_HUNG",
			severity: "problem",
			about: window.id,
			figures: { silentSeconds: silentSecondsAtEnd(window), inFlight: window.unanswered.count },
		},
	];
}

const noCpu = ({ id, cpu }: Measurement): Finding[] =>
	cpu === null ? [{ code: "NO_CPU_FIGURES", severity: "info", about: id, figures: {} }] : [];

/** SEVERAL_ISOLATES of a clean window: who takes part. ISOLATES_ENDED: what some of them had counted may be lost. */
function severalIsolates({ id, isolates, collector }: Window): Finding[] {
	if (isolates === undefined) return [];
	const ended = isolates.reduce((sum, group) => sum + group.ended, 0);
	const all = isolates.reduce((sum, group) => sum + group.isolates, 0);
	const several: Finding = {
		code: "SEVERAL_ISOLATES",
		severity: "info",
		about: id,
		figures: { isolates: [...isolates] },
	};
	const fewer: Finding = {
		code: "ISOLATES_ENDED",
		severity: "warning",
		about: id,
		figures: { isolates: all, ended },
	};
	return [...(collector === null ? [several] : []), ...(ended === 0 ? [] : [fewer])];
}

/** One endpoint of several that could not be measured. */
export const endpointFailed = (endpoint: string, message: string): Finding => ({
	code: "ENDPOINT_FAILED",
	severity: "problem",
	about: endpoint,
	figures: { message },
});
