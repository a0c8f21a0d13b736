import type { Design } from "./design.js";

/** A design with cells that are to be alive together; no blocks: as many as can be. */
export interface BlockedDesign {
	readonly design: Design;
	readonly blocks: readonly (readonly number[])[];
}

/** Two references and one more. */
const FEWEST_ALIVE = 3;
/** With fewer a second reference takes more time than its precision is worth. */
const ALIVE_FOR_ALL = 5;

/**
 * The cells of each block, as indices in the order of the design, where not all of them can be alive side by side.
 * Every block has the reference cells, through which its figures are compared with those of other blocks; the others
 * are in one block each, of sizes that differ by one at the most. In a factorial, cells with opposite settings go into
 * the same block as far as they can: where they do, a block has every factor on and off equally often, and what
 * distinguishes the blocks touches no effect. Throws a RangeError where not all fit and fewer than three can be alive.
 */
export function blocksOf(design: Design, mostAlive: number): number[][] {
	const every = design.cells.map((_, cell) => cell);
	if (every.length <= mostAlive) return [every];
	if (mostAlive < FEWEST_ALIVE) {
		throw new RangeError(`variants are compared side by side: ${FEWEST_ALIVE} must fit, not ${mostAlive}`);
	}
	const references = referencesOf(design, mostAlive);
	const others = mirrored(design).filter((cell) => !references.includes(cell));
	const blocks = Math.ceil(others.length / (mostAlive - references.length));
	return Array.from({ length: blocks }, (_, block) => {
		const from = Math.floor((block * others.length) / blocks);
		const to = Math.floor(((block + 1) * others.length) / blocks);
		return [...references, ...others.slice(from, to)].sort((a, b) => a - b);
	});
}

/**
 * Bare; all as well, so that blocks hang together should one of them fail; and what else is bare where it pays. With r
 * references the variance of a comparison with them is as 1 + 1/r, and the time as the number of blocks (the reasoning
 * of Dunnett 1955, JASA 50, on how many controls to take).
 */
function referencesOf(design: Design, mostAlive: number): number[] {
	const [first = 0, ...moreBare] = design.bare;
	if (mostAlive < ALIVE_FOR_ALL) return [first];
	const references = [first, ...design.all];
	const cost = (r: number): number => (1 + 1 / r) * Math.ceil((design.cells.length - r) / (mostAlive - r));
	const withMore = [...references, ...moreBare];
	return cost(withMore.length) < cost(references.length) ? withMore : references;
}

/** All cells, each followed by its opposite where the design has one. */
function mirrored({ cells, factors }: Design): number[] {
	const taken = new Set<number>();
	for (const [cell, { on }] of cells.entries()) {
		if (taken.has(cell)) continue;
		taken.add(cell);
		const opposite = cells.findIndex(
			(other, index) => !taken.has(index) && factors.every((_, i) => on.includes(i) !== other.on.includes(i)),
		);
		if (opposite >= 0) taken.add(opposite);
	}
	return [...taken];
}
