import type { Design } from "./design.js";

export interface DesignCheck {
	/** Cells that count in effects. */
	readonly runs: number;
	/** Every factor is on in half of the runs. */
	readonly balanced: boolean;
	/** Any two factors are on together, each alone, and off together equally often. */
	readonly orthogonal: boolean;
	/** Where layers simply add up, the contrast of a factor gives its effect and nothing of any other. */
	readonly unbiased: boolean;
	/** The fewest factors whose settings determine each other; null where there are none, as in a full factorial. */
	readonly resolution: number | null;
	/** Of factors that determine each other, how many sets of four there are. */
	readonly wordsOfLengthFour: number;
}

/**
 * What a design is good for, found from its cells alone and not from how they were made: a set of factors is a word
 * where the product of their settings (±1) does not sum to zero over the runs.
 */
export function checkDesign({ cells, contrasts, factors }: Design): DesignCheck {
	const runs = cells.filter((_, cell) => contrasts.some((contrast) => contrast[cell] !== 0));
	const settings = factors.map((_, factor) => runs.map(({ on }) => (on.includes(factor) ? 1 : -1)));
	const words = wordsUpTo(settings, 4);
	const shortest = words.findIndex((count) => count > 0);
	const longer = (): number | null => {
		const found = wordsUpTo(settings, factors.length).findIndex((count) => count > 0);
		return found < 0 ? null : found;
	};
	return {
		runs: runs.length,
		balanced: (words[1] ?? 0) === 0,
		orthogonal: (words[1] ?? 0) === 0 && (words[2] ?? 0) === 0,
		unbiased: factors.every((_, of) => contrasts.every((contrast, by) => gives(contrast, of) === (of === by ? 1 : 0))),
		resolution: shortest < 0 ? longer() : shortest,
		wordsOfLengthFour: words[4] ?? 0,
	};

	/** What a contrast makes of a world in which one factor costs 1 and all else nothing. */
	function gives(contrast: readonly number[], factor: number): number {
		const sum = contrast.reduce((total, weight, cell) => total + (cells[cell]?.on.includes(factor) ? weight : 0), 0);
		const constant = contrast.reduce((total, weight) => total + weight, 0);
		return Math.abs(constant) > ROUNDING ? Number.NaN : Math.round(sum / ROUNDING) * ROUNDING;
	}
}

const ROUNDING = 2 ** -40;

/** How many words there are of each length up to `longest`, by the length. */
function wordsUpTo(settings: readonly (readonly number[])[], longest: number): number[] {
	const counts = new Array<number>(Math.min(longest, settings.length) + 1).fill(0);
	const extend = (product: readonly number[], length: number, from: number): void => {
		for (let factor = from; factor < settings.length; factor++) {
			const next = product.map((value, run) => value * (settings[factor]?.[run] ?? 0));
			if (next.reduce((sum, value) => sum + value, 0) !== 0) counts[length + 1] = (counts[length + 1] ?? 0) + 1;
			if (length + 2 < counts.length) extend(next, length + 1, factor + 1);
		}
	};
	if (settings.length > 0)
		extend(
			(settings[0] as readonly number[]).map(() => 1),
			0,
			0,
		);
	return counts;
}
