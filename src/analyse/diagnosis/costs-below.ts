import { frameKey } from "#src/analyse/call-tree/call-tree.js";
import { withoutProcesses } from "#src/analyse/call-tree/processes.js";
import type { SampledFunctions, SampledSet, SampledSide } from "#src/analyse/comparison/functions/cost-series.js";
import { mean, standardDeviation } from "#src/analyse/comparison/robust.js";
import { studentQuantile } from "#src/analyse/statistics/distributions.js";
import type { Suspect } from "#src/model/diagnosis.js";

export type CostBelow = NonNullable<Suspect["cost"]>;

/** What was sampled of both sides, function by function, and the stacks themselves. */
export interface SampledStacks {
	readonly sampled: SampledFunctions;
	readonly sets: readonly SampledSet[];
}

/**
 * What a request costs more on head below each of these functions, itself and what it calls, down to where the next one of them
 * begins: so what several changes cost adds up, and nothing is told twice.
 * @param owners by place in `sampled.functions`
 */
export function costsBelow({ sampled, sets }: SampledStacks, owners: ReadonlySet<number>): Map<number, number[]> {
	const bySet = sets.map(({ base, head }) => ({
		base: nsBelow(base, sampled.byKey.base, owners),
		head: nsBelow(head, sampled.byKey.head, owners),
	}));
	return new Map(
		[...owners].map((owner) => [owner, bySet.map(({ base, head }) => (head.get(owner) ?? 0) - (base.get(owner) ?? 0))]),
	);
}

function nsBelow(
	{ tree, perRequest }: SampledSide,
	byKey: ReadonlyMap<string, number>,
	owners: ReadonlySet<number>,
): Map<number, number> {
	const { frames, nodes } = withoutProcesses(tree);
	const places = frames.map((frame) => byKey.get(frameKey(frame)) ?? -1);
	const ownerOf: number[] = [];
	const ns = new Map<number, number>();
	const all = nodes.reduce((sum, { selfTicks }) => sum + selfTicks, 0);
	for (const [index, { frame, parent, selfTicks }] of nodes.entries()) {
		const own = places[frame] ?? -1;
		const owner = owners.has(own) ? own : (ownerOf[parent] ?? -1);
		ownerOf[index] = owner;
		if (owner >= 0 && selfTicks > 0) {
			ns.set(owner, (ns.get(owner) ?? 0) + (selfTicks / Math.max(1, all)) * perRequest);
		}
	}
	return ns;
}

const CONFIDENCE = 0.95;

/** The mean over sets, with an interval that holds with those of so many together; null with fewer than two sets. */
export function costOf(differencesNs: readonly number[], together: number): CostBelow | null {
	if (differencesNs.length < 2) return null;
	const half =
		(studentQuantile(1 - (1 - CONFIDENCE) / 2 / Math.max(1, together), differencesNs.length - 1) *
			standardDeviation(differencesNs)) /
		Math.sqrt(differencesNs.length);
	const difference = mean(differencesNs);
	return { differenceNs: difference, lowNs: difference - half, highNs: difference + half };
}
