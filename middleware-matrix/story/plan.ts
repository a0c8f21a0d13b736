import type { DesignKind } from "#matrix/designs/design.js";
import { MOST_FACTORS } from "#matrix/designs/factorial.js";
import type { DiscoveryPlan } from "#matrix/discovery/find-layers.js";
import type { JudgingRules } from "#matrix/effects/effects-of-design.js";
import type { Collector } from "#src/collect/collector.js";
import type { ClosedRunPlan } from "#src/investigate/run.js";
import type { Arrivals } from "#src/model/load.js";

/** How variants are measured and judged. */
export interface MatrixDesign extends JudgingRules {
	/** Null: the one that fits, see designKindOf(). */
	readonly kind: DesignKind | null;
	readonly leaveOneOut: boolean;
	readonly clients: number;
	/** How requests arrive in light slices. */
	readonly light: Arrivals;
	readonly withinMs: number;
	/** Measured time of one variant in a set; null: by what starts and warm-up take. */
	readonly variantMs: number | null;
	readonly sliceMs: number;
	readonly warmupRequests: number;
	readonly warmupMaxMs: number;
	readonly seed: number;
	readonly semiSpaceMiB: number | null;
	/** Processes side by side; null: as many as memory allows. */
	readonly mostAlive: number | null;
}

/** Which variants are profiled after the measuring; bare and all are, unless none is. */
export type WhatToProfile =
	| { readonly kind: "none" }
	| { readonly kind: "all" }
	/** The dearest layers whose cost is real. */
	| { readonly kind: "real" }
	/** Of variants, factors or layers. */
	| { readonly kind: "named"; readonly names: readonly string[] };

/**
 * How layers are switched off. both: hooks are skipped first, for names, then those layers that were named or are suspect are left out,
 * for sizes; each both ways: all are left out, and held against skipping their hooks. Layers that a setting switches have one way.
 */
export type Ways = "both" | "toggled" | "absent" | "each both ways";

export interface MatrixPlan extends ClosedRunPlan, DiscoveryPlan {
	readonly ways: Ways;
	readonly design: MatrixDesign;
	readonly whatToProfile: WhatToProfile;
	readonly cpuCollectors: readonly Collector[];
	readonly allocationCollectors: readonly Collector[];
}

/**
 * The design for so many layers. One at a time is the easiest to read; toggled layers are measured to be named, which a
 * factorial does in a fraction of the time (docs/matrix-bench.md), as long as it can take each of them by itself.
 */
export function designKindOf({ design, ways }: Pick<MatrixPlan, "design" | "ways">, layers: number): DesignKind {
	if (design.kind !== null) return design.kind;
	const skips = ways === "both" || ways === "toggled";
	return skips && !design.leaveOneOut && layers <= MOST_FACTORS ? "factorial" : "one-at-a-time";
}
