import type { JudgeDesign } from "./judge-contrasts.js";
import type { PairedSet } from "./paired-set.js";

type Metrics = Pick<JudgeDesign, "weights" | "primary" | "margins">;

/**
 * Where answers are so slow that the light slices of a set hold too few for a median, what is asked of a lone request is asked of the
 * median under all clients: such answers wait for something else than a core. Decided by how many answers the first set held, never by
 * what they took.
 */
export function withMedianThatIsKnown<T extends Metrics>(design: T, first: PairedSet | undefined): T {
	const { weights, primary, margins } = design;
	const known = first?.contrastsAsMeasured;
	if (weights.p50 === undefined || known === undefined || known.p50 !== null || known["loaded-p50"] === null) {
		return design;
	}
	const { p50, ...others } = weights;
	return {
		...design,
		weights: { ...others, "loaded-p50": p50 + (weights["loaded-p50"] ?? 0) },
		primary: primary.map((metric) => (metric === "p50" ? "loaded-p50" : metric)),
		margins: { ...margins, "loaded-p50": margins.p50 },
	};
}
