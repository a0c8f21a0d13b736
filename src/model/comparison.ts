import * as z from "zod";
import { answerDifferenceSchema } from "./answer-difference.js";
import { functionBytesSchema, functionVerdictsSchema } from "./function-verdicts.js";
import type { Immutable } from "./immutable.js";
import { arrivalsSchema } from "./load.js";
import { metricNames, type RatioMetric } from "./metric-names.js";

export type { MetricName } from "./metric-names.js";

const verdicts = ["regressed", "improved", "no change", "cannot tell"] as const;
export type Verdict = (typeof verdicts)[number];

/**
 * Why a comparison measured nothing more: every primary metric was settled; a change of errors or CPU was so large that the others follow
 * from it; a judged metric regressed and no more was asked for; the time was over; the planned looks were taken.
 */
const endings = ["settled", "large", "fail fast", "time", "last look"] as const;
export type Ending = (typeof endings)[number];

const count = z.number().int().nonnegative();

/** What two starts of the same code may differ by in one metric, in logs. */
const startSpreadSchema = z.object({
	/** The most that two kinds of processes differ by. */
	kinds: z.number().nonnegative(),
	/** Standard deviation of what comes on top of that. */
	sd: z.number().positive(),
});
export type StartSpread = Immutable<z.infer<typeof startSpreadSchema>>;
export type StartSpreads = Readonly<Record<RatioMetric, StartSpread>>;

/**
 * How head differs from base in one metric. `change` is relative (0.05: 5 % more); of metrics that are a share (`unit`) it is the
 * difference of the shares.
 */
export const effectSchema = z.object({
	metric: z.enum(metricNames),
	/** ns a request, bytes a request, or a share 0…1. */
	unit: z.enum(["ns", "bytes", "share"]),
	/** Where both sides lie, by the estimator of `change`: head / base − 1 is `change` (shares: head − base). All null where it could not be measured. */
	base: z.number().nonnegative().nullable(),
	head: z.number().nonnegative().nullable(),
	change: z.number().nullable(),
	/**
	 * Interval for `change` at 1 − alpha, valid whenever the run stopped. Those of all judged metrics hold together, until one is found
	 * to differ and its share of alpha passes to the others. Null with a single set; of errors also before the first look, unless they differ by far.
	 */
	low: z.number().nullable(),
	high: z.number().nullable(),
	/**
	 * What the interval is made by. early: with few sets, wide enough for what starts of the same code may differ by (errors: by how
	 * slices of load differ); sets: by how the sets differ. Null without an interval.
	 */
	rule: z.enum(["early", "sets"]).nullable(),
	/**
	 * What "no change" is told by: it lies within the margin. A true change of the margin leaves that impression, whenever the run
	 * stopped, with probability `design.noChangeAlpha` at most. Null before the first look.
	 */
	equivalence: z.object({ low: z.number(), high: z.number() }).nullable(),
	/** 1 − this is the confidence of the interval of this metric alone. */
	alpha: z.number().positive().max(1),
	/** The smallest change that matters, > 0. */
	margin: z.number().positive(),
	/** Whether it takes part in the verdict of the run. */
	judged: z.boolean(),
	verdict: z.enum(verdicts),
	/** Two-sided p of the sign-flip permutation over sets; null where there is none. */
	permutationP: z.number().min(0).max(1).nullable(),
	/** Process sets that carry it. */
	sets: count,
	/** Standard deviation between sets of the change within a set. */
	setSd: z.number().nonnegative().nullable(),
	/** The smallest change that as many sets find 8 times out of 10. */
	smallestDetectable: z.number().positive().nullable(),
	/**
	 * How much longer this run would have had to go on for a decision, if things stay as they are; null where decided, unknown, or more
	 * than ten times the time limit.
	 */
	secondsToDecide: z.number().nonnegative().nullable(),
});
export type Effect = Immutable<z.infer<typeof effectSchema>>;

/** One side in one process set. */
const figure = z.number().nonnegative().nullable();
const sideOfSetSchema = z.object({
	/** With all clients. Quantiles are those that a sample has which is as large as the smaller one of the two sides. */
	loaded: z.object({
		requests: count,
		errors: count,
		p50Ns: figure,
		p99Ns: figure,
		/** Of the answers, those that took three times as long as the median of both sides together. */
		slowShare: figure,
	}),
	/** With light load; nothing but nulls and noughts where there was none. */
	light: z.object({
		requests: count,
		errors: count,
		p50Ns: figure,
		p90Ns: figure,
		p99Ns: figure,
		/** At 99.9 %. */
		p999Ns: figure,
	}),
	/** Under load. */
	cpuNsPerRequest: figure,
	/** Of all requests, whatever the load. */
	bytesPerRequest: figure,
	gcNsPerRequest: figure,
});
export type SideOfSet = Immutable<z.infer<typeof sideOfSetSchema>>;

export const comparedSetSchema = z.object({
	/** When it was through, since the start of the comparison. */
	endedAtMs: z.number().nonnegative(),
	startOrder: z.array(count),
	warmupRequests: z.array(count),
	/** Sides whose cost still fell when their warm-up had to end: then the set says nothing of cost and latency. */
	cold: z.array(z.enum(["base", "head"])),
	base: sideOfSetSchema,
	head: sideOfSetSchema,
	/** Change of each metric within this set, as in an effect; null where it could not be measured. */
	changes: z.record(z.enum(metricNames), z.number().nullable()),
	/** Relative change of CPU per request in every round, in the order they were measured; the dots of the report. */
	roundChanges: z.array(z.number()),
});
export type ComparedSet = Immutable<z.infer<typeof comparedSetSchema>>;

