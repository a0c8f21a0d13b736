import { z } from "zod";

/** What a layer's cost is given in. A request per second more is better; of all others, less is. */
export const layerMetrics = ["cpu", "alloc", "p50", "p99", "rps"] as const;
export type LayerMetric = (typeof layerMetrics)[number];

const count = z.number().int().nonnegative();

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
	/**
	 * Null where it is switched in the design. container: holds the route of the endpoint, so its parts are layers instead; off path: cannot
	 * run for this endpoint; needed: the target does not start, or answers differently, without it; not chosen: by the user.
	 */
	keptIn: z
		.object({ reason: z.enum(["container", "off path", "needed", "not chosen"]), sentence: z.string() })
		.nullable(),
});
export type Layer = z.infer<typeof layerSchema>;

/** What is switched as one: a layer, or several that only work together. */
const factorSchema = z.object({
	/** Unique in the run. */
	name: z.string(),
	/** Ids of its layers. */
	layers: z.array(z.string()).min(1),
});
export type Factor = z.infer<typeof factorSchema>;

/** The figures of one variant, in one set or over all. */
const variantFiguresSchema = z.object({
	requests: count,
	errors: count,
	/** What it costs in a typical round. */
	cpuNsPerRequest: z.number().nonnegative().nullable(),
	/** All CPU time by all requests. */
	allCpuNsPerRequest: z.number().nonnegative().nullable().default(null),
	bytesPerRequest: z.number().nonnegative().nullable(),
	p50Ns: z.number().nonnegative().nullable(),
	p99Ns: z.number().nonnegative().nullable(),
	/** Under the clients of the design, while it is loaded. */
	requestsPerSecond: z.number().nonnegative().nullable(),
});
export type VariantFigures = z.infer<typeof variantFiguresSchema>;

const variantSchema = z.object({
	/** Unique in the run: "bare", "all", "cors alone", "all but cors", "cell 7". */
	name: z.string(),
	/** Names of the factors that are on. */
	on: z.array(z.string()),
	/** Why it could not be measured, or null. */
	failed: z.string().nullable(),
	/** Id of its measurement over all sets; null where there is none. */
	measurementId: z.string().nullable(),
	/** Adjusted for the sets and blocks it was part of; null where it was not measured. */
	figures: variantFiguresSchema.nullable(),
});
export type Variant = z.infer<typeof variantSchema>;

const matrixSetSchema = z.object({
	endedAtMs: z.number().nonnegative(),
	/** Which part of the design it measured, from 0; one part where all variants fit side by side. */
	block: count,
	/** By the index of the variant; null for one that is not in the block. */
	figures: z.array(variantFiguresSchema.nullable()),
});
export type MatrixSet = z.infer<typeof matrixSetSchema>;

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

const layerEffectSchema = changeSchema.extend({
	factor: z.string(),
	/** Two-sided, of this factor alone, and adjusted by Holm over all factors. */
	p: z.number().min(0).max(1).nullable(),
	holmP: z.number().min(0).max(1).nullable(),
	/**
	 * costs / saves: adjusted p is below that of the design, the change reaches the margin, and most of it stays whichever set is left out; nothing: the interval lies within ± margin;
	 * cannot tell: all else. For rps, "costs" is a loss of requests per second.
	 */
	verdict: z.enum(["costs", "saves", "nothing", "cannot tell"]),
});
export type LayerEffect = z.infer<typeof layerEffectSchema>;

/** all − bare − Σ effects. */
const remainderSchema = changeSchema.extend({
	/** It is real and large beside what all layers cost together, so the layers do not simply add up. */
	large: z.boolean(),
});
export type Remainder = z.infer<typeof remainderSchema>;

/** What the profile of "all" charges to a factor, beside what leaving it out measured. */
const attributionSchema = z.object({
	factor: z.string(),
	/** CPU of the factor's own frames and of what they call. */
	profiledNsPerRequest: z.number().nonnegative(),
	measuredNsPerRequest: z.number(),
	lowNs: z.number().nullable(),
	highNs: z.number().nullable(),
	/** Why they disagree where they do; null where the profile's figure lies within the interval. */
	disagreement: z.string().nullable(),
});
export type Attribution = z.infer<typeof attributionSchema>;

export const matrixSchema = z.object({
	framework: z.object({ name: z.string(), version: z.string() }).nullable(),
	/** absent: a layer that is off is never registered; toggled: its hooks are skipped in one warm process; settings: as the user said. */
	method: z.enum(["absent", "toggled", "settings"]),
	design: z.object({
		kind: z.enum(["one-at-a-time", "factorial", "screen"]),
		leaveOneOut: z.boolean(),
		clients: count,
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
	layers: z.array(layerSchema),
	factors: z.array(factorSchema),
	variants: z.array(variantSchema),
	sets: z.array(matrixSetSchema),
	/** Of every factor and metric that could be measured. */
	effects: z.array(layerEffectSchema),
	remainders: z.array(remainderSchema),
	/** CPU once more, by all rounds: what a layer does now and then, by a timer or in batches, is in it too, and more noise. */
	allRoundsEffects: z.array(layerEffectSchema).default([]),
	/** Effects by the other way of switching, where that was asked for as well; else null. */
	toggledEffects: z.array(layerEffectSchema).nullable(),
	attributions: z.array(attributionSchema),
	elapsedMs: z.number().nonnegative(),
});
export type Matrix = z.infer<typeof matrixSchema>;
