import { checkDesign } from "./check-design.js";
import type { Cell, Design } from "./design.js";
import { fractionColumns, isOn } from "./fraction.js";

/** More are grouped. */
export const MOST_FACTORS = 16;
const RESOLUTION = 4;

/** Full up to 4 factors; 16 runs for 5–8, 32 for 9–16. */
const bitsFor = (factors: number): number => (factors <= 4 ? factors : factors <= 8 ? 4 : 5);

/**
 * Every run counts for every effect: the mean of the runs with the factor minus that of those without. Resolution IV
 * keeps effects clear of what two layers cost only together; that is halved between the two, so it does not show in the
 * remainder, which is of three and more (with 2, 8 and 16 factors all − bare is the sum of the effects by definition).
 * Bare is one of the runs. All is one where the best fraction has it, else (5, 9 and 10 factors) it is measured beside
 * them and counts in no effect. Throws a RangeError for more factors than a design of 32 runs can hold.
 */
export function factorial(factors: readonly string[]): Design {
	if (factors.length > MOST_FACTORS) {
		throw new RangeError(`a factorial takes ${MOST_FACTORS} factors, these are ${factors.length}: group them`);
	}
	const bits = bitsFor(factors.length);
	const columns = fractionColumns(factors.length, bits);
	const every = factors.map((_, index) => index);
	const runs = Array.from({ length: 1 << bits }, (_, run) => every.filter((i) => isOn(run, columns[i] as number)));
	// Run 0 has nothing on. All comes last, as in the other designs.
	const others = runs.filter((on) => on.length !== 0 && on.length !== every.length);
	const cells: Cell[] = [
		{ name: "bare", on: [] },
		...others.map((on, index) => ({
			name: on.length === 1 ? `${factors[on[0] as number]} alone` : `cell ${index + 1}`,
			on,
		})),
		{ name: "all", on: every },
	];
	const inFraction = (cell: Cell): boolean => cells.length === runs.length || cell.name !== "all";
	const contrasts = every.map((factor) =>
		cells.map((cell) => (inFraction(cell) ? (cell.on.includes(factor) ? 2 : -2) / runs.length : 0)),
	);
	const design: Design = { kind: "factorial", factors, cells, contrasts, bare: [0], all: [cells.length - 1] };
	const { balanced, orthogonal, unbiased, resolution } = checkDesign(design);
	if (!balanced || !orthogonal || !unbiased || (resolution ?? RESOLUTION) < RESOLUTION) {
		throw new Error(`the design for ${factors.length} factors is not of resolution IV: a mistake in its generators`);
	}
	return design;
}
