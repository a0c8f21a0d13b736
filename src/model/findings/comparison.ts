import * as z from "zod";
import { answerDifferenceSchema } from "#src/model/answer-difference.js";
import { metricNames } from "#src/model/metric-names.js";
import { findingOfRun } from "./finding-of.js";

const metric = z.enum(metricNames);
const side = z.enum(["base", "head"]);
const sides = { sides: z.array(side).min(1) };

export const comparisonFindings = [
	findingOfRun("ANSWERS_DIFFER", { difference: answerDifferenceSchema }),
	findingOfRun("FEW_SETS", {
		sets: z.number(),
		firstLook: z.number(),
		setMs: z.number(),
		neededMs: z.number(),
		/** The metric that is told first, and the change that would have been large enough to be told; null where that is unknown. */
		large: z.object({ metric, change: z.number() }).nullable(),
	}),
	findingOfRun("NOISY_FOR_MARGIN", {
		metric,
		/** When it was seen, and after how many sets. */
		afterMs: z.number(),
		sets: z.number(),
		/** Shares, as changes are; of failed requests percentage points. */
		setSd: z.number(),
		margin: z.number(),
		withinMs: z.number(),
		detectable: z.number(),
	}),
	findingOfRun("LARGE_CHANGE", {
		metric,
		verdict: z.enum(["regressed", "improved"]),
		afterMs: z.number(),
		sets: z.number(),
		/** Shares; of failed requests a difference of them. */
		change: z.number(),
		low: z.number(),
		high: z.number(),
	}),
	findingOfRun("NOT_PROFILED", {}),
	findingOfRun("TOO_NOISY", {
		metric,
		/** Shares, as changes are; of failed requests percentage points. */
		setSd: z.number(),
		margin: z.number(),
		sets: z.number(),
		smallestDetectable: z.number().nullable(),
		secondsToDecide: z.number().nullable(),
		/** What may help: a time limit, null where none that is sensible would; a margin, null where that is not known. */
		neededMs: z.number().nullable(),
		marginNeeded: z.number().nullable(),
		/** What disturbed it, null where it did not. */
		load: z.object({ average1m: z.number(), cpus: z.number() }).nullable(),
		stealShare: z.number().nullable(),
		youngGeneration: z.enum(["fixed", "as is"]),
		/** Further metrics that are not settled. */
		alsoUnclear: z.array(metric),
	}),
	findingOfRun("SETS_NOT_WARM", {
		/** Sets in which a side was not warm, of all. */
		cold: z.number(),
		sets: z.number(),
		...sides,
	}),
	findingOfRun("UNCONFIRMED", { metric, permutationP: z.number(), sets: z.number() }),
	findingOfRun("CPU_IN_FEW_ROUNDS", { typicalChange: z.number(), change: z.number() }),
	findingOfRun("AS_IS", {}),
	findingOfRun("YOUNG_GENERATION_FIXED", { semiSpaceMiB: z.number() }),
	findingOfRun("DIRTY_TREE", {
		/** The ref that head is. */
		head: z.string(),
	}),
	findingOfRun("SAME_COMMIT", {}),
	/** By one command, in one environment. */
	findingOfRun("SAME_START", {}),
	findingOfRun("NOT_PREPARED", { command: z.string() }),
	findingOfRun("SUBMODULES", sides),
	findingOfRun("ENV_FILE", sides),
] as const;
