import * as z from "zod";
import { findingOfRun } from "./finding-of.js";

/** Why target and generator are not kept on different cores. */
const unpinnedReasons = ["no taskset", "one core", "target runs already"] as const;
export type UnpinnedReason = (typeof unpinnedReasons)[number];

/** What makes a machine noisier than it needs to be. */
const machineAdviceSchema = z.discriminatedUnion("kind", [
	/** The kernel's clock takes long to read. */
	z.object({ kind: z.literal("slow clock"), clockSource: z.string() }),
	/** A core changes its speed. */
	z.object({ kind: z.literal("changing speed"), core: z.string(), governor: z.string() }),
	/** Target and generator run on two threads of one physical core. */
	z.object({ kind: z.literal("shared core"), targetCores: z.array(z.string()), generatorCore: z.string() }),
]);
export type MachineAdvice = z.infer<typeof machineAdviceSchema>;

export const machineFindings = [
	/** The target listens on more ports than the one that is loaded. */
	findingOfRun("SEVERAL_PORTS", { port: z.number(), otherPorts: z.array(z.number()) }),
	findingOfRun("NOT_PINNED", { because: z.enum(unpinnedReasons) }),
	findingOfRun("NOISY_MACHINE", { stealShare: z.number() }),
	findingOfRun("MACHINE_ADVICE", machineAdviceSchema),
	findingOfRun("CALIBRATED", {
		measuredAt: z.string(),
		/** What was measured, for people: "the reference gateway, GET /metrics". */
		target: z.string(),
		/** The change of CPU per request that is seen in a run of that length. */
		detectable: z.array(z.object({ withinMs: z.number(), cpuShare: z.number() })).min(1),
	}),
] as const;
