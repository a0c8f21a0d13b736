import * as z from "zod";

/** What every finding has besides its figures. */

const severities = ["info", "warning", "problem"] as const;
const severity = z.enum(severities);

type Figures = z.ZodRawShape | z.ZodObject | z.ZodDiscriminatedUnion;
type Schema<F extends Figures> = F extends z.ZodRawShape ? z.ZodObject<F> : F;

const schemaOf = <F extends Figures>(figures: F): Schema<F> =>
	(figures instanceof z.ZodType ? figures : z.object(figures as z.ZodRawShape)) as Schema<F>;

/** About the whole run. */
export const findingOfRun = <Code extends string, F extends Figures>(code: Code, figures: F) =>
	z.object({ code: z.literal(code), severity, about: z.null(), figures: schemaOf(figures) });

/** `about` is the id of a measurement, or the endpoint of one that could not be made. */
export const findingOfWindow = <Code extends string, F extends Figures>(code: Code, figures: F) =>
	z.object({ code: z.literal(code), severity, about: z.string(), figures: schemaOf(figures) });

/** `about` is the id of a profile, or the name of a collector that brought none. */
export const findingOfProfile = <Code extends string, F extends Figures>(code: Code, figures: F) =>
	z.object({
		code: z.literal(code),
		severity,
		about: z.string(),
		/** Of whose process it is; null where the run has one target. */
		variant: z.string().nullable(),
		figures: schemaOf(figures),
	});
