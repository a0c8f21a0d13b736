import * as z from "zod";
import { frameKinds } from "./frame-kinds.js";
import type { Immutable } from "./immutable.js";
import { metricNames } from "./metric-names.js";

/** Why a version differs from another: what differs, which of it is suspected, and what happened when it was taken back. */

const count = z.number().int().nonnegative();

const commitSchema = z.object({
	commit: z.string(),
	/** The first line of its message. */
	subject: z.string(),
	/** When it was committed, UTC. */
	committedAt: z.string(),
});
export type Commit = Immutable<z.infer<typeof commitSchema>>;

/** `lines` of them from line `from` on; without lines, behind line `from`. */
const stretchSchema = z.object({ from: count, lines: count });
export type Stretch = Immutable<z.infer<typeof stretchSchema>>;

/** Within the run. */
const id = z.string();
/** Those that brought it to head, the newest first; empty where git does not tell, or where it is not committed. */
const commits = z.array(commitSchema);

/** One thing in which head differs from base, and which can be taken back by itself. */
const differenceSchema = z.discriminatedUnion("kind", [
	z.object({
		kind: z.literal("lines"),
		id,
		/** From the repository's root on; `baseFile` where it had another name, null where it is new. */
		file: z.string(),
		baseFile: z.string().nullable(),
		base: stretchSchema,
		head: stretchSchema,
		/** The lines themselves, where there are many the first ones. */
		removed: z.array(z.string()),
		added: z.array(z.string()),
		commits,
	}),
	/** Without lines: a binary one, or one that is gone. */
	z.object({ kind: z.literal("file"), id, file: z.string(), baseFile: z.string().nullable(), commits }),
	/** Another version of a package, by the lockfile; null where a side does not have it. */
	z.object({
		kind: z.literal("package"),
		id,
		name: z.string(),
		base: z.string().nullable(),
		head: z.string().nullable(),
		lockfile: z.string(),
		commits,
	}),
	/** A variable of the environment; its values may be secrets. */
	z.object({ kind: z.literal("variable"), id, name: z.string() }),
	/** Words of the command line. */
	z.object({ kind: z.literal("words"), id, base: z.array(z.string()), head: z.array(z.string()) }),
]);
export type Difference = Immutable<z.infer<typeof differenceSchema>>;
export type DifferenceOf<Kind extends Difference["kind"]> = Extract<Difference, { readonly kind: Kind }>;

/**
 * Why something is suspected, the strongest first. waits: a request only waits longer (or less), and these lines make it wait. owns: a function that changed is in these lines; version: it is in this
 * package; calls: it is called by what these lines are in; names: its package is named in these lines; runs: what these lines are in
 * was seen at work; code: it is code; cleared: what these lines are in was seen at work and costs too little more to be the cause;
 * differs: it is not even code.
 */
export const reasons = ["waits", "owns", "version", "calls", "names", "runs", "code", "cleared", "differs"] as const;
export type Reason = (typeof reasons)[number];

const suspectSchema = z.object({
	difference: differenceSchema,
	because: z.enum(reasons),
	/** Functions that changed and made it a suspect: places in `comparison.functions.changed`. */
	functions: z.array(count),
	/**
	 * CPU of a request that head spends more than base below functions of these lines, with an interval over sets; those of all suspects hold together at 95 %. Null where none
	 * was seen, or too few sets were sampled.
	 */
	cost: z.object({ differenceNs: z.number(), lowNs: z.number(), highNs: z.number() }).nullable(),
});
export type Suspect = Immutable<z.infer<typeof suspectSchema>>;

/** Whose code costs a request more or less: CPU of the functions themselves. */
const costPartSchema = z.object({
	/** Null: all smaller ones together. */
	kind: z.enum(frameKinds).nullable(),
	/** npm package for kind "dependency", else null. */
	package: z.string().nullable(),
	baseNs: z.number().nonnegative(),
	headNs: z.number().nonnegative(),
	/** head − base; the intervals of all parts hold together at 95 %. */
	differenceNs: z.number(),
	lowNs: z.number(),
	highNs: z.number(),
});
export type CostPart = Immutable<z.infer<typeof costPartSchema>>;

/** Base, head and head without something, in one rotation, in one metric. */
const takenBackSchema = z.object({
	metric: z.enum(metricNames),
	unit: z.enum(["ns", "bytes", "share"]),
	/** Means over sets; without: head without it. */
	base: z.number().nonnegative(),
	head: z.number().nonnegative(),
	without: z.number().nonnegative(),
	/** (head − without) / (head − base): 1 where all of the difference is gone. Null where head and base cannot be told apart. */
	share: z.number().nullable(),
	/** Fieller's interval; null where it has an end at infinity. */
	low: z.number().nullable(),
	high: z.number().nullable(),
	sets: count,
});
export type TakenBack = Immutable<z.infer<typeof takenBackSchema>>;

/** What came of it. proved: at least half of the difference is gone, and certainly a quarter. */
const trialOutcomes = ["proved", "refuted", "undecided", "not applied", "not started"] as const;
export type TrialOutcome = (typeof trialOutcomes)[number];

const trialSchema = z.object({
	/** Ids of the differences that were taken back. */
	without: z.array(id),
	/** search: which half of many it is in; proof: whether it is the cause. */
	aim: z.enum(["search", "proof"]),
	outcome: z.enum(trialOutcomes),
	/** Why it could not be applied or started, or what ended it; else null. */
	reason: z.string().nullable(),
	/** 1 − this is the confidence of the intervals, whenever it stopped. */
	alpha: z.number().positive().max(1),
	/** The metric of the diagnosis first, then the others that changed; empty where nothing was measured. */
	takenBack: z.array(takenBackSchema),
	elapsedMs: z.number().nonnegative(),
});
export type Trial = Immutable<z.infer<typeof trialSchema>>;

/**
 * nothing to explain: no change, or it cannot be told; nothing differs: nothing is known that could be taken back; proved; not proved:
 * all that is suspected was tried; time: there is no more.
 */
const diagnosisEndings = ["nothing to explain", "nothing differs", "proved", "not proved", "time"] as const;
export type DiagnosisEnding = (typeof diagnosisEndings)[number];

export const diagnosisSchema = z.object({
	/** For everything together. */
	withinMs: z.number().positive(),
	/** Whose change is explained; null before the verdict, and where there is nothing to explain. */
	metric: z.enum(metricNames).nullable(),
	/** The largest difference first; they add up to that of the CPU which is sampled. Null where too few sets were. */
	parts: z.array(costPartSchema).nullable(),
	/** What differs, the most suspect first. */
	suspects: z.array(suspectSchema),
	/** What differs and cannot be taken apart: a lockfile of another kind, a submodule. */
	unread: z.array(z.object({ kind: z.enum(["lockfile", "submodule", "commands", "too many"]), name: z.string() })),
	/** In the order they were made. */
	trials: z.array(trialSchema),
	/** Ids of the differences whose taking back is the proof; empty without one. */
	culprits: z.array(id),
	/** Null while it goes on, and where it was ended from outside. */
	ending: z.enum(diagnosisEndings).nullable(),
});
export type Diagnosis = Immutable<z.infer<typeof diagnosisSchema>>;
export type Unread = Diagnosis["unread"][number];
