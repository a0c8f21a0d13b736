import type { DoctorVerdict } from "#src/model/findings/doctor.js";

const answers: Readonly<Record<DoctorVerdict, string>> = {
	CPU_BOUND: "CPU",
	EVENT_LOOP_BLOCKED: "The event loop",
	GC_BOUND: "Garbage collection",
	IO_BOUND: "I/O",
	POOL_FULL: "The thread pool",
	STARVED: "No core",
	HEALTHY: "Nothing",
};

/** "The event loop": the answer to the question of the command. */
export const doctorAnswer = (verdict: DoctorVerdict): string => answers[verdict];
