import { CallTreeBuilder, frameKey } from "#src/analyse/call-tree/call-tree.js";
import { type MatchedFunctions, matchFunctions } from "#src/analyse/call-tree/merge.js";
import { minifiedIn } from "#src/analyse/call-tree/minified.js";
import { withoutProcesses } from "#src/analyse/call-tree/processes.js";
import type { CallTree, Frame } from "#src/model/call-tree.js";

/** One side in one process set: what a sampler saw, and the cost by which it is scaled. */
export interface SampledSide {
	readonly tree: CallTree;
	/**
	 * What the samples of each function weigh, squared, where they weigh more than a tick each, as those of large objects do. Absent: a
	 * sample is a tick.
	 */
	readonly squares?: CallTree;
	/** Of a request: nanoseconds of CPU of the threads that are sampled, in the clean slices of the same set, or bytes. */
	readonly perRequest: number;
}

export interface SampledSet {
	readonly base: SampledSide;
	readonly head: SampledSide;
}

/** A figure of either side, set by set. */
export interface OfSides {
	readonly base: readonly number[];
	readonly head: readonly number[];
}

/** A function and how often it was on top of the stack. */
export interface CostSeries {
	/** Head's where it has the function. */
	readonly frame: Frame;
	readonly ticks: OfSides;
	/** Squares of what its samples weigh, over both sides and all sets: as many as its ticks where each is one. */
	readonly squares: number;
}

/** What all functions of both sides cost, set by set. */
export interface SampledFunctions {
	readonly functions: readonly CostSeries[];
	/** By function, what its source is called on both sides; "" without one. */
	readonly sources: readonly string[];
	/** By function, how it stands on either side; null where a side does not have it. */
	readonly places: { readonly base: readonly (Frame | null)[]; readonly head: readonly (Frame | null)[] };
	/** The function of a frame of either side, by frameKey(). */
	readonly byKey: { readonly base: ReadonlyMap<string, number>; readonly head: ReadonlyMap<string, number> };
	/** By function, those that call it or are called by it, on either side. */
	readonly neighbours: readonly ReadonlySet<number>[];
	/** Functions of which nobody knows which of the other side they are: minified, and not where they were. */
	readonly unrecognised: ReadonlySet<number>;
	/** Ticks of everything. */
	readonly allTicks: OfSides;
	/** What a tick is worth: nanoseconds of CPU, or bytes, a request. */
	readonly perTick: OfSides;
}

/** Every function of one side once. */
export function distinctFrames(sets: readonly SampledSide[]): Frame[] {
	const frames = new Map<string, Frame>();
	for (const { tree } of sets) for (const frame of tree.frames) frames.set(frameKey(frame), frame);
	return [...frames.values()];
}

/** The same with every function where it was written. @param written by frameKey() */
export function writtenAs(side: SampledSide, written: ReadonlyMap<string, Frame>): SampledSide {
	const inTree = ({ frames, nodes }: CallTree): CallTree => ({
		frames: frames.map((frame) => written.get(frameKey(frame)) ?? frame),
		nodes,
	});
	const { tree, squares, perRequest } = side;
	return { tree: inTree(tree), perRequest, ...(squares === undefined ? {} : { squares: inTree(squares) }) };
}

/** @param roots where the code of each side lies */
export function sampledFunctions(
	sets: readonly SampledSet[],
	roots: { readonly base: string; readonly head: string },
): SampledFunctions {
	const [base, head] = (["base", "head"] as const).map((side) => new SideInSets(sets.map((set) => set[side]))) as [
		SideInSets,
		SideInSets,
	];
	const matched = matchFunctions({ tree: base.tree, root: roots.base }, { tree: head.tree, root: roots.head });
	const [ofBase, ofHead] = [base.series(matched.ofBase, matched), head.series(matched.ofHead, matched)];
	const [inBase, inHead] = [base.frames(matched.ofBase), head.frames(matched.ofHead)];
	const neighbours = matched.frames.map(() => new Set<number>());
	base.meet(neighbours, matched.ofBase);
	head.meet(neighbours, matched.ofHead);
	const places = {
		base: matched.frames.map((_, index) => inBase.get(index) ?? null),
		head: matched.frames.map((_, index) => inHead.get(index) ?? null),
	};
	return {
		functions: matched.frames.map((frame, index) => ({
			frame,
			ticks: { base: ofBase.ticks.map((set) => set[index] ?? 0), head: ofHead.ticks.map((set) => set[index] ?? 0) },
			squares: (ofBase.squares[index] ?? 0) + (ofHead.squares[index] ?? 0),
		})),
		sources: matched.sources,
		places,
		byKey: { base: base.byKey(matched.ofBase), head: head.byKey(matched.ofHead) },
		neighbours,
		unrecognised: unrecognisedOf(places, minifiedIn(base.tree), minifiedIn(head.tree)),
		allTicks: { base: base.allTicks, head: head.allTicks },
		perTick: { base: base.perTick, head: head.perTick },
	};
}

