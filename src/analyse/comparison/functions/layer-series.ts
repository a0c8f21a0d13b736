import type { Frame } from "#src/model/call-tree.js";
import type { SideLayers } from "#src/model/side-layers.js";
import type { CostSeries, SampledSet, SampledSide } from "./cost-series.js";

/** What the layers of both sides cost, set by set: the functions of each and what they call, together. A side without one spends nothing on it. */
export function layerSeries(
	sets: readonly SampledSet[],
	layers: { readonly base: SideLayers | null; readonly head: SideLayers | null },
): CostSeries[] {
	const frames = new Map<string, Frame>();
	for (const side of [layers.base, layers.head]) for (const { id, frame } of side?.layers ?? []) frames.set(id, frame);
	const ofSide = (side: "base" | "head"): TicksOfSet[] => sets.map((set) => ticksOfSet(set[side], layers[side]));
	const [base, head] = [ofSide("base"), ofSide("head")];
	return [...frames].map(([id, frame]) => {
		const row = (all: readonly TicksOfSet[]): number[] => all.map(({ ticks }) => ticks.get(id) ?? 0);
		return {
			frame,
			ticks: { base: row(base), head: row(head) },
			squares: [...base, ...head].reduce((sum, { squares }) => sum + (squares.get(id) ?? 0), 0),
		};
	});
}

/** By id of a layer. */
interface TicksOfSet {
	readonly ticks: ReadonlyMap<string, number>;
	readonly squares: ReadonlyMap<string, number>;
}

function ticksOfSet({ tree, squares }: SampledSide, layers: SideLayers | null): TicksOfSet {
	const ticks = layers?.ticksOf(tree) ?? new Map<string, number>();
	return { ticks, squares: squares === undefined ? ticks : (layers?.ticksOf(squares) ?? ticks) };
}
