import { CallTreeBuilder, frameKey } from "#src/analyse/call-tree/call-tree.js";
import { type MatchedFunctions, matchFunctions } from "#src/analyse/call-tree/merge.js";
import { withoutProcesses } from "#src/analyse/call-tree/processes.js";
import type { CallTree, Frame } from "#src/model/call-tree.js";

/** One side in one process set: what the sampler saw, and the cost by which it is scaled. */
export interface SampledSide {
	readonly tree: CallTree;
	/** CPU of a request in the clean slices of the same set, of the threads that are sampled. */
	readonly cpuNsPerRequest: number;
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
}

/** What all functions of both sides cost, set by set. */
export interface SampledFunctions {
	readonly functions: readonly CostSeries[];
	/** By function, how it stands on either side; null where a side does not have it. */
	readonly places: { readonly base: readonly (Frame | null)[]; readonly head: readonly (Frame | null)[] };
	/** The function of a frame of either side, by frameKey(). */
	readonly byKey: { readonly base: ReadonlyMap<string, number>; readonly head: ReadonlyMap<string, number> };
	/** By function, those that call it or are called by it, on either side. */
	readonly neighbours: readonly ReadonlySet<number>[];
	/** Ticks of everything. */
	readonly allTicks: OfSides;
	/** What a tick is worth: nanoseconds of CPU a request. */
	readonly nsPerTick: OfSides;
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
	return {
		functions: matched.frames.map((frame, index) => ({
			frame,
			ticks: { base: ofBase.map((set) => set[index] ?? 0), head: ofHead.map((set) => set[index] ?? 0) },
		})),
		places: {
			base: matched.frames.map((_, index) => inBase.get(index) ?? null),
			head: matched.frames.map((_, index) => inHead.get(index) ?? null),
		},
		byKey: { base: base.byKey(matched.ofBase), head: head.byKey(matched.ofHead) },
		neighbours,
		allTicks: { base: base.allTicks, head: head.allTicks },
		nsPerTick: { base: base.nsPerTick, head: head.nsPerTick },
	};
}

/** One side in all sets: the same code, so functions are equal by their frames. */
class SideInSets {
	/** All sets together. */
	readonly tree: CallTree;
	readonly allTicks: readonly number[];
	readonly nsPerTick: readonly number[];
	readonly #ticks: readonly ReadonlyMap<string, number>[];

	constructor(sets: readonly SampledSide[]) {
		const builder = new CallTreeBuilder();
		const trees = sets.map(({ tree }) => withoutProcesses(tree));
		for (const tree of trees) addTree(builder, tree);
		this.tree = builder.build();
		this.#ticks = trees.map(selfTicksOf);
		this.allTicks = trees.map(({ nodes }) => nodes.reduce((sum, { selfTicks }) => sum + selfTicks, 0));
		this.nsPerTick = sets.map(({ cpuNsPerRequest }, set) => cpuNsPerRequest / Math.max(1, this.allTicks[set] ?? 0));
	}

	/** By set, then by matched function. */
	series(places: ReadonlyMap<number, number>, { frames }: MatchedFunctions): number[][] {
		return this.#ticks.map((ticks) => {
			const row = new Array<number>(frames.length).fill(0);
			for (const [index, frame] of this.tree.frames.entries()) {
				const place = places.get(index);
				if (place !== undefined) row[place] = (row[place] ?? 0) + (ticks.get(frameKey(frame)) ?? 0);
			}
			return row;
		});
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
