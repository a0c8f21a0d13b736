/** Which variants are measured, and how effects follow from their figures. */

export type DesignKind = "one-at-a-time" | "factorial" | "screen";

/** One variant: which factors are on in it. */
export interface Cell {
	/** "bare", "bare control", "all", "cors alone", "all but cors", "cell 7" */
	readonly name: string;
	/** Indices of factors, ascending. */
	readonly on: readonly number[];
}

export interface Design {
	/** How its effects are contrasted, and what becomes of them where a cell fails. */
	readonly kind: Exclude<DesignKind, "screen">;
	readonly factors: readonly string[];
	readonly cells: readonly Cell[];
	/**
	 * By factor, a coefficient for every cell: the effect is the sum of coefficient × figure of the cell. They sum to
	 * 0.
	 */
	readonly contrasts: readonly (readonly number[])[];
	/** Indices of the cells without any factor (one or several) and with all of them. */
	readonly bare: readonly number[];
	readonly all: readonly number[];
}
