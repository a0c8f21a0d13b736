/** What verdict-bench keeps in scripts/results/verdict-bench.json. */
import * as z from "zod";
import { effectSchema } from "#src/model/comparison.js";
import { type KeptResults, keptResults } from "../bench/results.js";

const figure = z.number();
const { verdict } = effectSchema.shape;

const anyRunSchema = z.object({
	app: z.string(),
	case: z.string(),
	date: z.string(),
	machine: z.string(),
	verdict,
	/** Of the whole command. */
	seconds: figure,
});

const autocannonRunSchema = anyRunSchema.extend({
	tool: z.literal("autocannon"),
	/** "-12.75%" */
	throughput: z.string(),
	latency: z.string(),
});
export type AutocannonRun = z.infer<typeof autocannonRunSchema>;

/** As runs were kept before there were headlines to judge: judged at once, and of one metric only. */
const briefRunSchema = anyRunSchema.extend({
	tool: z.literal("az-prof"),
	/** Metrics with the verdict of the run. */
	named: z.array(z.string()),
	correct: z.boolean(),
	sets: figure,
	change: figure.nullable(),
	low: figure.nullable(),
	high: figure.nullable(),
	setSd: figure.nullable(),
	code: figure,
});

/** Its own, so that what is kept stays readable when the record changes. */
const keptEffectSchema = z.object({
	/** Those of older runs may have other names. */
	metric: z.string(),
	base: figure.nullable(),
	head: figure.nullable(),
	change: figure.nullable(),
	low: figure.nullable(),
	high: figure.nullable(),
	margin: figure,
	judged: z.boolean(),
	verdict,
	sets: figure,
	setSd: figure.nullable(),
});
export type KeptEffect = z.infer<typeof keptEffectSchema>;

const fullRunSchema = anyRunSchema.extend({
	tool: z.literal("az-prof"),
	headline: z.string(),
	/** The metric that the headline begins with; null where nothing could be measured. */
	lead: z.string().nullable(),
	effects: z.array(keptEffectSchema),
	/** Functions that were named, the largest difference first; absent in runs before there were any. */
	functions: z.array(z.string()).exactOptional(),
	/** The same by what they allocate. */
	allocating: z.array(z.string()).exactOptional(),
	/** What a lone request takes longer at the median, by a client that is not ours, just before; absent where that was not asked for. */
	addedMs: figure.exactOptional(),
	sets: figure,
	code: figure,
});
export type FullRun = z.infer<typeof fullRunSchema>;

const runSchema = z.union([autocannonRunSchema, briefRunSchema, fullRunSchema]);
export type VerdictRun = z.infer<typeof runSchema>;

/** What a tool says of one case. */
export type Told<Run extends VerdictRun> = Omit<Run, "tool" | "app" | "case" | "date" | "machine">;

const scaleSchema = z.object({
	/** ns or bytes a request without a change. */
	base: figure,
	/** What a unit of the change costs a request. */
	perUnit: figure,
});
export type Scale = z.infer<typeof scaleSchema>;

const resultsSchema = z.object({
	/** By app, metric and machine. */
	scales: z.record(z.string(), scaleSchema),
	runs: z.array(runSchema),
});
export type VerdictResults = z.infer<typeof resultsSchema>;

export const verdictResults = (): KeptResults<VerdictResults> =>
	keptResults("verdict-bench", resultsSchema, { scales: {}, runs: [] });
