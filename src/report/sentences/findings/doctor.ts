import type { FiguresOf } from "#src/model/finding.js";
import { formatCount, formatDecimal } from "#src/report/numbers/format.js";
import { formatShare } from "#src/report/numbers/shares.js";
import { formatNs } from "#src/report/numbers/times.js";
import { causesClause } from "#src/report/sentences/standstills.js";
import type { SentenceWriters } from "./writers.js";

const waitsFor: Readonly<Record<FiguresOf<"IO_BOUND">["waitsFor"], string>> = {
	"thread pool": "the thread pool, which is busy (file system, DNS, crypto, zlib)",
	outside: "something outside of the loop (a database, another service, a timer, a file)",
};

export const doctorSentences = {
	EVENT_LOOP_BLOCKED: ({ figures: { blocks, perSecond, longestNs, causes } }) =>
		`The event loop stood still ${blocks === 1 ? "once" : `${formatCount(blocks)} times`} (${formatDecimal(perSecond, 1)} a second), up to ${formatNs(longestNs)}, and every request that was there waited: ${causesClause(causes)}.`,
	GC_BOUND: ({ figures: { shareOfActive, pauses, longestNs } }) =>
		`Pauses of the garbage collector take ${formatShare(shareOfActive)} of the time that the event loop is at work, ${formatCount(pauses)} of them, up to ${formatNs(longestNs)}: it allocates or keeps too much (az-prof alloc shows where).`,
	STARVED: ({ figures: { runQueueWaitShare, utilization, cpu } }) =>
		`Other processes take its core: its threads waited ${formatShare(runQueueWaitShare)} of the time for one, and the event loop was at work for ${formatShare(utilization)} of it with only ${formatShare(cpu)} of a core. The other figures suffer from that.`,
	IO_BOUND: ({ figures }) =>
		`The event loop is idle ${formatShare(1 - figures.utilization)} of the time while requests wait: of ${formatNs(figures.meanNs)} a request spends at most ${formatNs(figures.workNs)} being worked on, the rest waiting for ${waitsFor[figures.waitsFor]}.`,
	CPU_BOUND: ({ figures: { utilization, cpu, cpuNsPerRequest } }) =>
		`The event loop is at work ${formatShare(utilization)} of the time with ${formatShare(cpu)} of a core${cpuNsPerRequest === null ? "" : `, ${formatNs(cpuNsPerRequest)} a request`}: it gets faster only by doing less for each request (az-prof flame shows what).`,
	HEALTHY: ({ figures: { utilization, delayMaxNs, gcShare } }) =>
		`Nothing holds it up: the event loop is at work ${formatShare(utilization)} of the time, timers are at most ${formatNs(delayMaxNs)} late, the garbage collector takes ${formatShare(gcShare)}.`,
} satisfies Partial<SentenceWriters>;
