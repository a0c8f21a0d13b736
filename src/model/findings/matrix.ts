import * as z from "zod";
import { layerEffectSchema, missedSchema, profileDisagreementSchema, variantFailureSchema } from "#src/model/matrix.js";
import { layerMetrics } from "#src/model/metric-names.js";
import { findingOfRun } from "./finding-of.js";

const metric = z.enum(layerMetrics);
const interval = { low: z.number().nullable(), high: z.number().nullable() };

/** `layer` is the name of a factor. Changes are in the unit of their metric, shares are of bare. */
export const matrixFindings = [
	findingOfRun("VARIANT_FAILED", { variant: z.string(), failed: variantFailureSchema }),
	findingOfRun("BARE_DIFFERS", {
		metric,
		change: z.number(),
		low: z.number(),
		high: z.number(),
		sets: z.number(),
	}),
	findingOfRun("LAYERS_INTERACT", {
		metric,
		change: z.number(),
		...interval,
		share: z.number(),
		/** Whether --leave-one-out would say more. */
		leaveOneOutWouldTell: z.boolean(),
		/** Hooks of some layers were only skipped, so that what these cost by being there is in it. */
		partlySkipped: z.boolean(),
	}),
	findingOfRun("TOGGLED_DISAGREES", {
		layer: z.string(),
		metric,
		absentShare: z.number(),
		toggledShare: z.number(),
		difference: z.number(),
	}),
	findingOfRun("LAYER_CPU_IN_FEW_ROUNDS", {
		layer: z.string(),
		typicalShare: z.number(),
		allShare: z.number(),
		/** Of what it takes in all rounds, in ns. */
		lowNs: z.number().nullable(),
		highNs: z.number().nullable(),
	}),
	findingOfRun("PROFILE_DISAGREES", {
		layer: z.string(),
		profiledNsPerRequest: z.number(),
		measuredNsPerRequest: z.number(),
		lowNs: z.number().nullable(),
		highNs: z.number().nullable(),
		disagreement: profileDisagreementSchema,
	}),
	/** Layers were to be switched both ways; with the only `way` in which they were, and why. */
	findingOfRun("ONE_WAY_ONLY", {
		way: z.enum(["absent", "toggled"]),
		why: z.discriminatedUnion("kind", [
			/** `suspects`: what should have been left out. */
			z.object({ kind: z.literal("no time"), suspects: z.array(z.string()) }),
			z.object({ kind: z.literal("failed"), message: z.string() }),
		]),
	}),
	/** Variants that still got cheaper while they were measured: in so many `cold` ones of their sets, which say nothing of them then. */
	findingOfRun("VARIANTS_NOT_WARM", {
		variants: z.array(z.object({ variant: z.string(), cold: z.number(), sets: z.number() })).min(1),
	}),
	findingOfRun("MANY_ALIVE", { rotation: z.number(), blocks: z.number() }),
	findingOfRun("LAYER_NEEDED", {
		/** Its id. */
		layer: z.string(),
		name: z.string(),
		/** As in the layer itself. */
		without: missedSchema,
		besides: z.array(z.string()),
	}),
	/** It took more than a tenth longer than there was time; `tookMs` is all of it, `sets` and `variants` are why. */
	findingOfRun("MATRIX_OVER_TIME", {
		withinMs: z.number(),
		tookMs: z.number(),
		sets: z.number(),
		variants: z.number(),
	}),
	/** Names of variants for whose profiles there was no time. */
	findingOfRun("PROFILES_LEFT_OUT", { variants: z.array(z.string()).min(1), withinMs: z.number() }),
	/** What a setting switches: no metric differs with it. */
	findingOfRun("LAYER_SWITCH_IDLE", { layer: z.string() }),
	findingOfRun("LAYER_COST", {
		layer: z.string(),
		effects: z
			.array(layerEffectSchema.pick({ metric: true, change: true, share: true, low: true, high: true, holmP: true }))
			.min(1),
	}),
] as const;
