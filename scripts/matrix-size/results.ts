/** What matrix-size keeps in scripts/results/matrix-size.json. */
import * as z from "zod";
import { type KeptResults, keptResults } from "../bench/results.js";

const figure = z.number();

/** The tool's process, and what it starts. */
export const roles = ["tool", "warden", "generator", "target"] as const;
export type Role = (typeof roles)[number];

const peakSchema = z.object({
	processes: figure,
	targets: figure,
	/** The sum of resident sizes. */
	residentBytes: figure,
	/** The same with pages of files counted once: they are those of Node itself, the same in all processes. */
	sharedOnceBytes: figure,
	/** Without pages of files. */
	ownBytesByRole: z.partialRecord(z.enum(roles), figure),
	looks: figure,
});
/** The largest figures that were seen, each by itself. */
export type Peak = z.infer<typeof peakSchema>;

const runSchema = z.object({
	variants: figure,
	layers: figure,
	/** As on the command line. */
	within: z.string(),
	date: z.string(),
	machine: z.string(),
	/** From the start of the command until its record has a whole set; null where that was not seen. */
	firstSetS: figure.nullable(),
	/** Of the whole command. */
	totalS: figure,
	peak: peakSchema,
	blocks: figure,
	rotation: figure,
	sets: figure,
	/** The median: starts, warm-up and measuring of all variants. */
	setS: figure,
	elapsedMs: figure,
	/** Half of the median interval in CPU, of bare; null where there are no intervals. */
	halfWidthPercent: figure.nullable(),
	/** Variants that were not measured, and why. */
	failed: z.array(z.string()),
	/** Layers that were named in CPU and do nothing. */
	wrong: z.array(z.string()),
	/** In CPU. */
	effects: z.array(
		z.object({
			layer: z.string(),
			truthPercent: figure,
			changeNs: figure,
			lowNs: figure.nullable(),
			highNs: figure.nullable(),
			/** Whether the interval holds the truth; absent where there is none. */
			covered: z.boolean().exactOptional(),
			verdict: z.enum(["costs", "saves", "nothing", "cannot tell"]),
		}),
	),
});
export type MatrixSizeRun = z.infer<typeof runSchema>;

const resultsSchema = z.object({ runs: z.array(runSchema) });
export type MatrixSizeResults = z.infer<typeof resultsSchema>;

export const matrixSizeResults = (): KeptResults<MatrixSizeResults> =>
	keptResults("matrix-size", resultsSchema, { runs: [] });
