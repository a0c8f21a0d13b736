import type { FindingOf } from "#src/model/finding.js";
import { formatCount } from "#src/report/numbers/format.js";
import { formatShare } from "#src/report/numbers/shares.js";
import { formatNs } from "#src/report/numbers/times.js";
import type { SentenceWriters } from "./writers.js";

function generatorBound({ about, figures }: FindingOf<"GENERATOR_BOUND">): string {
	const bound = (why: string): string =>
		`The load generator itself was the bottleneck (${why}): throughput and latency of ${about} say more about the client than about the target. CPU per request stays valid.`;
	const { targetUtilization: target } = figures;
	switch (figures.cause) {
		case "core full":
			return bound(
				`${formatShare(figures.generatorUtilization)} of its core${target === null ? "" : `, the target used ${formatShare(target)} of one`}`,
			);
		case "no core":
			return bound(
				`it waited for a core ${formatShare(figures.generatorWaitShare)} of the time, which other processes had`,
			);
		case "clients idle":
			return bound(
				`by Little's law its ${formatCount(figures.clients ?? 0)} clients had a request under way only ${formatShare(figures.clientsWaitingShare ?? 0)} of the time`,
			);
		case "late":
			return `The load generator itself was late: ${formatNs(figures.pacingLagP99Ns ?? 0)} at p99, while the p99 of ${about} is ${formatNs(figures.p99Ns ?? 0)} in all. That part of the tail is the client's; the service time is without it.`;
	}
}

function rateNotHeld({ about, figures }: FindingOf<"RATE_NOT_HELD">): string {
	const { plannedPerSecond, achievedPerSecond, planned, missed, waiting, maxInFlight } = figures;
	const lost = [
		missed === 0
			? ""
			: `${formatCount(missed)} of ${formatCount(planned)} were not sent, because ${formatCount(maxInFlight)} were in flight`,
		waiting === 0 ? "" : `${formatCount(waiting)} were still unanswered at the end`,
	].filter((part) => part !== "");
	return `${about} did not hold ${formatCount(plannedPerSecond)} requests/s: ${formatCount(achievedPerSecond)} a second were answered${lost.length === 0 ? "" : ` (${lost.join("; ")})`}. What was not sent is in no percentile.`;
}

function saturatedBy({ limitedBy, targetUtilization }: FindingOf<"TARGET_SATURATED">["figures"]): string {
	const core = `${formatShare(targetUtilization ?? 0)} of a core`;
	switch (limitedBy) {
		case "unknown":
			return "by what cannot be told, because its CPU is not visible";
		case "CPU":
			return `by CPU: it used ${core}`;
		case "something else":
			return `but not by CPU, of which it used ${core}: it waits for something else, or stood still`;
	}
}

export const loadSentences = {
	GENERATOR_BOUND: generatorBound,
	CONNECTIONS_NOT_KEPT: ({ about, figures: { reconnects, answers, clientsWaitingShare, loop } }) => {
		const spent =
			clientsWaitingShare === null
				? ""
				: `; clients had no request under way ${formatShare(Math.max(0, 1 - clientsWaitingShare))} of the time`;
		const told =
			loop === "open"
				? "Opening them is in the response time and not in the service time."
				: `Opening them is in no latency${spent}.`;
		return `The target does not keep its connections: ${formatCount(reconnects)} were opened again for ${formatCount(answers)} answers of ${about}. ${told}`;
	},
	RATE_NOT_HELD: rateNotHeld,
	TARGET_SATURATED: ({ about, figures }) =>
		`The target is saturated at ${formatCount(figures.ratePerSecond)} requests/s, ${saturatedBy(figures)}. Latencies of ${about} depend on how long the load lasts; --find-limit finds the rate that it holds.`,
	UNANSWERED_AT_END: ({ about, figures: { unanswered, oldestNs, loop } }) => {
		const effect =
			loop === "open"
				? "in the response time they count with what they had waited by then, which is less than they took"
				: "they are in no percentile";
		return `When the window of ${about} closed, ${formatCount(unanswered)} requests had waited for up to ${formatNs(oldestNs)}, longer than any that was answered; ${effect}.`;
	},
	STALL_UNDERSTATED: ({ about, figures: { maxNs, p99Ns, clients } }) =>
		`An answer of ${about} took ${formatNs(maxNs)}, but its p99 is ${formatNs(p99Ns)}: a closed loop cannot see a stall, because its ${formatCount(clients)} clients send nothing while they wait. Measure with --rate, where requests that were due meanwhile count.`,
	COLD: ({ about, figures: { earlyNs, laterNs, earlySeconds } }) =>
		`${about} was still warming up: each of the first ${earlySeconds} seconds of the window cost at least ${formatShare(earlyNs / laterNs - 1)} more CPU per request than the rest. A longer --warmup helps.`,
	GENERATOR_NEAR_CEILING: ({ about, figures: { requestsPerSecond, ceilingPerSecond } }) =>
		`${about} reached ${formatCount(requestsPerSecond)} requests/s, and this client no more than ${formatCount(ceilingPerSecond)} against a server that does nothing: the target may be faster than it could be asked.`,
	LATENCY_NEAR_FLOOR: ({ about, figures: { p50Ns, floorP50Ns } }) =>
		`The median of ${about}, ${formatNs(p50Ns)}, is mostly client, kernel and loopback: a server that does nothing reads ${formatNs(floorP50Ns)} here.`,
} satisfies Partial<SentenceWriters>;
