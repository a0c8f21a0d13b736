import { describe, expect, it } from "vitest";
import { Simulation } from "../../test/fixtures/simulated-contrasts.js";
import { cellLevels } from "./cell-levels.js";
import type { EvidenceOfSet } from "./evidence.js";
import { dot, inverseOf, times } from "./linear-algebra.js";

const simulation = new Simulation(3);

/** So many cells, in sets that hold those that are said; with noise, on a machine whose speed differs from set to set. */
const drawn = (cells: number, sets: readonly (readonly number[])[]): EvidenceOfSet[] =>
	sets.map((holds, block) => {
		const speed = Math.exp(0.3 * simulation.normal());
		const values = Array.from({ length: cells }, (_, cell) =>
			holds.includes(cell) ? (100 + 10 * cell) * speed * Math.exp(0.02 * simulation.normal()) : null,
		);
		return { block, values };
	});

/** The same by least squares as in a book: a column for each cell, one for each set but the last, which is minus all others. */
function byTheBook(evidence: readonly EvidenceOfSet[], cells: number) {
	const sets = evidence.length;
	const rows = evidence.flatMap(({ values }, set) =>
		values.flatMap((value, cell) => {
			if (value === null) return [];
			const ofCell = Array.from({ length: cells }, (_, each) => (each === cell ? 1 : 0));
			const ofSet = Array.from({ length: sets - 1 }, (_, each) => (set === sets - 1 ? -1 : each === set ? 1 : 0));
			return [{ log: Math.log(value), row: [...ofCell, ...ofSet] }];
		}),
	);
	const columns = cells + sets - 1;
	const of = (column: number): number[] => rows.map(({ row }) => row[column] ?? 0);
	const normal = Array.from({ length: columns }, (_, a) =>
		Array.from({ length: columns }, (_, b) => dot(of(a), of(b))),
	);
	const inverse = inverseOf(normal);
	const logs = rows.map(({ log }) => log);
	const estimates = times(
		inverse,
		Array.from({ length: columns }, (_, column) => dot(of(column), logs)),
	);
	const residuals = rows.map(({ log, row }) => log - dot(row, estimates));
	return {
		logs: estimates.slice(0, cells),
		covariance: inverse.slice(0, cells).map((row) => row.slice(0, cells)),
		degrees: rows.length - columns,
		sigma: Math.sqrt(dot(residuals, residuals) / (rows.length - columns)),
	};
}

describe("the levels of cells", () => {
	it.each([
		[
			"every cell is in every set",
			4,
			[
				[0, 1, 2, 3],
				[0, 1, 2, 3],
				[0, 1, 2, 3],
			],
		],
		["there are many sets", 3, Array.from({ length: 40 }, () => [0, 1, 2])],
		[
			"blocks have bare in common",
			5,
			[
				[0, 1, 2],
				[0, 3, 4],
				[0, 1, 2],
				[0, 3, 4],
				[0, 1, 2],
				[0, 3, 4],
			],
		],
		[
			"blocks hang together by a chain",
			4,
			[
				[0, 1],
				[1, 2],
				[2, 3],
				[0, 1],
				[1, 2],
				[2, 3],
			],
		],
		[
			"some were not measured here and there",
			4,
			[
				[0, 1, 2, 3],
				[0, 2, 3],
				[1, 2, 3],
				[0, 1, 3],
				[0, 1],
			],
		],
		[
			"there are fewer sets than cells",
			6,
			[
				[0, 1, 2, 3, 4, 5],
				[0, 1, 2, 3, 4],
			],
		],
	] as const)("are those of least squares, with their covariance and the noise: %s", (_, cells, sets) => {
		const evidence = drawn(cells, sets);
		const found = cellLevels(evidence, [0]);
		const expected = byTheBook(evidence, cells);
		expect(found?.degrees).toBe(expected.degrees);
		expect(found?.sigma).toBeCloseTo(expected.sigma, 12);
		for (let a = 0; a < cells; a++) {
			expect(found?.logs[a]).toBeCloseTo(expected.logs[a] ?? Number.NaN, 12);
			for (let b = 0; b < cells; b++) {
				expect(found?.covariance[a]?.[b]).toBeCloseTo(expected.covariance[a]?.[b] ?? Number.NaN, 12);
			}
		}
	});

	it("are unknown where nothing connects a cell with bare", () => {
		const evidence = drawn(4, [
			[0, 1],
			[2, 3],
			[0, 1],
		]);
		expect(cellLevels(evidence, [0])?.logs.map((log) => log === null)).toEqual([false, false, true, true]);
		expect(cellLevels(evidence, [])).toBeNull();
	});
});
