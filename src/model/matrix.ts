import * as z from "zod";
import { answerDifferenceSchema } from "./answer-difference.js";
import type { Immutable } from "./immutable.js";
import { arrivalsSchema } from "./load.js";
import { layerMetrics } from "./metric-names.js";

export type { LayerMetric } from "./metric-names.js";

/**
 * How a layer is switched off. absent: it is never registered; toggled: its hooks are skipped in a warm process; settings: as the user
 * said, by environment or flags.
 */
const layerWay = z.enum(["absent", "toggled", "settings"]);
export type LayerWay = z.infer<typeof layerWay>;

const count = z.number().int().nonnegative();

/** What happens without a layer that is needed. Of the two answers the whole target's is `base`. */
export const missedSchema = z.discriminatedUnion("kind", [
	/** As the target said: "the target exited with code 1 before it answered". */
	z.object({ kind: z.literal("no answer"), why: z.string() }),
	z.object({ kind: z.literal("other answer"), difference: answerDifferenceSchema }),
]);
export type Missed = Immutable<z.infer<typeof missedSchema>>;

/** Why a layer is on in every variant. `route` is the one that answers the endpoint: "GET /items/:id". */
const keptInSchema = z.discriminatedUnion("reason", [
	/** It stays, and what it registers is looked at one by one. */
	z.object({
		reason: z.literal("container"),
		because: z.enum(["holds the route", "registers plugins"]),
		route: z.string(),
	}),
	/**
	 * Nothing of it can run for the endpoint. attaches nothing: it runs while the application is built; own routes: only those pass
	 * through it; only routes: it registers routes and nothing else.
	 */
	z.object({
		reason: z.literal("off path"),
		because: z.enum(["attaches nothing", "own routes", "only routes"]),
		route: z.string(),
	}),
	/** By trying: the target does not start, or answers differently. */
	z.object({
		reason: z.literal("needed"),
		without: missedSchema,
		/** Names of the factors that were left out as well; empty where the layer is missed by itself. */
		besides: z.array(z.string()),
	}),
	/** By the user. */
	z.object({ reason: z.literal("not chosen") }),
]);
export type KeptIn = Immutable<z.infer<typeof keptInSchema>>;

/** A piece of middleware of the target, as it was found or named. */
const layerSchema = z.object({
	/** Unique in the run and the same in every start: "@fastify/cors", "@fastify/cors#2", "onRequest app.js:12". */
	id: z.string(),
	/** For people. Several layers may have the same. */
	name: z.string(),
	/** plugin: registered; hook: added straight to an instance; setting: what the user said switches it, by environment or flag. */
	kind: z.enum(["plugin", "hook", "setting"]),
	/** The layer or container within which it is registered; null at the root. */
	parent: z.string().nullable(),
	/** Position among all, in the order of registration. */
	order: count,
	/** Lifecycle hooks that it adds, to instances or to routes, each once: "onRequest", "onSend". */
	hooks: z.array(z.string()),
	/** "reply.setCookie", "request.user", "instance.rateLimit" */
	decorates: z.array(z.string()),
	/** Names of plugins that it declares to depend on. */
	dependsOn: z.array(z.string()),
	/** How many routes are registered within it. */
	routes: count,
	/** Absolute path and line of its function; null where unknown. */
	file: z.string().nullable(),
	line: z.number().int().positive().nullable(),
	package: z.object({ name: z.string(), version: z.string().nullable() }).nullable(),
	/** Files of everything that is registered within it, its own first where that is known. */
	files: z.array(z.string()),
	/** Null where it is switched in the design. */
	keptIn: keptInSchema.nullable(),
});
export type Layer = Immutable<z.infer<typeof layerSchema>>;

/** The middleware of a target. */
export const stackSchema = z.object({
	/** Null where it is not one that is known. */
	framework: z.object({ name: z.string(), version: z.string() }).nullable(),
	/** In the order of registration. Which of them can be left out is known once `matrix` is there. */
	layers: z.array(layerSchema),
});
export type Stack = Immutable<z.infer<typeof stackSchema>>;

/** What is switched as one: a layer, or several that only work together. */
const factorSchema = z.object({
	/** Unique in the run. */
	name: z.string(),
	/** Ids of its layers. */
	layers: z.array(z.string()).min(1),
	/** Without it the answer is another one, and it is measured all the same (--allow); absent where the answer stays. */
	answerDiffers: answerDifferenceSchema.exactOptional(),
});
export type Factor = Immutable<z.infer<typeof factorSchema>>;

