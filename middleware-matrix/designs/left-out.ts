import type { BlockedDesign } from "./blocks.js";
import type { Cell } from "./design.js";

/**
 * Some of the factors, each as it is switched alone: for each of them a block with bare, bare with it, all without it, and all. Its
 * effect is the mean of what it adds to bare and to all others, as in a factorial. Few processes are alive at once whatever the
 * number of factors, as more of them throw each other out of the caches, and every slice of a block counts for its effect: with
 * the noise of a process σ² / sets, where bare, its control and a layer alone have 1.5 of it.
 * @param factors of the run; those that are not `some` are on in all and off in bare
 */
export function leftOutOneByOne(factors: readonly string[], some: readonly string[]): BlockedDesign {
	const every = factors.map((_, index) => index);
	const cells: Cell[] = [];
	/** The index of the cell in which these are on; one that is wanted twice is there once. */
	const cellOf = (name: string, on: readonly number[]): number => {
		const known = cells.findIndex((cell) => cell.on.join() === on.join());
		return known >= 0 ? known : cells.push({ name, on }) - 1;
	};
	const bare = cellOf("bare", []);
	const steps = some.map((name) => {
		const factor = factors.indexOf(name);
		const others = every.filter((index) => index !== factor);
		const [other = 0] = others;
		// Of two, all but one is the other alone.
		const allBut = others.length === 1 ? `${factors[other]} alone` : `all but ${name}`;
		return {
			factor,
			alone: factors.length === 1 ? null : cellOf(`${name} alone`, [factor]),
			allBut: others.length === 0 ? null : cellOf(allBut, others),
		};
	});
	const all = cellOf("all", every);
	const contrasts = every.map((index) => {
		const coefficients = cells.map(() => 0);
		const add = (cell: number | null, weight: number): void => {
			if (cell !== null) coefficients[cell] = (coefficients[cell] ?? 0) + weight;
		};
		const step = steps.find(({ factor }) => factor === index);
		if (step === undefined) return coefficients;
		const share = step.alone === null ? 1 : 1 / 2;
		add(step.alone ?? all, share);
		add(bare, -share);
		if (step.allBut !== null) {
			add(all, share);
			add(step.allBut, -share);
		}
		return coefficients;
	});
	const blocks = steps.map(({ alone, allBut }) =>
		[...new Set([bare, alone, allBut, all])].filter((cell) => cell !== null).toSorted((a, b) => a - b),
	);
	const distinct = blocks.filter((block, index) => blocks.findIndex((each) => each.join() === block.join()) === index);
	return {
		design: { kind: "one-at-a-time", factors, cells, contrasts, bare: [bare], all: [all] },
		blocks: distinct,
	};
}
