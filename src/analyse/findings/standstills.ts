import type { Standstill } from "#src/model/doctor.js";
import type { FiguresOf } from "#src/model/finding.js";
import { type StandstillCause, standstillCauses } from "#src/model/findings/doctor.js";

/** A late firing of the agent's timer, with what was counted since the one before. */
export interface LateTick {
	readonly atMs: number;
	/** How late it was. */
	readonly durationNs: number;
	/** CPU time of the loop's thread; of the whole process where `waitNs` is null. */
	readonly cpuNs: number;
	/** Run-queue wait of the loop's thread; null where the system does not tell. */
	readonly waitNs: number | null;
	/** Pauses of the collector. */
	readonly gcNs: number;
}

/** Timers of a busy loop are late by some milliseconds; this is what a person behind the request may notice. */
export const NOTICED_NS = 30e6;

type ByCause = FiguresOf<"EVENT_LOOP_BLOCKED">["causes"];

/**
 * Splits a standstill into what the loop's thread did: collecting, waiting for a core, running; what is left it slept. The largest
 * part is the cause. Pauses come first, because a thread may lose its core within one. Code that alone is a standstill to be
 * noticed is the cause however long the thread then had to wait for a core: without others it would stand still all the same.
 * @param queueNs CPU time of a turn that answers everybody who waits
 */
export function standstillOf({ atMs, durationNs, cpuNs, waitNs, gcNs }: LateTick, queueNs: number): Standstill {
	const collectorNs = Math.min(gcNs, durationNs);
	const noCoreNs = waitNs === null ? null : Math.min(waitNs, durationNs - collectorNs);
	const leftNs = durationNs - collectorNs - (noCoreNs ?? 0);
	const codeNs = Math.min(Math.max(0, cpuNs - collectorNs), leftNs);
	const isQueue = codeNs < queueNs;
	if (codeNs >= NOTICED_NS && !isQueue) return { atMs, durationNs, cause: "code", codeNs, collectorNs, noCoreNs };
	const asleep: StandstillCause = noCoreNs === null ? "unknown" : "call";
	const parts: [StandstillCause, number][] = [
		[isQueue ? "queue" : "code", codeNs],
		["collector", collectorNs],
		["no core", noCoreNs ?? 0],
		[asleep, leftNs - codeNs],
	];
	const [cause] = parts.reduce((most, part) => (part[1] > most[1] ? part : most));
	return { atMs, durationNs, cause, codeNs, collectorNs, noCoreNs };
}

/** All of them, each under one cause; the cause that took most time first. */
export function standstillsByCause(standstills: readonly Standstill[]): ByCause {
	return standstillCauses
		.flatMap((cause) => {
			const own = standstills.filter((each) => each.cause === cause);
			if (own.length === 0) return [];
			const totalNs = own.reduce((sum, { durationNs }) => sum + durationNs, 0);
			return [{ cause, count: own.length, longestNs: longestOf(own), totalNs }];
		})
		.sort((a, b) => b.totalNs - a.totalNs);
}

export const longestOf = (standstills: readonly Pick<Standstill, "durationNs">[]): number =>
	standstills.reduce((longest, { durationNs }) => Math.max(longest, durationNs), 0);