/** The figures of one variant, in one set or over all. */
const variantFiguresSchema = z.object({
	requests: count,
	errors: count,
	/** What it costs in a typical round. */
	cpuNsPerRequest: z.number().nonnegative().nullable(),
	/** All CPU time by all requests. */
	allCpuNsPerRequest: z.number().nonnegative().nullable(),
	bytesPerRequest: z.number().nonnegative().nullable(),
	/** With light load. */
	p50Ns: z.number().nonnegative().nullable(),
	p99Ns: z.number().nonnegative().nullable(),
	/** Under the clients of the design. */
	loadedP50Ns: z.number().nonnegative().nullable(),
	loadedP99Ns: z.number().nonnegative().nullable(),
	/** Under the clients of the design, while it is loaded. */
	requestsPerSecond: z.number().nonnegative().nullable(),
});
export type VariantFigures = Immutable<z.infer<typeof variantFiguresSchema>>;

/** Why a variant is not measured, or not any more. */
export const variantFailureSchema = z.discriminatedUnion("kind", [
	/** `why` is what was said of its start or its end. */
	z.object({ kind: z.enum(["no start", "died"]), why: z.string() }),
	/** From that of the whole target, which is `base`. */
	z.object({ kind: z.literal("other answer"), difference: answerDifferenceSchema }),
	/** So large a share of its answers had this status: its refusals would be measured. */
	z.object({ kind: z.literal("unexpected status"), status: z.string(), share: z.number().min(0).max(1) }),
]);
export type VariantFailure = Immutable<z.infer<typeof variantFailureSchema>>;

const variantSchema = z.object({
	/**
	 * Unique in the run: "bare", "bare control" (the same once more), "all", "cors alone", "all but cors", "cell 7"; "toggled bare" where
	 * layers are switched both ways.
	 */
	name: z.string(),
	way: layerWay,
	/** Names of the factors that are on. */
	on: z.array(z.string()),
	/** Null where it could be measured. */
	failed: variantFailureSchema.nullable(),
	/** Id of its measurement over all sets; null where there is none. */
	measurementId: z.string().nullable(),
	/** Adjusted for the sets and blocks it was part of; null where it was not measured. */
	figures: variantFiguresSchema.nullable(),
});
export type Variant = Immutable<z.infer<typeof variantSchema>>;

const matrixSetSchema = z.object({
	endedAtMs: z.number().nonnegative(),
	/** Which part of the design it measured, from 0; one part where all variants fit side by side. */
	block: count,
	way: layerWay,
	/** By the index of the variant; null for one that is not in the block. */
	figures: z.array(variantFiguresSchema.nullable()),
	/** Indices of variants that still got cheaper while they were measured; their figures have requests and errors only. */
	cold: z.array(count),
});
export type MatrixSet = Immutable<z.infer<typeof matrixSetSchema>>;

const changeSchema = z.object({
	metric: z.enum(layerMetrics),
	/** ns a request, bytes a request, nanoseconds, requests per second. */
	unit: z.enum(["ns", "bytes", "1/s"]),
	/** What the layer adds, in the unit; negative: it takes away. */
	change: z.number(),
	/** The same as a share of bare. */
	share: z.number(),
	/** Simultaneous interval over all factors at the confidence of the design; null with fewer than two sets. */
	low: z.number().nullable(),
	high: z.number().nullable(),
});

export const layerEffectSchema = changeSchema.extend({
	factor: z.string(),
	way: layerWay,
	/** Two-sided, of this factor alone, and adjusted by Holm over all factors. */
	p: z.number().min(0).max(1).nullable(),
	holmP: z.number().min(0).max(1).nullable(),
	/**
	 * costs / saves: adjusted p is below that of the design, the change reaches the margin, and most of it stays whichever set is left out; nothing: the interval lies within ± margin;
	 * cannot tell: all else. For rps, "costs" is a loss of requests per second.
	 */
	verdict: z.enum(["costs", "saves", "nothing", "cannot tell"]),
});
export type LayerEffect = Immutable<z.infer<typeof layerEffectSchema>>;

/** all − bare − Σ effects. */
const remainderSchema = changeSchema.extend({
	/** It is real and large beside what all layers cost together, so the layers do not simply add up. */
	large: z.boolean(),
});
export type Remainder = Immutable<z.infer<typeof remainderSchema>>;

/** Effects by another way of measuring, held against `effects`. */
const otherWaySchema = z.object({
	effects: z.array(layerEffectSchema),
	/** Where the two differ by more than their intervals. */
	disagreements: z.array(
		z.object({
			factor: z.string(),
			metric: z.enum(layerMetrics),
			/** This way minus that of `effects`, as shares of bare. */
			difference: z.number(),
		}),
	),
});
export type OtherWay = Immutable<z.infer<typeof otherWaySchema>>;

/** How far the control was from bare, relative: the two are the same, so this is what chance does, or what is wrong here. */
const controlDifferenceSchema = z.object({
	metric: z.enum(layerMetrics),
	/** The control against bare. */
	change: z.number(),
	/** Interval of this metric alone. */
	low: z.number(),
	high: z.number(),
	sets: count,
	/** It does not hold zero, and is as large as what matters: something favours one of two equal variants. */
	real: z.boolean(),
});
export type ControlDifference = Immutable<z.infer<typeof controlDifferenceSchema>>;

