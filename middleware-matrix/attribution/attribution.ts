import type { CallTree } from "#src/model/call-tree.js";
import type { Attribution, Factor, Layer, LayerEffect, ProfileDisagreement } from "#src/model/matrix.js";
import { hasPlace } from "./places.js";
import { disagreementOf } from "./reasons.js";
import { attributeToLayers, factorsOfLayers, type TicksOfFactors } from "./walk.js";

export { attributeToLayers } from "./walk.js";

/** What leaving layers out has measured, beside what a profile of all of them is held. */
export interface MeasuredLayers {
	/** As for attributeToLayers. */
	readonly layers: readonly Layer[];
	readonly factors: readonly Factor[];
	/** Those in CPU are compared; those in bytes help to explain. */
	readonly effects: readonly LayerEffect[];
	/** Of the variant with all layers, from clean rounds: what the profile's shares are shares of. */
	readonly cpuNsPerRequest: number;
	readonly bytesPerRequest: number | null;
}

/**
 * "Attributed by profile" beside "measured by ablation", for each factor that has a measured effect in CPU and code
 * that can be found: a layer that only a setting switches has none. Profiled time is the factor's share of the tree's
 * busy ticks × clean CPU a request.
 * @param tree profile of the variant with all layers, inlined frames put back
 */
export function attributions(tree: CallTree, measured: MeasuredLayers): Attribution[] {
	const { layers, factors, effects } = measured;
	const found = attributeToLayers(tree, layers, factors);
	if (found.total === 0) return [];
	const factorOf = factorsOfLayers(layers, factors);
	return factors.flatMap((factor): Attribution[] => {
		const own = layers.filter(({ id }) => factorOf.get(id) === factor.name);
		const effect = effects.find((each) => each.factor === factor.name && each.metric === "cpu");
		if (effect === undefined || !own.some(hasPlace)) return [];
		const nsPerTick = measured.cpuNsPerRequest / found.total;
		const profiledNs = (found.ticks.get(factor.name) ?? 0) * nsPerTick;
		return [
			{
				factor: factor.name,
				profiledNsPerRequest: profiledNs,
				measuredNsPerRequest: effect.change,
				lowNs: effect.low,
				highNs: effect.high,
				disagreement: disagreement(tree, found, factor, own, effect, measured),
			},
		];
	});
}

function disagreement(
	tree: CallTree,
	{ ticks: ticksOf, total, untold }: TicksOfFactors,
	{ name }: Factor,
	own: readonly Layer[],
	{ low, high }: LayerEffect,
	measured: MeasuredLayers,
): ProfileDisagreement | null {
	if (low === null || high === null) return null;
	const nsPerTick = measured.cpuNsPerRequest / total;
	const ticks = ticksOf.get(name) ?? 0;
	const bytes = surelyAllocated(name, measured.effects);
	const shareOfBytes = measured.bytesPerRequest ? Math.min(1, bytes / measured.bytesPerRequest) : 0;
	return disagreementOf({
		profiledNs: ticks * nsPerTick,
		lowNs: low,
		highNs: high,
		ticks,
		// A count of ticks varies by its square root (Poisson); that none were seen says no more than that there were
		// few.
		noiseNs: Math.sqrt(Math.max(1, ticks)) * nsPerTick,
		bytes,
		collectorNs: collectorTicks(tree) * nsPerTick * shareOfBytes,
		untold: untold.get(name) ?? [],
		hooks: own.flatMap(({ hooks }) => hooks),
	});
}

/** Bytes a request that the factor adds, where the interval excludes that it adds none; else 0. */
function surelyAllocated(factor: string, effects: readonly LayerEffect[]): number {
	const effect = effects.find((each) => each.factor === factor && each.metric === "alloc");
	return effect !== undefined && effect.low !== null && effect.low > 0 ? effect.change : 0;
}

/** V8 shows the garbage collector at the root, whoever's bytes it collects. */
const collectorTicks = ({ frames, nodes }: CallTree): number =>
	nodes.reduce(
		(sum, { frame, selfTicks }) => (frames[frame]?.name === "(garbage collector)" ? sum + selfTicks : sum),
		0,
	);
