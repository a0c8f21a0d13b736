import { smallestSampleFor } from "#src/analyse/latency/percentiles.js";
import type { Finding } from "#src/model/finding.js";
import type { Machine } from "#src/model/machine.js";
import type { Measurement } from "#src/model/measurement.js";
import { findingsOfLoad } from "./load.js";

/** Findings that follow from the figures of a run. Collectors add their own (analyse/<collector>-findings.ts). */

type Figures = Finding["figures"];

const finding = (
	code: string,
	severity: Finding["severity"],
	about: string | null,
	figures: Figures,
	sentence: string,
): Finding => ({ code, severity, about, figures, sentence });

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
const count = (value: number): string => value.toLocaleString("en-US");

/** Seconds without an answer, at the end of a window, that make a target hung. */
const HUNG_SECONDS = 2;
const NOISY_STEAL_SHARE = 0.02;

export function findingsOfMeasurement(measurement: Measurement): Finding[] {
	const rules = [findingsOfLoad, notWarm, tooFewSamples, unexpectedAnswers, errorsSeen, hung, noCpu];
	return rules.flatMap((rule) => rule(measurement));
}

/** Under a profiler it is a remark: no figure comes from there, and shares change little. */
function notWarm({ id, warmup, collector }: Measurement): Finding[] {
	if (warmup.flat) return [];
	const follows =
		collector === null
			? "A longer --warmup helps."
			: "Its flamegraph may show more of V8's compiling than there is later.";
	return [
		finding(
			"NOT_WARM",
			collector === null ? "warning" : "info",
			id,
			{ warmupRequests: warmup.requests, warmupMs: warmup.durationMs },
			`${id} was measured before the target was warm: after ${count(warmup.requests)} requests in ${(warmup.durationMs / 1e3).toFixed(1)} s the cost of a request was still falling. ${follows}`,
		),
	];
}

function tooFewSamples({ id, counts, serviceTime }: Measurement): Finding[] {
	const short = serviceTime.percentiles.filter(({ quantile }) => counts.ok < smallestSampleFor(quantile));
	const first = short[0];
	if (first === undefined) return [];
	const names = short.map(({ quantile }) => `p${Number((quantile * 100).toFixed(2))}`).join(", ");
	return [
		finding(
			"TOO_FEW_SAMPLES",
			"info",
			id,
			{ samples: counts.ok, needed: smallestSampleFor(short.at(-1)?.quantile ?? first.quantile) },
			`${id} has ${count(counts.ok)} answers, too few for an interval of ${names} (p95 needs ${smallestSampleFor(0.95)}, p99 ${smallestSampleFor(0.99)}, p99.9 ${count(smallestSampleFor(0.999))}). A longer --duration helps.`,
		),
	];
}

function unexpectedAnswers({ id, counts }: Measurement): Finding[] {
	const entries = Object.entries(counts.unexpectedStatus);
	if (entries.length === 0) return [];
	const all = entries.reduce((sum, [, each]) => sum + each, 0);
	const share = all / counts.attempted;
	const list = entries.map(([status, each]) => `${count(each)}× ${status}`).join(", ");
	const limited = (counts.unexpectedStatus["429"] ?? 0) > all / 2;
	return [
		finding(
			limited ? "RATE_LIMITED" : "UNEXPECTED_STATUS",
			share > 0.01 ? "problem" : "warning",
			id,
			{ answers: all, share, statuses: list },
			`${percent(share)} of the answers of ${id} had an unexpected status (${list}); they are not in the percentiles.${limited ? " The target limits the rate: switch that off to measure it." : ""}`,
		),
	];
}

function errorsSeen({ id, counts }: Measurement): Finding[] {
	const entries = Object.entries(counts.errors).filter(([, each]) => each > 0);
	if (entries.length === 0) return [];
	const all = entries.reduce((sum, [, each]) => sum + each, 0);
	const list = entries.map(([kind, each]) => `${count(each)} ${kind}`).join(", ");
	return [
		finding(
			"REQUEST_ERRORS",
			all / counts.attempted > 0.01 ? "problem" : "warning",
			id,
			{ errors: all, share: all / counts.attempted, kinds: list },
			`${count(all)} of ${count(counts.attempted)} requests of ${id} failed (${list}).`,
		),
	];
}

