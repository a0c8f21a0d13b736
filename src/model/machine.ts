import * as z from "zod";
import type { Immutable } from "./immutable.js";

export const machineSchema = z.object({
	platform: z.string(),
	release: z.string(),
	arch: z.string(),
	cpuModel: z.string(),
	cpus: z.number().int().nonnegative(),
	memoryBytes: z.number().nonnegative(),
	loadAverage1m: z.number().nonnegative(),
	/** Share of CPU time that the hypervisor took away during the run; null where it cannot be known. */
	stealShare: z.number().min(0).max(1).nullable(),
});
export type Machine = Immutable<z.infer<typeof machineSchema>>;
