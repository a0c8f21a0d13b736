/** What matrix-bench keeps in scripts/results/matrix-bench.json. */
import * as z from "zod";
import { layerMetrics } from "#src/model/metric-names.js";
import { type KeptResults, keptResults } from "../bench/results.js";

const figure = z.number();
const metric = z.enum(layerMetrics);
const verdict = z.enum(["costs", "saves", "nothing", "cannot tell"]);

const costsSchema = z.object({
	bareNs: figure,
	/** Of the loop. */
	nsPerRound: figure,
	/** That does nothing. */
	nsPerHook: figure,
});
/** CPU under load of a bare request, a round of the loop and a hook, each as it costs on one machine. */
export type Costs = z.infer<typeof costsSchema>;

/** Medians, and what they are of. */
const scaleSchema = costsSchema.extend({ measured: z.array(costsSchema) });
export type Scale = z.infer<typeof scaleSchema>;

const judgedSchema = z.object({
	/** Of the layers whose truth is known; in ns and bytes a request. */
	intervals: z.array(
		z.object({
			layer: z.string(),
			metric,
			truth: figure,
			change: figure,
			low: figure,
			high: figure,
			covered: z.boolean(),
		}),
	),
	/** In CPU, strongest first. */
	named: z.array(z.object({ layer: z.string(), verdict, change: figure })),
	/** Those of them that do nothing, or do the opposite; and what does nothing and was named in latency. */
	wrong: z.array(z.string()),
	/** All that should be named in CPU, strongest first. */
	expected: z.array(z.object({ layer: z.string(), verdict })),
	/** Of those, in CPU: how the layer was switched, and half of the interval as a share of bare; absent in runs from before it was kept. */
	sizes: z
		.array(z.object({ layer: z.string(), way: z.enum(["absent", "toggled", "settings"]), halfShare: figure }))
		.exactOptional(),
	/** Whether the layer that allocates was named in bytes, and the one that waits in latency. */
	inOtherMetrics: z.array(z.object({ layer: z.string(), metric, named: z.boolean(), change: figure.nullable() })),
	/** Layers that the matrix did not find. */
	missing: z.array(z.string()),
	bareNs: figure.nullable(),
	sets: figure,
	elapsedMs: figure,
});
/** What a matrix said, held against the truth. */
export type Judged = z.infer<typeof judgedSchema>;

const runSchema = judgedSchema.extend({
	case: z.string(),
	method: z.enum(["both", "absent", "toggled"]),
	design: z.string(),
	/** As on the command line. */
	within: z.string(),
	date: z.string(),
	machine: z.string(),
	/** As app.cjs is told it. */
	truth: z.string(),
	/** Of the whole command. */
	seconds: figure,
});
export type MatrixBenchRun = z.infer<typeof runSchema>;

const resultsSchema = z.object({
	/** By machine. */
	scales: z.record(z.string(), scaleSchema),
	runs: z.array(runSchema),
});
export type MatrixBenchResults = z.infer<typeof resultsSchema>;

export const matrixBenchResults = (): KeptResults<MatrixBenchResults> =>
	keptResults("matrix-bench", resultsSchema, { scales: {}, runs: [] });
