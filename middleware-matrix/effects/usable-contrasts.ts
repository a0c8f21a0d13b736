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

/**
 * The contrasts of a design from the cells that were measured, which is not always all of them, by how well each is known. They are the
 * same without any one set, as long as the same cells were measured and figures are about as large.
 * @param levels by cell; null where it was not measured
 */
export function usableContrasts(design: Design, levels: readonly (number | null)[]): UsableContrasts {
	const ofDesign = known.get(design) ?? new Map<string, UsableContrasts>();
	known.set(design, ofDesign);
	const measured = levels.map((level) => level !== null);
	const sizes = roughSizes(levels);
	const cells = measured.map((is, cell) => (is ? sizes[cell] : "-")).join(" ");
	const found = ofDesign.get(cells) ?? contrastsFrom(design, measured, sizes);
	ofDesign.set(cells, found);
	return found;
}

const known = new WeakMap<Design, Map<string, UsableContrasts>>();

function contrastsFrom(design: Design, measured: readonly boolean[], sizes: readonly number[]): UsableContrasts {
	const bare = meanOf(design, design.bare, measured);
	const all = meanOf(design, design.all, measured);
	const { factors, level } =
		design.kind === "factorial"
			? fromRegression(design, measured, sizes)
			: { factors: design.factors.map((_, factor) => fromSteps(design, factor, measured, sizes)), level: null };
	const total = all === null || bare === null ? null : minus(all, bare);
	return {
		factors,
		bare: bare ?? level,
		total,
		remainder: total === null ? null : nonzero(beyond(total, factors)),
	};
}

/**
 * By cell, how large its figure is, in powers of two. Noise is relative, so a layer of a millisecond would drown the microseconds of
 * all others in the cells that it is on in; figures that are about as large count alike, whatever the noise made of them.
 */
function roughSizes(levels: readonly (number | null)[]): readonly number[] {
	const lowest = levels.reduce<number>((min, level) => Math.min(min, level ?? min), Number.POSITIVE_INFINITY);
	return levels.map((level) => (level === null ? 1 : Math.min(LARGEST, 2 ** Math.floor(Math.log2(level / lowest)))));
}

/** What is larger counts for next to nothing anyway, and must still be told from nothing. */
const LARGEST = 64;

/** Null where one of them is missing, and where there is none. */
export const sumOfContrasts = (contrasts: readonly (Contrast | null)[]): Contrast | null =>
	contrasts.reduce<Contrast | null>(
		(sum, each) => (sum === null || each === null ? null : sum.map((weight, cell) => weight + (each[cell] ?? 0))),
		contrasts[0]?.map(() => 0) ?? null,
	);

/** What is left of all − bare without these effects; null where one of them is missing. */
export function beyond(total: Contrast, factors: readonly (Contrast | null)[]): Contrast | null {
	let rest = total;
	for (const factor of factors) {
		if (factor === null) return null;
		rest = minus(rest, factor);
	}
	return rest;
}

const nonzero = (contrast: Contrast | null): Contrast | null =>
	contrast?.some((weight) => Math.abs(weight) > 1e-9) === true ? contrast : null;

/**
 * What the factor adds to bare and, with leave-one-out, to all others: the mean of those steps that were measured at
 * both ends; one between figures that are much larger counts for as much less as it is noisier.
 */
function fromSteps(
	design: Design,
	factor: number,
	measured: readonly boolean[],
	sizes: readonly number[],
): Contrast | null {
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
	const weights = steps.map(
		(step) => Math.max(...step.map((weight, cell) => (weight === 0 ? 0 : (sizes[cell] ?? 1)))) ** -2,
	);
	const sum = weights.reduce((total, weight) => total + weight, 0);
	return design.cells.map((_, cell) =>
		steps.reduce((total, step, index) => total + ((weights[index] as number) / sum) * (step[cell] ?? 0), 0),
	);
}

/**
 * Regression of the cells on the factors that are on. The weights of one coefficient are what is left of its column
 * when all others are projected out, over its square (Frisch and Waugh 1933, Econometrica 1), and nothing is left where
 * it cannot be told from the others. With all cells there, and about as large, these are the contrasts of the design. When
 * cells are missing, or count for little, effects are no longer quite clear of what two layers cost only together.
 */
function fromRegression(
	design: Design,
	measured: readonly boolean[],
	sizes: readonly number[],
): Pick<UsableContrasts, "factors"> & { level: Contrast | null } {
	const used = design.cells.map((_, cell) => measured[cell] === true && design.contrasts.some((of) => of[cell] !== 0));
	/** The roots of weights: all are divided by the size of their cell, so that the noise is the same. */
	const one = used.map((is, cell) => (is ? 1 / (sizes[cell] ?? 1) : 0));
	const columns = design.factors.map((_, factor) =>
		one.map((is, cell) => (design.cells[cell]?.on.includes(factor) ? is : 0)),
	);
	const coefficient = (column: Contrast, others: readonly Contrast[]): Contrast | null => {
		const rest = projectedOut(column, orthogonal(others));
		return rest === null ? null : rest.map((value, cell) => value / dot(rest, rest) / (sizes[cell] ?? 1));
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
