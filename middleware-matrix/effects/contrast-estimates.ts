import type { Design } from "#matrix/designs/design.js";
import { type CellLevels, cellLevels } from "./cell-levels.js";
import type { EvidenceOfSet } from "./evidence.js";
import { dot, times } from "./linear-algebra.js";
import { beyond, type Contrast, sumOfContrasts, usableContrasts } from "./usable-contrasts.js";

export interface Estimate {
	/** In the unit of the metric. */
	readonly value: number;
	/** Standard error; null without degrees of freedom. */
	readonly error: number | null;
}

export interface Estimates {
	readonly bare: number;
	/** By factor; null where its cells were not measured. */
	readonly factors: readonly (Estimate | null)[];
	/** all − bare − Σ factors; null where it cannot be told or is nothing by definition. */
	readonly remainder: Estimate | null;
	/** all − bare. */
	readonly total: Estimate | null;
	/** all − bare − the sum of these effects, by index; null where one of them is missing. */
	beyond(factors: readonly number[]): Estimate | null;
	/** The sum of these effects, by index; null where one of them is missing. */
	sumOf(factors: readonly number[]): Estimate | null;
	/** By cell, at the mean speed of all sets. */
	readonly levels: readonly (number | null)[];
	readonly sigma: number | null;
	readonly degrees: number;
}

/** What the sets say, before anything is decided. Null where nothing can be said of bare. */
export function estimatesOf(design: Design, sets: readonly EvidenceOfSet[]): Estimates | null {
	// Where bare failed, the other cells of a factorial can still say what it would be.
	const fit = cellLevels(sets, [...design.bare, ...design.cells.keys()]);
	if (fit === null) return null;
	const levels = fit.logs.map((log) => (log === null ? null : Math.exp(log)));
	const of = (contrast: Contrast | null): Estimate | null =>
		contrast === null ? null : estimateOf(contrast, levels, fit);
	const contrasts = usableContrasts(design, levels);
	const bare = of(contrasts.bare);
	if (bare === null) return null;
	return {
		bare: bare.value,
		factors: contrasts.factors.map(of),
		remainder: of(contrasts.remainder),
		total: of(contrasts.total),
		beyond: (some) =>
			of(
				contrasts.total === null
					? null
					: beyond(
							contrasts.total,
							some.map((factor) => contrasts.factors[factor] ?? null),
						),
			),
		sumOf: (some) => of(sumOfContrasts(some.map((factor) => contrasts.factors[factor] ?? null))),
		levels,
		sigma: fit.sigma,
		degrees: fit.degrees,
	};
}

/** The error is that of the delta method: a level moves by itself times what its logarithm moves by. */
function estimateOf(contrast: Contrast, levels: CellLevels["logs"], { covariance, sigma }: CellLevels): Estimate {
	const parts = contrast.map((weight, cell) => weight * (levels[cell] ?? 0));
	const value = parts.reduce((sum, part) => sum + part, 0);
	return { value, error: sigma === null ? null : sigma * Math.sqrt(dot(parts, times(covariance, parts))) };
}
