import type { LiveSet } from "#src/measure/interleave.js";
import type { SetContext } from "#src/measure/live-set.js";
import type { MeasuredVariant } from "./variants.js";

/** How the variants of a set come to life: absent layers have a process for each variant, toggled ones share one. */
export interface LiveVariants {
	/** Starts them; index: of the variants, in the order of their start. */
	start(variants: readonly MeasuredVariant[], order: readonly number[], context: SetContext): Promise<LiveSet>;
	/** Variants that a set holds, at the most. */
	readonly mostSideBySide: number;
	/** Processes side by side, of so many variants. */
	alive(variants: number): number;
	/** Requests of warm-up for each of so many variants. */
	warmupRequests(variants: number): number;
}
