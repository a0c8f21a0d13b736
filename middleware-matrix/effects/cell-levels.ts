import type { EvidenceOfSet } from "./evidence.js";
import { dot, inverseOf, type Matrix, times } from "./linear-algebra.js";

export interface CellLevels {
	/**
	 * By cell, the mean logarithm at the mean speed of all sets; null where it was not measured in common sets with
	 * bare.
	 */
	readonly logs: readonly (number | null)[];
	/** Of the logs, in units of the variance of one process; 0 for cells without one. */
	readonly covariance: Matrix;
	readonly degrees: number;
	/** Standard deviation of one process, in logs; null without degrees of freedom. */
	readonly sigma: number | null;
}

/** Noise below that of the arithmetic is none. */
const ROUNDING = 1e-12;

/**
 * The level of every cell, with the sets' differences taken out. Null where there is no value of any cell in `bare`;
 * cells that no chain of common sets connects with those are left out, because nothing can be said about the
 * difference. Values are above 0.
 */
export function cellLevels(evidence: readonly EvidenceOfSet[], bare: readonly number[]): CellLevels | null {
	const logs = evidence.map(({ values }) => values.map((value) => (value === null ? null : Math.log(value))));
	if (logs.length > 0 && bare.length > 0 && areWhole(logs)) return levelsOf(completeFit(logs), null);
	const { cells, sets } = connected(evidence, bare);
	if (sets.length === 0) return null;
	const fit = incompleteFit(sets.map((set) => cells.map((cell) => logs[set]?.[cell] ?? null)));
	return levelsOf(fit, evidence[0]?.values.map((_, cell) => cells.indexOf(cell)) ?? []);
}

const areWhole = (sets: readonly (readonly (number | null)[])[]): sets is readonly (readonly number[])[] =>
	sets.every((logs) => logs.every((log) => log !== null));

/** @param rows by cell, its row in the fit, or −1; null where they are all there */
function levelsOf({ levels, covariance, degrees, squares }: TwoWayFit, rows: readonly number[] | null): CellLevels {
	return {
		logs: rows === null ? levels : rows.map((row) => levels[row] ?? null),
		covariance: rows === null ? covariance : rows.map((a) => rows.map((b) => covariance[a]?.[b] ?? 0)),
		degrees,
		sigma: degrees > 0 ? Math.max(ROUNDING, Math.sqrt(squares / degrees)) : null,
	};
}

interface TwoWayFit {
	readonly levels: readonly number[];
	readonly covariance: Matrix;
	readonly degrees: number;
	/** Sum of squared residuals. */
	readonly squares: number;
}

/**
 * Least squares for log value = cell + set + noise of equal variance, rows being sets and columns cells: the two-way
 * layout with unequal numbers (Scheffé 1959, The Analysis of Variance, 4.4), which for blocks is their intra-block
 * analysis. The sets' effects, which sum to 0, take in how fast the machine was. It is asked for again after every set, and without
 * each of them, so what it takes must not grow faster than their number. Where every cell is in every set, means say it all.
 */
function completeFit(table: readonly (readonly number[])[]): TwoWayFit {
	const sets = table.length;
	const cells = table[0]?.length ?? 0;
	const levels = new Array<number>(cells).fill(0);
	for (const row of table)
		for (let cell = 0; cell < cells; cell++) levels[cell] = at(levels, cell) + at(row, cell) / sets;
	const mean = sum(levels) / cells;
	let squares = 0;
	for (const row of table) {
		const speed = sum(row) / cells - mean;
		for (let cell = 0; cell < cells; cell++) squares += (at(row, cell) - at(levels, cell) - speed) ** 2;
	}
	return {
		levels,
		covariance: levels.map((_, a) => levels.map((_, b) => (a === b ? 1 / sets : 0))),
		degrees: (cells - 1) * (sets - 1),
		squares,
	};
}

/** The same with cells missing: the sets are eliminated and the cells solved for, of which there are few however long a run is. */
function incompleteFit(table: readonly (readonly (number | null)[])[]): TwoWayFit {
	const count = table[0]?.length ?? 0;
	const sets = table.map((row) => {
		const cells = [...row.keys()].filter((cell) => row[cell] !== null);
		const logs = cells.map((cell) => row[cell] ?? 0);
		return { cells, logs, mean: sum(logs) / cells.length };
	});

	// The normal equations of the cells leave a common constant open. The ones that are added fix it at a sum of 0, and their part
	// of the inverse, which is 1 over the square of the number of cells, is taken off again.
	const normal = Array.from({ length: count }, () => new Array<number>(count).fill(1));
	const beyondSets = new Array<number>(count).fill(0);
	// Of each cell in the mean over sets of the mean of a set.
	const shares = new Array<number>(count).fill(0);
	for (const { cells, logs, mean } of sets) {
		for (const [index, cell] of cells.entries()) {
			const row = normal[cell] as number[];
			for (const other of cells) row[other] = at(row, other) - 1 / cells.length;
			row[cell] = at(row, cell) + 1;
			beyondSets[cell] = at(beyondSets, cell) + at(logs, index) - mean;
			shares[cell] = at(shares, cell) + 1 / cells.length / sets.length;
		}
	}
	const inverse = inverseOf(normal).map((row) => row.map((value) => value - 1 / count ** 2));
	const relative = times(inverse, beyondSets);

	// Then the constant at which the sets' effects sum to 0, and what it adds to the covariance: the means of sets are independent of
	// the differences within them.
	const constant = sum(sets.map(({ mean }) => mean)) / sets.length - dot(shares, relative);
	const levels = relative.map((level) => level + constant);
	const ofMean = times(inverse, shares);
	const ofConstant = dot(shares, ofMean) + sum(sets.map(({ cells }) => 1 / cells.length)) / sets.length ** 2;
	let squares = 0;
	for (const { cells, logs, mean } of sets) {
		const speed = mean - sum(cells.map((cell) => at(levels, cell))) / cells.length;
		for (const [index, cell] of cells.entries()) squares += (at(logs, index) - at(levels, cell) - speed) ** 2;
	}
	return {
		levels,
		covariance: inverse.map((row, a) => row.map((of, b) => of - at(ofMean, a) - at(ofMean, b) + ofConstant)),
		degrees: sum(sets.map(({ cells }) => cells.length)) - count - (sets.length - 1),
		squares,
	};
}

const at = (values: readonly number[], index: number): number => values[index] as number;

/** The cells and sets that hang together with the first cell of `bare` that was measured. */
function connected(evidence: readonly EvidenceOfSet[], bare: readonly number[]): { cells: number[]; sets: number[] } {
	const isMeasured = (set: number, cell: number): boolean => (evidence[set]?.values[cell] ?? null) !== null;
	const first = bare.find((cell) => evidence.some((_, set) => isMeasured(set, cell)));
	const cells = new Set(first === undefined ? [] : [first]);
	const sets = new Set<number>();
	// A Set is walked through to its end, with what is added on the way.
	for (const cell of cells) {
		for (const [set, { values }] of evidence.entries()) {
			if (!isMeasured(set, cell)) continue;
			sets.add(set);
			for (const other of values.keys()) if (isMeasured(set, other)) cells.add(other);
		}
	}
	return { cells: [...cells].sort((a, b) => a - b), sets: [...sets].sort((a, b) => a - b) };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
