import type { LayerMetric, Matrix } from "#src/model/matrix.js";
import type { ProfileRecord } from "#src/model/profile.js";
import type { RunRecord } from "#src/model/run.js";
import { bareVariant, effectOf, figureOf } from "./matrix.js";

/**
 * What a request costs without a profiler, by which the shares of a profile become amounts: nanoseconds of CPU time, or
 * allocated bytes. Null where the clean measurement does not know it.
 */
export function costPerRequest(
	run: RunRecord,
	{ cleanMeasurementId, variant, measures }: ProfileRecord,
): number | null {
	const clean = run.measurements.find((each) => each.id === cleanMeasurementId);
	const [measured, metric] =
		measures === "cpu"
			? [clean?.cpu?.nsPerRequest, "cpu" as const]
			: [clean?.allocation?.bytesPerRequest, "alloc" as const];
	const ofVariant = run.matrix === null ? null : costOfVariant(run.matrix, variant, metric);
	const effect = run.comparison?.effects.find((each) => each.metric === metric);
	const compared = variant === "base" ? effect?.base : variant === "head" ? effect?.head : null;
	const counted = measures === "allocation" ? run.allocation?.objects?.bytesPerRequest : null;
	return ofVariant ?? counted ?? measured ?? compared ?? null;
}

/**
 * Adjusted for the sets that a variant was part of, so that the difference of two is what the effects are made of. A layer
 * alone that the design did not have is bare and its effect.
 */
function costOfVariant(matrix: Matrix, name: string | null, metric: LayerMetric): number | null {
	const variant = matrix.variants.find((each) => each.name === name);
	if (variant === undefined) return null;
	const [factor] = variant.on;
	if (variant.figures !== null || factor === undefined || variant.on.length > 1)
		return figureOf(variant.figures, metric);
	const bare = figureOf(bareVariant(matrix)?.figures, metric);
	const effect = effectOf(matrix, factor, metric);
	return bare === null || effect === undefined ? null : bare + effect.change;
}
