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

function poolFull({ by, threads, busyShare, cpu, queueNs }: FiguresOf<"POOL_FULL">): string {
	const who =
		threads === null
			? "its threads have"
			: `its ${formatCount(threads)} ${threads === 1 ? "thread has" : "threads have"}`;
	const busy = busyShare === null || by === "waiting" ? "" : ` for ${formatShare(busyShare)} of the time`;
	const amount = cpu === null ? "" : `, ${formatShare(cpu)} of a core together`;
	const queue = queueNs === null ? "" : `; a task waits ${formatNs(queueNs)} for one of them, half of the time`;
	const what =
		by === "computing"
			? "Less work for it (crypto, zlib), or more cores and UV_THREADPOOL_SIZE, help"
			: "What they do waits itself (a slow disk, DNS): UV_THREADPOOL_SIZE helps";
	return `The thread pool is full: ${who} work${busy}${amount}${queue}. ${what}.`;
}

export const doctorSentences = {
	EVENT_LOOP_BLOCKED: ({ figures: { blocks, perSecond, longestNs, causes } }) =>
		`The event loop stood still ${blocks === 1 ? "once" : `${formatCount(blocks)} times`} (${formatDecimal(perSecond, 1)} a second), up to ${formatNs(longestNs)}, and every request that was there waited: ${causesClause(causes)}.`,
	GC_BOUND: ({ figures: { shareOfActive, pauses, longestNs } }) =>
		`Pauses of the garbage collector take ${formatShare(shareOfActive)} of the time that the event loop is at work, ${formatCount(pauses)} of them, up to ${formatNs(longestNs)}: it allocates or keeps too much (az-prof alloc shows where).`,
	STARVED: ({ figures: { runQueueWaitShare, utilization, cpu, by, ownThreadsCpu } }) =>
		`${by === "own threads" ? `The event loop starves for a core, which other threads of the target have (${formatShare(ownThreadsCpu)} of one)` : "Other processes take its core"}: it waited ${formatShare(runQueueWaitShare)} of the time for one, and was at work for ${formatShare(utilization)} of it with only ${formatShare(cpu)} of a core. ${by === "own threads" ? "Its standstills are that wait, no code of its own." : "The other figures suffer from that."}`,
	POOL_FULL: ({ figures }) => poolFull(figures),
	IO_BOUND: ({ figures }) =>
		`The event loop is idle ${formatShare(1 - figures.utilization)} of the time while requests wait: of ${formatNs(figures.meanNs)} a request spends at most ${formatNs(figures.workNs)} being worked on, the rest waiting for ${waitsFor[figures.waitsFor]}.`,
	CPU_BOUND: ({ figures: { utilization, cpu, cpuNsPerRequest } }) =>
		`The event loop is at work ${formatShare(utilization)} of the time with ${formatShare(cpu)} of a core${cpuNsPerRequest === null ? "" : `, ${formatNs(cpuNsPerRequest)} a request`}: it gets faster only by doing less for each request (az-prof flame shows what).`,
	HEALTHY: ({ figures: { utilization, delayMaxNs, gcShare } }) =>
		`Nothing holds it up: the event loop is at work ${formatShare(utilization)} of the time, timers are at most ${formatNs(delayMaxNs)} late, the garbage collector takes ${formatShare(gcShare)}.`,
} satisfies Partial<SentenceWriters>;
