import { studentQuantile } from "#src/analyse/statistics/distributions.js";

/** Student's two-sided critical value for n observations; infinite for fewer than two. */
export const criticalT = (level: number, observations: number): number =>
	observations < 2 ? Number.POSITIVE_INFINITY : studentQuantile(1 - level / 2, observations - 1);
