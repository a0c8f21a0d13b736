import { z } from "zod";

/**
 * A finding is one coded statement with the figures that carry it. Its sentence is made here and nowhere else, so that
 * the terminal, the report and run.json say the same thing.
 */
const severities = ["info", "warning", "problem"] as const;

export const findingSchema = z.object({
	code: z.string(),
	severity: z.enum(severities),
	/** The id of the measurement or the name of the collector that it is about; null for the whole run. */
	about: z.string().nullable(),
	figures: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
	sentence: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;
