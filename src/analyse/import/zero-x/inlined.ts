/**
 * Which functions V8 had inlined at a place in its optimised code, as its own log says: with every piece of code stands
 * a table of places ("C<offset in the code>O<source position>I<inlining>") and one of inlinings ("F<function>O<source
 * position>I<inlining that holds it>"). Format: LogSourceCodeInformation in V8's src/logging/log.cc, where the I is left
 * out for what belongs to the outermost function.
 */
import type { SourceTables } from "./preprocessed.js";

interface Place {
	/** Holds from here to the next place. */
	readonly offset: number;
	readonly inlining: number | undefined;
}

interface Inlining {
	/** Index into the log's functions; null where V8's log processor did not find it. */
	readonly func: number | null;
	/** The inlining that this one is in. */
	readonly within: number | undefined;
}

const nothing: readonly never[] = [];

/** The inlined functions of one piece of code. */
export class InlinedFunctions {
	readonly #places: readonly Place[];
	readonly #inlinings: readonly Inlining[];
	readonly #chains = new Map<number, readonly (number | null)[]>();

	constructor({ positions, inlined, fns }: SourceTables) {
		this.#inlinings = [...inlined.matchAll(/F(\d+)O-?\d+(?:I(\d+))?/g)].map(([, func, within]) => ({
			func: fns[Number(func)] ?? null,
			within: within === undefined ? undefined : Number(within),
		}));
		// Most code has nothing inlined; then no place in it matters.
		this.#places = this.#inlinings.length === 0 ? [] : placesOf(positions);
	}

	/**
	 * Functions between the code's own, which is left out, and the one that the instruction at `offset` stands for:
	 * indexes into the log's functions, outermost first, null for one that is not known. For a caller, `offset` must lie
	 * in its call, and not where it returns to, which is the next instruction.
	 */
	at(offset: number): readonly (number | null)[] {
		const inlining = this.#placeAt(offset)?.inlining;
		if (inlining === undefined) return nothing;
		let chain = this.#chains.get(inlining);
		if (chain === undefined) {
			chain = this.#chainOf(inlining);
			this.#chains.set(inlining, chain);
		}
		return chain;
	}

	#chainOf(innermost: number): (number | null)[] {
		const chain: (number | null)[] = [];
		let id: number | undefined = innermost;
		while (id !== undefined) {
			const inlining: Inlining | undefined = this.#inlinings[id];
			if (inlining === undefined) break;
			chain.push(inlining.func);
			// V8 numbers them from the outside inwards; in a broken file this ends all the same.
			id = inlining.within !== undefined && inlining.within < id ? inlining.within : undefined;
		}
		return chain.reverse();
	}

	/** The last place at or before `offset`. */
	#placeAt(offset: number): Place | undefined {
		let low = 0;
		let high = this.#places.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.#places[middle]?.offset ?? Number.POSITIVE_INFINITY) <= offset) low = middle + 1;
			else high = middle;
		}
		return this.#places[low - 1];
	}
}

const placesOf = (positions: string): Place[] =>
	[...positions.matchAll(/C(\d+)O-?\d+(?:I(\d+))?/g)].map(([, offset, inlining]) => ({
		offset: Number(offset),
		inlining: inlining === undefined ? undefined : Number(inlining),
	}));