/** What may be the reason that a profile and the measuring differ; all amounts are by request. */
const disagreementReasonSchema = z.discriminatedUnion("kind", [
	/** Their code begins at the same place as that of these layers. */
	z.object({ kind: z.literal("same place"), layers: z.array(z.string()).min(1) }),
	/** So few ticks may be off by that much. */
	z.object({ kind: z.literal("few ticks"), ticks: z.number().nonnegative() }),
	/** It allocates, and what collecting that costs is not charged to it. */
	z.object({ kind: z.literal("collections"), bytes: z.number().nonnegative(), collectorNs: z.number().nonnegative() }),
	/** None of its functions was seen: V8 may have inlined them all. */
	z.object({ kind: z.literal("not seen") }),
	/** It makes others work, by a longer answer or by headers. */
	z.object({ kind: z.literal("work of others"), by: z.enum(["answer", "headers"]) }),
	/** It spares others more than it costs. */
	z.object({ kind: z.literal("spares others") }),
	/** What it does, or what runs below its functions, others do without it. */
	z.object({ kind: z.literal("done without it") }),
]);
export type DisagreementReason = Immutable<z.infer<typeof disagreementReasonSchema>>;

export const profileDisagreementSchema = z.object({
	/** More or less was measured than the profile shows. */
	measured: z.enum(["more", "less"]),
	reasons: z.array(disagreementReasonSchema),
});
export type ProfileDisagreement = Immutable<z.infer<typeof profileDisagreementSchema>>;

/** What the profile of "all" charges to a factor, beside what leaving it out measured. */
const attributionSchema = z.object({
	factor: z.string(),
	/** CPU of the factor's own frames and of what they call. */
	profiledNsPerRequest: z.number().nonnegative(),
	measuredNsPerRequest: z.number(),
	lowNs: z.number().nullable(),
	highNs: z.number().nullable(),
	/** Null where the profile's figure lies within the interval. */
	disagreement: profileDisagreementSchema.nullable(),
});
export type Attribution = Immutable<z.infer<typeof attributionSchema>>;

/** What the profile of "all" charges to a layer that could not be left out. */
const chargeSchema = z.object({
	/** Its id. */
	layer: z.string(),
	nsPerRequest: z.number().nonnegative(),
	/**
	 * source: its own code and what that calls, as of every other layer; name: of a layer that only a setting switches nobody knows the
	 * code, and these are functions that are called like it, with what they call.
	 */
	by: z.enum(["source", "name"]),
	/** The largest of those functions, for "name". */
	functions: z.array(z.string()),
});
export type Charge = Immutable<z.infer<typeof chargeSchema>>;

export const matrixSchema = z.object({
	/** One way for all layers, or both: toggled first, then those that were named or are suspect absent. */
	method: z.enum([...layerWay.options, "both"]),
	design: z.object({
		/** Of both ways: of the first. */
		kind: z.enum(["one-at-a-time", "factorial", "screen"]),
		leaveOneOut: z.boolean(),
		clients: count,
		/** How requests arrive while a variant is loaded lightly. */
		light: arrivalsSchema,
		sliceMs: z.number().positive(),
		/** Measured time of a set, all variants together; of the sets after the first. */
		setMs: z.number().positive(),
		warmupRequests: count,
		withinMs: z.number().positive(),
		/** Of the simultaneous intervals: 0.95. */
		confidence: z.number().min(0).max(1),
		/** A layer is named with an adjusted p below this. */
		alpha: z.number().min(0).max(1),
		/** The smallest effect that matters, as a share of bare, by metric. */
		margins: z.record(z.enum(layerMetrics), z.number().positive()),
		seed: z.number().int(),
		semiSpaceMiB: z.number().positive().nullable(),
		/** How many processes were alive and loaded in turn: more of them cost each other some cache. */
		rotation: count,
		blocks: count,
	}),
	factors: z.array(factorSchema),
	variants: z.array(variantSchema),
	sets: z.array(matrixSetSchema),
	/** Of every factor and metric that could be measured; where both ways say something, what is believed. */
	effects: z.array(layerEffectSchema),
	remainders: z.array(remainderSchema),
	/** CPU once more, by all rounds: what a layer does now and then, by a timer or in batches, is in it too, and more noise. */
	allRounds: otherWaySchema,
	/** Of what was measured both ways, the figures that are not in `effects`; absent where all was measured one way. */
	bothWays: otherWaySchema.exactOptional(),
	/** By metric; empty where the design has no control, or too few sets have both. */
	controlDifferences: z.array(controlDifferenceSchema),
	attributions: z.array(attributionSchema),
	/** Of needed layers of which it says anything. */
	charges: z.array(chargeSchema),
	elapsedMs: z.number().nonnegative(),
});
export type Matrix = Immutable<z.infer<typeof matrixSchema>>;