/** The interval of one metric after each set from the first look on. */
export const runningEffectSchema = z.object({
	metric: z.enum(metricNames),
	sets: count,
	endedAtMs: z.number().nonnegative(),
	change: z.number(),
	low: z.number(),
	high: z.number(),
});
export type RunningEffect = Immutable<z.infer<typeof runningEffectSchema>>;

const sideSchema = z.object({
	name: z.enum(["base", "head"]),
	/** For people: "main (1a2b3c4)", "working tree", "node old.js". */
	label: z.string(),
	argv: z.array(z.string()),
	/** Where the code of this side is; source paths of its profile are below it. */
	cwd: z.string(),
	commit: z.string().nullable(),
	dirty: z.boolean(),
	/** Names of the environment variables that differ between the sides; values may be secrets. */
	envNames: z.array(z.string()),
});
export type Side = Immutable<z.infer<typeof sideSchema>>;

/** "One request in 200 takes 20 ms": which share of the requests with light load is slower on one side, and at least how slow. */
const tailExcessSchema = z.object({
	slower: z.enum(["base", "head"]),
	/** By which the share of requests of at least `ns` is larger there, 0…1. */
	share: z.number().positive().max(1),
	ns: z.number().positive(),
});
export type TailExcess = Immutable<z.infer<typeof tailExcessSchema>>;

const largeSchema = z.object({
	metric: z.enum(metricNames),
	verdict: z.enum(["regressed", "improved"]),
	/** When it was told, since the start, and after how many sets. */
	afterMs: z.number().nonnegative(),
	sets: count,
	change: z.number(),
	low: z.number(),
	high: z.number(),
});
export type LargeChange = Immutable<z.infer<typeof largeSchema>>;

/** What few sets show of how small a change could be seen. */
const noiseSchema = z.object({
	metric: z.enum(metricNames),
	/** When it was seen, since the start, and after how many sets. */
	afterMs: z.number().nonnegative(),
	sets: count,
	/** Standard deviation between sets, as those few show it. */
	setSd: z.number().nonnegative(),
	margin: z.number().positive(),
	/** The smallest change that as many sets as fit into the time find 8 times out of 10, with that spread. */
	detectable: z.number().positive(),
});
export type EarlyNoise = Immutable<z.infer<typeof noiseSchema>>;

export const comparisonSchema = z.object({
	sides: z.tuple([sideSchema, sideSchema]),
	design: z.object({
		/** Connections to each side while it is loaded. */
		clients: count,
		/** How requests arrive while a side is loaded lightly. */
		light: arrivalsSchema,
		sliceMs: z.number().positive(),
		/** Measured time of a process set, both sides together. */
		setMs: z.number().positive(),
		warmupRequests: count,
		/** The time limit that was given. */
		withinMs: z.number().positive(),
		/** Probability of any false "regressed" or "improved" among the judged metrics. */
		alpha: z.number().positive().max(1),
		/** The part of it that is spent before the first look, on large changes. */
		earlyShare: z.number().min(0).max(1),
		/** Probability of a false "no change" of a metric that truly changed by its margin. */
		noChangeAlpha: z.number().positive().max(1),
		/** What large changes are held against before the first look. */
		starts: z.partialRecord(z.enum(metricNames), startSpreadSchema),
		/** Sets before which only large changes are told, and after which nothing is measured any more. */
		firstLook: count,
		mostSets: count,
		/** Of every random order. */
		seed: z.number().int(),
		/** The fixed size of V8's young generation (semi-space) on both sides; null: as Node comes. */
		semiSpaceMiB: z.number().positive().nullable(),
	}),
	/** How the answers of the two sides differ where they do, found before measuring. */
	answersDiffer: answerDifferenceSchema.nullable(),
	sets: z.array(comparedSetSchema),
	effects: z.array(effectSchema),
	/**
	 * CPU is that of typical rounds (a trimmed mean over them); null then. Where the rounds that it leaves out differ between the sides
	 * (the work of a timer, of batches), CPU is that of all rounds, and this is what the typical ones alone would have said, relative.
	 */
	typicalCpuChange: z.number().nullable(),
	/** Null where no tail differs clearly. */
	tail: tailExcessSchema.nullable(),
	/** What became dearer or cheaper by function; null before the end, and where too few sets were sampled. */
	functions: functionVerdictsSchema.nullable(),
	/** What allocates more or less by function; null likewise. */
	functionBytes: functionBytesSchema.nullable(),
	running: z.array(runningEffectSchema),
	/** Seen early: this machine is far too noisy for the margin of this metric. */
	noise: noiseSchema.nullable(),
	verdict: z.enum(verdicts),
	/** The first change that was told early, as it was told then. */
	large: largeSchema.nullable(),
	/** Null while it goes on, and where it was ended from outside. */
	ending: z.enum(endings).nullable(),
	/** From the first start of a process to the verdict. */
	elapsedMs: z.number().nonnegative(),
});
export type Comparison = Immutable<z.infer<typeof comparisonSchema>>;
