import type { ProfileMeasure } from "#src/model/call-tree.js";
import type { LayerMetric, Matrix } from "#src/model/matrix.js";
import type { Measurement } from "#src/model/measurement.js";
import type { ProfileRecord } from "#src/model/profile.js";
import type { CompareRun, DiagnoseRun, RunRecord } from "#src/model/run.js";
import { bareVariant, effectOf, figureOf } from "./matrix.js";

/**
 * What a request costs without a profiler, by which the shares of a profile become amounts: nanoseconds of CPU time, or
 * allocated bytes. Null where that is not known.
 */
export function costPerRequest(run: RunRecord, profile: ProfileRecord): number | null {
	const clean = run.measurements.find(({ id }) => id === profile.cleanMeasurementId);
	const measured = clean === undefined ? null : measuredCost(clean, profile.measures);
	switch (run.command) {
		case "flame":
		case "load":
		case "doctor":
		case "calibrate":
			return measured;
		case "alloc":
			return (profile.measures === "allocation" ? run.allocation?.objects?.bytesPerRequest : null) ?? measured;
		case "compare":
		case "diagnose":
			return costOfSide(run, profile) ?? measured;
		case "matrix":
			return (run.matrix === null ? null : costOfVariant(run.matrix, profile)) ?? measured;
	}
}

function measuredCost(clean: Measurement, measures: ProfileMeasure): number | null {
	switch (measures) {
		case "cpu":
			return clean.cpu?.nsPerRequest ?? null;
		case "allocation":
			return clean.kind === "window" ? (clean.allocation?.bytesPerRequest ?? null) : null;
	}
}

/** The same figures that the change is of, so that what the functions of two profiles differ by adds up to it. */
function costOfSide({ comparison }: CompareRun | DiagnoseRun, { variant, measures }: ProfileRecord): number | null {
	const effect = comparison?.effects.find(({ metric }) => metric === metricOf[measures]);
	return (variant === "base" ? effect?.base : variant === "head" ? effect?.head : null) ?? null;
}

/**
 * A layer alone is bare and its effect, as in its row, also where the design did not have it; anything else what was measured of it,
 * adjusted for the sets that it was part of.
 */
function costOfVariant(matrix: Matrix, { variant: name, measures }: ProfileRecord): number | null {
	const metric: LayerMetric = metricOf[measures];
	const variant = matrix.variants.find((each) => each.name === name);
	if (variant === undefined) return null;
	const [factor, ...others] = variant.on;
	const effect = factor === undefined || others.length > 0 ? undefined : effectOf(matrix, factor, metric);
	const bare = figureOf(bareVariant(matrix, effect?.way)?.figures, metric);
	return bare === null || effect === undefined ? figureOf(variant.figures, metric) : bare + effect.change;
}

const metricOf = { cpu: "cpu", allocation: "alloc" } as const satisfies Readonly<Record<ProfileMeasure, LayerMetric>>;
