import * as z from "zod";
import { allocationFindings } from "./findings/allocation.js";
import { comparisonFindings } from "./findings/comparison.js";
import { doctorFindings } from "./findings/doctor.js";
import { loadFindings } from "./findings/load.js";
import { machineFindings } from "./findings/machine.js";
import { matrixFindings } from "./findings/matrix.js";
import { measurementFindings } from "./findings/measurement.js";
import { profileFindings } from "./findings/profile.js";
import { sweepFindings } from "./findings/sweep.js";
import type { Immutable } from "./immutable.js";

/**
 * A finding is one coded statement with the figures that carry it, typed by its code; it says nothing in words. The sentence is
 * written by report/sentences, for every view alike. docs/findings.md describes each code for people.
 */
export const findingSchema = z.discriminatedUnion("code", [
	...machineFindings,
	...measurementFindings,
	...loadFindings,
	...sweepFindings,
	...allocationFindings,
	...doctorFindings,
	...comparisonFindings,
	...matrixFindings,
	...profileFindings,
]);

export type Finding = Immutable<z.infer<typeof findingSchema>>;
export type FindingCode = Finding["code"];
/** The finding of one code: FindingOf<"LEAK">. */
export type FindingOf<Code extends FindingCode> = Extract<Finding, { readonly code: Code }>;
export type FiguresOf<Code extends FindingCode> = FindingOf<Code>["figures"];
/** A finding about what a profiler brought. */
export type ProfileFinding = Immutable<z.infer<(typeof profileFindings)[number]>>;
