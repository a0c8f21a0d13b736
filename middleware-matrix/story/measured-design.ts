import { type BlockedDesign, blocksOf } from "#matrix/designs/blocks.js";
import type { Design } from "#matrix/designs/design.js";
import type { DesignEvidence, DesignSet } from "#matrix/effects/effects-of-design.js";
import type { Factor, LayerWay } from "#src/model/matrix.js";
import type { MeasuredVariant, Variants } from "./variant.js";

/** A design while it is measured: its evidence grows set by set. */
export interface MeasuredDesign {
	readonly design: Design;
	readonly way: LayerWay;
	readonly factors: readonly Factor[];
	/** By cell. */
	readonly variants: readonly MeasuredVariant[];
	/** Cells that are alive together. */
	readonly blocks: readonly (readonly number[])[];
	/** How many processes are alive at once, at the most. */
	readonly rotation: number;
	readonly sets: DesignSet[];
}

/** How many variants and processes a way of starting them has side by side. */
export interface SideBySide {
	/** Variants that a set holds, at the most. */
	readonly mostVariants: number;
	/** Processes alive, of so many variants. */
	processes(variants: number): number;
}

/** Where the blocks of the design do not fit side by side, or it has none, it is cut into as few as do. */
export function openDesign(
	{ design, blocks: wanted }: BlockedDesign,
	factors: readonly Factor[],
	variants: Variants,
	sideBySide: SideBySide,
): MeasuredDesign {
	const fit = wanted.length > 0 && wanted.every((block) => block.length <= sideBySide.mostVariants);
	const blocks = fit ? wanted : blocksOf(design, sideBySide.mostVariants);
	const rotation = Math.max(...blocks.map((block) => sideBySide.processes(block.length)));
	const { way } = variants;
	return { design, way, factors, variants: variants.ofDesign(design, factors), blocks, rotation, sets: [] };
}

export const evidenceOf = ({ design, way, variants, sets }: MeasuredDesign): DesignEvidence => ({
	design,
	way,
	sets,
	failed: variants.map(({ failed }) => failed !== null),
});

export function variantOfCell({ variants }: MeasuredDesign, cell: number): MeasuredVariant {
	const variant = variants[cell];
	if (variant === undefined) throw new RangeError(`cell ${cell} has no variant`);
	return variant;
}
