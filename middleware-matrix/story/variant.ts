import type { Design } from "#matrix/designs/design.js";
import type { ProcessSet, Slice } from "#src/analyse/comparison/process-set.js";
import { Tally } from "#src/measure/tally.js";
import type { Factor, LayerWay, VariantFailure } from "#src/model/matrix.js";

/** One configuration of the target, with everything that was measured of it. */
export interface MeasuredVariant {
	readonly name: string;
	readonly way: LayerWay;
	readonly on: readonly Factor[];
	/** Ids of the layers that are left out in it. */
	readonly without: readonly string[];
	/** Why it is not measured any more, or null. */
	failed: VariantFailure | null;
	/** Where its CPU figures come from, and of how many processes. */
	cpuSource: "schedstat" | "cpuUsage";
	processes: number;
	readonly tally: Tally;
	/** Sets that it was part of, with its own slices at index 0. */
	readonly sets: ProcessSet[];
}

/** The variants of a run: several designs share bare and all. */
export class Variants {
	readonly list: MeasuredVariant[] = [];
	readonly #switched: readonly Factor[];
	/** How a layer is off in them. */
	readonly way: LayerWay;
	readonly #prefix: string;

	/**
	 * @param switched every factor of the run, those that a design leaves out as well: they are off in all of its variants
	 * @param prefix of their names, where there are those of another way as well
	 */
	constructor(switched: readonly Factor[], way: LayerWay, prefix = "") {
		this.#switched = switched;
		this.way = way;
		this.#prefix = prefix;
	}

	/**
	 * By the cells of the design, their variants; those that are new are added.
	 * @param factors of the design
	 */
	ofDesign(design: Design, factors: readonly Factor[]): MeasuredVariant[] {
		return design.cells.map(({ name: cell, on }) => {
			const name = `${this.#prefix}${cell}`;
			const isOn = new Set(on.flatMap((index) => factors[index]?.layers ?? []));
			const without = this.#switched.flatMap(({ layers }) => layers).filter((id) => !isOn.has(id));
			const known = this.list.find((variant) => variant.name === name);
			if (known !== undefined && known.without.join() === without.join()) return known;
			const variant: MeasuredVariant = {
				name: known === undefined ? name : `${name} of ${factors.length}`,
				way: this.way,
				on: factors.filter((_, index) => on.includes(index)),
				without,
				failed: null,
				cpuSource: "schedstat",
				processes: 1,
				tally: new Tally(),
				sets: [],
			};
			this.list.push(variant);
			return variant;
		});
	}
}

/** One variant cannot be measured; the others can. */
export class VariantFailed extends Error {
	constructor(
		readonly variant: MeasuredVariant,
		readonly failure: VariantFailure,
	) {
		super(`${variant.name}: ${failure.kind}`);
	}
}

/** For the message of a run that cannot go on without it. */
export function whyFailed(failed: VariantFailure): string {
	switch (failed.kind) {
		case "no start":
		case "died":
			return failed.why;
		case "other answer":
			return "its answer is another than that of the whole target";
		case "unexpected status":
			return `it answers ${Math.round(failed.share * 100)} % of the requests with ${failed.status}`;
	}
}

/** What a set says of one of its variants. */
export const ofVariant = (set: ProcessSet, variant: number): ProcessSet => ({
	...set,
	startOrder: [0],
	warmupRequests: [set.warmupRequests[variant] ?? 0],
	cold: set.cold?.includes(variant) === true ? [0] : [],
	rounds: set.rounds.map(({ slices, light }) => ({
		order: [0],
		slices: [slices[variant] as Slice],
		...(light === undefined ? {} : { light: [light[variant] as Slice] }),
	})),
	allocation: [set.allocation[variant] ?? null],
});
