import * as z from "zod";
import type { Immutable } from "./immutable.js";

/** What this machine can see, from one code measured against itself. */
export const calibrationSchema = z.object({
	measuredAt: z.string(),
	/** What makes another calibration necessary when it changes. */
	machineKey: z.string(),
	/** What was measured, for people: "the reference gateway, GET /metrics". */
	target: z.string(),
	sets: z.number().int().nonnegative(),
	/** One process set with its starts and warm-up. */
	msPerSet: z.number().positive(),
	/** Standard deviation between sets of the relative difference in CPU per request. */
	cpuSetSd: z.number().nonnegative(),
	/** The smallest change of CPU per request that is found 8 times out of 10 in a comparison of that length. */
	detectable: z.array(
		z.object({
			withinMs: z.number().positive(),
			sets: z.number().int().nonnegative(),
			/** Null where not enough sets fit. */
			cpu: z.number().positive().nullable(),
		}),
	),
	/** Looks at the two equal sides, and at how many of them they seemed to differ in CPU. */
	looks: z.number().int().nonnegative(),
	falseAlarms: z.number().int().nonnegative(),
});
export type Calibration = Immutable<z.infer<typeof calibrationSchema>>;
