import type { LiveSet } from "#src/measure/interleave.js";
import type { SideBySide } from "./measured-design.js";
import type { MeasuredVariant } from "./variant.js";

/** How the variants of a set come to life: left out layers have a process for each variant, skipped ones share one. */
export interface StartVariants extends SideBySide {
	/**
	 * Starts them, warm for nothing yet; every slice is added to the tally of its variant.
	 * @param order index of the variants, in the order of their start
	 * @throws VariantFailed where it is one variant's fault; nothing is left running then
	 */
	start(variants: readonly MeasuredVariant[], order: readonly number[]): Promise<LiveSet>;
	/** Requests of warm-up for each of so many variants. */
	warmupRequests(variants: number): number;
	/** How long each of them is warmed at the most, where so much time is meant for it in a set. */
	warmupMaxMs(variants: number, eachMs: number): number;
}
