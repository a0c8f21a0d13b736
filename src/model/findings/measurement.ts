import * as z from "zod";
import { isolatesSchema } from "#src/model/isolates.js";
import { errorKinds } from "#src/model/load-words.js";
import { findingOfWindow } from "./finding-of.js";

const answersWithUnexpectedStatus = {
	answers: z.number(),
	/** Of all attempts. */
	share: z.number(),
	statuses: z.array(z.object({ status: z.string(), answers: z.number() })).min(1),
};

export const measurementFindings = [
	findingOfWindow("NOT_WARM", {
		warmupRequests: z.number(),
		warmupMs: z.number(),
		/** Null for a clean window. */
		collector: z.string().nullable(),
	}),
	findingOfWindow("TOO_FEW_SAMPLES", {
		samples: z.number(),
		/** Those that have no interval. */
		quantiles: z.array(z.number()).min(1),
		/** How many samples a quantile needs for one. */
		needed: z.array(z.object({ quantile: z.number(), samples: z.number() })),
	}),
	findingOfWindow("UNEXPECTED_STATUS", answersWithUnexpectedStatus),
	findingOfWindow("RATE_LIMITED", answersWithUnexpectedStatus),
	findingOfWindow("REQUEST_ERRORS", {
		errors: z.number(),
		attempted: z.number(),
		share: z.number(),
		kinds: z.array(z.object({ kind: z.enum(errorKinds), errors: z.number() })).min(1),
	}),
	findingOfWindow("TARGET_HUNG", { silentSeconds: z.number(), inFlight: z.number() }),
	findingOfWindow("NO_CPU_FIGURES", {}),
	/** The target is more than one process or worker thread of Node. */
	findingOfWindow("SEVERAL_ISOLATES", { isolates: isolatesSchema.min(1) }),
	/** Some of them ended in the window. */
	findingOfWindow("ISOLATES_ENDED", { isolates: z.number(), ended: z.number() }),
	/** It belongs to the first answer of a run: a short clean window, and V8's sampler on the same process. */
	findingOfWindow("FEW_SECONDS", {
		/** Whether nothing else was asked for (--quick). */
		asked: z.boolean(),
		cleanMs: z.number(),
		sampledMs: z.number(),
		/** How long the windows of a whole run are; null where they are no longer. */
		windowMs: z.number().nullable(),
		/** Collectors that a whole run has besides. */
		others: z.array(z.string()),
	}),
	findingOfWindow("ENDPOINT_FAILED", {
		/** What the target, or our way to it, said. */
		message: z.string(),
	}),
] as const;
