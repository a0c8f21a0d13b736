import * as z from "zod";
import { findingOfWindow } from "./finding-of.js";

/**
 * What made most of a standstill. code: the loop's own thread ran JavaScript or what that called · collector: pauses · no core: it
 * was ready to run and had none · call: it slept in a synchronous call · queue: one turn answered everybody who waited, which takes
 * long with many clients and is no fault · unknown: it was not on a core, and the system does not tell why.
 */
export const standstillCauses = ["code", "collector", "no core", "call", "queue", "unknown"] as const;
export type StandstillCause = (typeof standstillCauses)[number];

export const standstillsByCauseSchema = z.object({
	cause: z.enum(standstillCauses),
	count: z.number().int().positive(),
	longestNs: z.number(),
	totalNs: z.number(),
});

/** Where the time goes, by what was read of a loop in one window. Utilization and cpu: 1 is the whole window on one core. */
export const doctorFindings = [
	findingOfWindow("EVENT_LOOP_BLOCKED", {
		/** All standstills, as many as the doctor's reading has. */
		blocks: z.number(),
		perSecond: z.number(),
		longestNs: z.number(),
		/** Of the window. */
		share: z.number(),
		causes: z.array(standstillsByCauseSchema),
	}),
	findingOfWindow("GC_BOUND", {
		share: z.number(),
		/** Of the time that the loop was at work. */
		shareOfActive: z.number(),
		longestNs: z.number(),
		pauses: z.number(),
	}),
	/** Of the loop's own thread, where the kernel tells; else of all threads. */
	findingOfWindow("STARVED", {
		runQueueWaitShare: z.number(),
		utilization: z.number(),
		cpu: z.number(),
		by: z.enum(["own threads", "other processes"]),
		/** Of the target's other threads together. */
		ownThreadsCpu: z.number(),
	}),
	findingOfWindow("POOL_FULL", {
		/** "waiting": its threads wait within their work (a disk, DNS) and use little CPU. */
		by: z.enum(["computing", "waiting"]),
		threads: z.number().nullable(),
		/** Of the window, a thread at work or ready to; null where threads are not told apart. */
		busyShare: z.number().nullable(),
		cpu: z.number().nullable(),
		/** How long a task waits for a thread, half of the time; null where none was answered. */
		queueNs: z.number().nullable(),
	}),
	findingOfWindow("IO_BOUND", {
		utilization: z.number(),
		workNs: z.number(),
		waitNs: z.number(),
		meanNs: z.number(),
		inFlight: z.number(),
		waitsFor: z.enum(["thread pool", "outside"]),
	}),
	findingOfWindow("CPU_BOUND", {
		cpu: z.number(),
		utilization: z.number(),
		cpuNsPerRequest: z.number().nullable(),
	}),
	findingOfWindow("HEALTHY", {
		utilization: z.number(),
		cpu: z.number(),
		delayP99Ns: z.number(),
		delayMaxNs: z.number(),
		gcShare: z.number(),
	}),
] as const;

/** Codes of the findings that answer a doctor's question. */
export const doctorVerdicts = [
	"EVENT_LOOP_BLOCKED",
	"GC_BOUND",
	"POOL_FULL",
	"STARVED",
	"IO_BOUND",
	"CPU_BOUND",
	"HEALTHY",
] as const satisfies readonly z.infer<(typeof doctorFindings)[number]>["code"][];
export type DoctorVerdict = (typeof doctorVerdicts)[number];
