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
	const { cells, sets } = connected(evidence, bare);
	if (sets.length === 0) return null;
	const fit = twoWayFit(
		cells.map((cell) =>
			sets.map((set) => {
				const value = evidence[set]?.values[cell] ?? null;
				return value === null ? null : Math.log(value);
			}),
		),
	);
	const every = evidence[0]?.values.map((_, cell) => cells.indexOf(cell)) ?? [];
	return {
		logs: every.map((row) => fit.levels[row] ?? null),
		covariance: every.map((a) => every.map((b) => fit.covariance[a]?.[b] ?? 0)),
		degrees: fit.degrees,
		sigma: fit.degrees > 0 ? Math.max(ROUNDING, Math.sqrt(fit.squares / fit.degrees)) : null,
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
 * Least squares for log value = cell + set + noise of equal variance, rows being cells and columns sets: the two-way
 * layout with unequal numbers (Scheffé 1959, The Analysis of Variance, 4.4), which for blocks is their intra-block
 * analysis. The sets' effects, which sum to 0, take in how fast the machine was. They are solved for first, the cells
 * eliminated, because there are fewer of them.
 */
function twoWayFit(table: readonly (readonly (number | null)[])[]): TwoWayFit {
	const measured = table.map((row) => row.map((log) => (log === null ? 0 : 1)));
	const counts = measured.map(sum);
	const means = table.map((row, cell) => sum(row.map((log) => log ?? 0)) / (counts[cell] ?? 0));
	const shares = measured.map((row, cell) => row.map((there) => there / (counts[cell] ?? 0)));
	const sets = (table[0] ?? []).map((_, set) => set);
	const inSet = sets.map((set) => measured.map((row) => row[set] ?? 0));
	const shareOfSet = sets.map((set) => shares.map((row) => row[set] ?? 0));

	// The normal equations leave a common constant open. The ones that are added fix it at a sum of 0, and their part
	// of the inverse, which is 1 over the square of the number of sets, is taken off again.
	const normal = sets.map((a) =>
		sets.map((b) => (a === b ? sum(inSet[a] ?? []) : 0) - dot(inSet[a] ?? [], shareOfSet[b] ?? []) + 1),
	);
	const inverse = inverseOf(normal).map((row) => row.map((value) => value - 1 / sets.length ** 2));
	const beyondCells = sets.map((set) =>
		sum(table.map((row, cell) => ((row[set] ?? null) === null ? 0 : (row[set] ?? 0) - (means[cell] ?? 0)))),
	);
	const speeds = times(inverse, beyondCells);
	const levels = shares.map((share, cell) => (means[cell] ?? 0) - dot(share, speeds));

	const residuals = table.flatMap((row, cell) =>
		row.flatMap((log, set) => (log === null ? [] : [log - (levels[cell] ?? 0) - (speeds[set] ?? 0)])),
	);
	const spread = shares.map((share) => times(inverse, share));
	return {
		levels,
		covariance: shares.map((share, a) => spread.map((of, b) => dot(share, of) + (a === b ? 1 / (counts[a] ?? 0) : 0))),
		degrees: residuals.length - table.length - (sets.length - 1),
		squares: dot(residuals, residuals),
	};
}

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