/** In a minified file the names of one build mean nothing in another one: what stands at the same place is the same function. */
function unrecognisedOf(
	{ base, head }: SampledFunctions["places"],
	...isMinified: readonly ((frame: Frame) => boolean)[]
): Set<number> {
	const found = new Set<number>();
	for (const [index, ofBase] of base.entries()) {
		const ofHead = head[index] ?? null;
		const isSure = ofBase !== null && ofHead !== null && ofBase.line === ofHead.line && ofBase.column === ofHead.column;
		if (!isSure && [ofBase, ofHead].some((frame, side) => frame !== null && isMinified[side]?.(frame) === true))
			found.add(index);
	}
	return found;
}

/** One side in all sets: the same code, so functions are equal by their frames. */
class SideInSets {
	/** All sets together. */
	readonly tree: CallTree;
	readonly allTicks: readonly number[];
	readonly perTick: readonly number[];
	readonly #ticks: readonly ReadonlyMap<string, number>[];
	readonly #squares: readonly ReadonlyMap<string, number>[];

	constructor(sets: readonly SampledSide[]) {
		const builder = new CallTreeBuilder();
		const trees = sets.map(({ tree }) => withoutProcesses(tree));
		for (const tree of trees) addTree(builder, tree);
		this.tree = builder.build();
		this.#ticks = trees.map(selfTicksOf);
		this.#squares = sets.map(({ squares }, set) =>
			squares === undefined ? (this.#ticks[set] ?? new Map()) : selfTicksOf(squares),
		);
		this.allTicks = trees.map(({ nodes }) => nodes.reduce((sum, { selfTicks }) => sum + selfTicks, 0));
		this.perTick = sets.map(({ perRequest }, set) => {
			const ticks = this.allTicks[set] ?? 0;
			return ticks === 0 ? 0 : perRequest / ticks;
		});
	}

	/** By matched function: ticks in each set, squares in all of them. */
	series(
		places: ReadonlyMap<number, number>,
		{ frames }: MatchedFunctions,
	): { readonly ticks: readonly number[][]; readonly squares: readonly number[] } {
		const rowOf = (values: ReadonlyMap<string, number>): number[] => {
			const row = new Array<number>(frames.length).fill(0);
			for (const [index, key] of keys.entries()) {
				const place = places.get(index);
				if (place !== undefined) row[place] = (row[place] ?? 0) + (values.get(key) ?? 0);
			}
			return row;
		};
		const keys = this.tree.frames.map(frameKey);
		return { ticks: this.#ticks.map(rowOf), squares: rowOf(sumsOf(this.#squares)) };
	}

	/** By matched function. */
	frames(places: ReadonlyMap<number, number>): Map<number, Frame> {
		return new Map(this.tree.frames.map((frame, index) => [places.get(index) ?? -1, frame]));
	}

	/** The matched function of each frame. */
	byKey(places: ReadonlyMap<number, number>): Map<string, number> {
		return new Map(
			this.tree.frames.flatMap((frame, index) => {
				const place = places.get(index);
				return place === undefined ? [] : [[frameKey(frame), place]];
			}),
		);
	}

	/** Adds who calls whom. */
	meet(neighbours: readonly Set<number>[], places: ReadonlyMap<number, number>): void {
		for (const { frame, parent } of this.tree.nodes) {
			const caller = this.tree.nodes[parent]?.frame;
			const [one, other] = [places.get(frame), caller === undefined ? undefined : places.get(caller)];
			if (one === undefined || other === undefined || one === other) continue;
			neighbours[one]?.add(other);
			neighbours[other]?.add(one);
		}
	}
}

function addTree(builder: CallTreeBuilder, { frames, nodes }: CallTree): void {
	const places: number[] = [];
	for (const { frame: index, parent, selfTicks } of nodes) {
		const [frame, caller] = [frames[index], places[parent]];
		const at = frame === undefined || caller === undefined ? builder.root : builder.child(caller, frame);
		places.push(at);
		builder.addSelf(at, selfTicks);
	}
}

function selfTicksOf({ frames, nodes }: CallTree): Map<string, number> {
	const keys = frames.map(frameKey);
	const ticks = new Map<string, number>();
	for (const { frame, selfTicks } of nodes) {
		const key = keys[frame] ?? "";
		if (selfTicks > 0) ticks.set(key, (ticks.get(key) ?? 0) + selfTicks);
	}
	return ticks;
}

function sumsOf(all: readonly ReadonlyMap<string, number>[]): Map<string, number> {
	const sums = new Map<string, number>();
	for (const values of all) for (const [key, value] of values) sums.set(key, (sums.get(key) ?? 0) + value);
	return sums;
}
