import type { DesignKind } from "#matrix/designs/design.js";
import { MOST_FACTORS } from "#matrix/designs/factorial.js";
import type { LayerSetting } from "#matrix/settings/layer-setting.js";
import type { Collector } from "#src/collect/collector.js";
import type { ClosedRunPlan } from "#src/investigate/run.js";
import type { LayerMetric } from "#src/model/matrix.js";
import type { EndpointRequest } from "#src/target/endpoint.js";

/** How variants are measured and judged. */
export interface MatrixDesign {
	/** Null: the one that fits, see designKindOf(). */
	readonly kind: DesignKind | null;
	readonly leaveOneOut: boolean;
	readonly clients: number;
	readonly withinMs: number;
	/** Measured time of one variant in a set; null: by what starts and warm-up take. */
	readonly variantMs: number | null;
	readonly sliceMs: number;
	readonly warmupRequests: number;
	readonly warmupMaxMs: number;
	readonly seed: number;
	readonly semiSpaceMiB: number | null;
	/** Of the simultaneous intervals. */
	readonly confidence: number;
	/** A layer is named with an adjusted p below this. */
	readonly alpha: number;
	readonly margins: Readonly<Record<LayerMetric, number>>;
	/** Processes side by side; null: as many as memory allows. */
	readonly mostAlive: number | null;
}

/** Which variants are profiled after the measuring; bare and all are, unless none is. */
export type WhatToProfile =
	| { readonly kind: "none" }
	| { readonly kind: "all" }
	/** The dearest layers whose cost is real. */
	| { readonly kind: "real" }
	| { readonly kind: "named"; readonly names: readonly string[] };

export interface MatrixPlan extends ClosedRunPlan {
	readonly endpoint: EndpointRequest;
	/** Layers that the user says how to switch; empty: those of the framework. */
	readonly settings: readonly LayerSetting[];
	/** Names or ids of the layers in the design; null: all that can be left out. */
	readonly only: readonly string[] | null;
	readonly skip: readonly string[];
	/** Toggled in one process instead of absent in many. */
	readonly quick: boolean;
	/** Toggled as well, and both held against each other. */
	readonly checkToggled: boolean;
	readonly design: MatrixDesign;
	readonly whatToProfile: WhatToProfile;
	readonly cpuCollectors: readonly Collector[];
	readonly allocationCollectors: readonly Collector[];
}

/**
 * The design for so many layers. One at a time is the easiest to read; toggled layers are measured to be named, which a
 * factorial does in a fraction of the time (docs/matrix-bench.md), as long as it can take each of them by itself.
 */
export function designKindOf({ design, quick }: Pick<MatrixPlan, "design" | "quick">, layers: number): DesignKind {
	if (design.kind !== null) return design.kind;
	return quick && !design.leaveOneOut && layers <= MOST_FACTORS ? "factorial" : "one-at-a-time";
}
