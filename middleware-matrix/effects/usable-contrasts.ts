import type { Design } from "#matrix/designs/design.js";
import { dot } from "./linear-algebra.js";

/** Weights by cell. */
export type Contrast = readonly number[];

export interface UsableContrasts {
	/** By factor; null where the cells that were measured do not give its effect. */
	readonly factors: readonly (Contrast | null)[];
	/** The level of bare; null where it cannot be told. */
	readonly bare: Contrast | null;
	/** all − bare − Σ effects; null where one of them is missing or where they make it up by definition. */
	readonly remainder: Contrast | null;
	/** all − bare. */
	readonly total: Contrast | null;
}

/** The contrasts of a design from the cells that were measured, which is not always all of them. */
export function usableContrasts(design: Design, measured: readonly boolean[]): UsableContrasts {
	const bare = meanOf(design, design.bare, measured);
	const all = meanOf(design, design.all, measured);
	const { factors, level } =
		design.kind === "factorial"
			? fromRegression(design, measured)
			: { factors: design.factors.map((_, factor) => fromSteps(design, factor, measured)), level: null };
	const total = all === null || bare === null ? null : minus(all, bare);
	return { factors, bare: bare ?? level, total, remainder: total === null ? null : beyond(total, factors) };
}

function beyond(total: Contrast, factors: readonly (Contrast | null)[]): Contrast | null {
	let rest = total;
	for (const factor of factors) {
		if (factor === null) return null;
		rest = minus(rest, factor);
	}
	return rest.some((weight) => Math.abs(weight) > 1e-9) ? rest : null;
}

/**
 * What the factor adds to bare and, with leave-one-out, to all others: the mean of those steps that were measured at
 * both ends.
 */
function fromSteps(design: Design, factor: number, measured: readonly boolean[]): Contrast | null {
	const contrast = design.contrasts[factor] ?? [];
	const cellsWhere = (has: boolean, many: boolean): number[] =>
		[...design.cells.keys()].filter((cell) => {
			const on = design.cells[cell]?.on ?? [];
			return contrast[cell] !== 0 && on.includes(factor) === has && on.length > (has ? 1 : 0) === many;
		});
	const steps = [false, true].flatMap((many) => {
		const top = meanOf(design, cellsWhere(true, many), measured);
		const bottom = meanOf(design, cellsWhere(false, many), measured);
		return top === null || bottom === null ? [] : [minus(top, bottom)];
	});
	if (steps.length === 0) return null;
	return design.cells.map((_, cell) => steps.reduce((sum, step) => sum + (step[cell] ?? 0), 0) / steps.length);
}

/**
 * Regression of the cells on the factors that are on. The weights of one coefficient are what is left of its column
 * when all others are projected out, over its square (Frisch and Waugh 1933, Econometrica 1), and nothing is left where
 * it cannot be told from the others. With all cells there these are the contrasts of the design. When cells are
 * missing, effects are no longer quite clear of what two layers cost only together.
 */
function fromRegression(
	design: Design,
	measured: readonly boolean[],
): Pick<UsableContrasts, "factors"> & { level: Contrast | null } {
	const used = design.cells.map((_, cell) => measured[cell] === true && design.contrasts.some((of) => of[cell] !== 0));
	const one = used.map((is) => (is ? 1 : 0));
	const columns = design.factors.map((_, factor) =>
		one.map((is, cell) => (design.cells[cell]?.on.includes(factor) ? is : 0)),
	);
	const coefficient = (column: Contrast, others: readonly Contrast[]): Contrast | null => {
		const rest = projectedOut(column, orthogonal(others));
		return rest === null ? null : rest.map((value) => value / dot(rest, rest));
	};
	return {
		factors: columns.map((column) => coefficient(column, [one, ...columns.filter((other) => other !== column)])),
		level: coefficient(one, columns),
	};
}

/** Gram and Schmidt. */
function orthogonal(vectors: readonly Contrast[]): Contrast[] {
	const basis: Contrast[] = [];
	for (const vector of vectors) {
		const rest = projectedOut(vector, basis);
		if (rest !== null) basis.push(rest);
	}
	return basis;
}

function projectedOut(vector: Contrast, basis: readonly Contrast[]): Contrast | null {
	let rest = vector;
	for (const direction of basis) {
		const share = dot(rest, direction) / dot(direction, direction);
		rest = rest.map((value, index) => value - share * (direction[index] ?? 0));
	}
	return dot(rest, rest) > 1e-9 ? rest : null;
}

function meanOf(design: Design, cells: readonly number[], measured: readonly boolean[]): Contrast | null {
	const there = cells.filter((cell) => measured[cell] === true);
	return there.length === 0 ? null : design.cells.map((_, cell) => (there.includes(cell) ? 1 / there.length : 0));
}

const minus = (a: Contrast, b: Contrast): Contrast => a.map((weight, cell) => weight - (b[cell] ?? 0));
