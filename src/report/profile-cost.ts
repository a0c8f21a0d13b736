import type { ProfileRecord, RunRecord } from "../model/run-record.js";

/**
 * What a request costs without a profiler, by which the shares of a profile become amounts: nanoseconds of CPU time, or
 * allocated bytes. Null where the clean measurement does not know it.
 */
export function costPerRequest(
	run: RunRecord,
	{ cleanMeasurementId, variant, measures }: ProfileRecord,
): number | null {
	// Adjusted for the sets a variant was part of, so that the difference of two is what the effects are made of.
	const adjusted = run.matrix?.variants.find(({ name }) => name === variant)?.figures;
	const clean = run.measurements.find((each) => each.id === cleanMeasurementId);
	const [ofVariant, measured, metric] =
		measures === "cpu"
			? [adjusted?.cpuNsPerRequest, clean?.cpu?.nsPerRequest, "cpu"]
			: [adjusted?.bytesPerRequest, clean?.allocation?.bytesPerRequest, "alloc"];
	const effect = run.comparison?.effects.find((each) => each.metric === metric);
	const compared = variant === "base" ? effect?.base : variant === "head" ? effect?.head : null;
	const counted = measures === "allocation" ? run.allocation?.objects?.bytesPerRequest : null;
	return ofVariant ?? counted ?? measured ?? compared ?? null;
}