/** How many seconds at the end of the window passed without one answer. */
function silentSecondsAtEnd({ seconds, counts }: Measurement): number {
	// Where answers have a wrong status, a second of errors only may still be one of answers.
	const errorsAreSilence = Object.keys(counts.unexpectedStatus).length === 0;
	const lastAnswered = seconds.findLastIndex(({ requests, errors }) => requests > (errorsAreSilence ? errors : 0));
	return seconds.slice(lastAnswered + 1).reduce((sum, second) => sum + second.durationMs / 1e3, 0);
}

export const isHung = (measurement: Measurement): boolean => silentSecondsAtEnd(measurement) >= HUNG_SECONDS;

function hung(measurement: Measurement): Finding[] {
	if (!isHung(measurement)) return [];
	const silent = silentSecondsAtEnd(measurement);
	return [
		finding(
			"TARGET_HUNG",
			"problem",
			measurement.id,
			{ silentSeconds: silent, inFlight: measurement.unanswered.count },
			`The target stopped answering: no answer of ${measurement.id} in the last ${silent.toFixed(1)} s of the window, while ${count(measurement.unanswered.count)} requests waited. The percentiles only know of the requests before.`,
		),
	];
}

function noCpu({ id, cpu }: Measurement): Finding[] {
	if (cpu !== null) return [];
	return [
		finding(
			"NO_CPU_FIGURES",
			"info",
			id,
			{},
			`CPU per request of ${id} is unknown: the target's process is neither visible in /proc nor does it carry the agent.`,
		),
	];
}

export function findingsOfMachine(machine: Machine, pinning: { readonly unpinnedBecause: string | null }): Finding[] {
	const findings: Finding[] = [];
	if (pinning.unpinnedBecause !== null) {
		findings.push(
			finding(
				"NOT_PINNED",
				"info",
				null,
				{},
				`Target and generator were not kept on different cores, because ${pinning.unpinnedBecause}; they may have taken time from each other.`,
			),
		);
	}
	if (machine.stealShare !== null && machine.stealShare > NOISY_STEAL_SHARE) {
		findings.push(
			finding(
				"NOISY_MACHINE",
				"warning",
				null,
				{ stealShare: machine.stealShare },
				`The hypervisor took ${percent(machine.stealShare)} of the CPU time away during the run; wall-clock figures suffer first.`,
			),
		);
	}
	return findings;
}

/** A collector that could not deliver: the run stands without it. */
export const collectorFailed = (collector: string, reason: string): Finding =>
	finding("COLLECTOR_FAILED", "problem", collector, { reason }, `No profile by ${collector}: ${reason}.`);

export const collectorUnavailable = (collector: string, why: string, fix: string): Finding =>
	finding("COLLECTOR_UNAVAILABLE", "problem", collector, { why, fix }, `No profile by ${collector}: ${why}; ${fix}.`);

/** A profiler that slows its target this much shows a different program. */
const HEAVY_OVERHEAD = 0.3;

/** PROFILER_HEAVY: the load under a profiler cost much more CPU per request than the clean one. */
export function profilerHeavy(collector: string, profiled: Measurement, clean: Measurement): Finding[] {
	if (profiled.cpu === null || clean.cpu === null) return [];
	const overhead = profiled.cpu.nsPerRequest / clean.cpu.nsPerRequest - 1;
	if (overhead < HEAVY_OVERHEAD) return [];
	return [
		finding(
			"PROFILER_HEAVY",
			"info",
			collector,
			{ overhead, cleanNs: clean.cpu.nsPerRequest, profiledNs: profiled.cpu.nsPerRequest },
			`Under ${collector} a request cost ${percent(overhead)} more CPU than without it: read its flamegraph for shares, not for times.`,
		),
	];
}

/** One endpoint of several that could not be measured. */
export const endpointFailed = (endpoint: string, reason: string): Finding =>
	finding("ENDPOINT_FAILED", "problem", endpoint, { reason }, `${endpoint} could not be measured: ${reason}.`);
