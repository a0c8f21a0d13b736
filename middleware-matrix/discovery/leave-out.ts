import pMap from "p-map";
import type { Factor, KeptIn, Layer, Missed } from "#src/model/matrix.js";
import { layerNames } from "./layer-names.js";

type Needed = Extract<KeptIn, { readonly reason: "needed" }>;

/** Which layers can be left out, and what goes together because it only works together. */
export interface LeaveOut {
	readonly factors: readonly Factor[];
	/** By layer id, why the others stay in every variant. */
	readonly needed: ReadonlyMap<string, Needed>;
}

/**
 * Starts (or switches) the target without these layers and asks the endpoint once: what goes wrong then, or null.
 * Rejects only where trying is over.
 */
export type TryWithout = (layerIds: readonly string[]) => Promise<Missed | null>;

/**
 * Finds out by trying: whatever an application does with its layers, one that is needed shows when it is left out, because the
 * target does not start or its answer has another status or shape.
 *
 * 1. Each layer is left out alone. 2. One that is needed is tried together with what declares to depend on it, then with each later
 * layer that can be left out: where the pair is not missed, it is one factor. 3. All factors are left out together; where that is too
 * much, one after the other, and those by which it breaks stay in.
 * @param atOnce how many may be tried side by side
 * @throws what a trial rejects with, once none is under way any more
 */
export async function findFactors(layers: readonly Layer[], tryWithout: TryWithout, atOnce: number): Promise<LeaveOut> {
	const alone = await allOf(layers, atOnce, ({ id }) => tryWithout([id]));
	const free = layers.filter((_, index) => alone[index] === null);
	const needed = new Map<string, Needed>();
	const partners = new Map<string, Layer[]>();
	for (const [index, layer] of layers.entries()) {
		const without = alone[index] ?? null;
		if (without === null) continue;
		const group = await partnersOf(layer, free, partners, tryWithout);
		if (group === null) needed.set(layer.id, { reason: "needed", without, besides: [] });
		else partners.set(layer.id, group);
	}
	return keepWhatTogetherBreaks(factorsOf(layers, free, partners), needed, tryWithout);
}

/** Maps all, so many at once. @throws the first failure, when nothing is under way any more */
async function allOf<Value, Result>(
	values: readonly Value[],
	atOnce: number,
	map: (value: Value) => Promise<Result>,
): Promise<Result[]> {
	let failure: { readonly error: unknown } | null = null;
	const results = await pMap(
		values,
		async (value) => {
			if (failure !== null) return null;
			try {
				return { result: await map(value) };
			} catch (error) {
				failure ??= { error };
				return null;
			}
		},
		{ concurrency: atOnce },
	);
	const failed = failure as { readonly error: unknown } | null;
	if (failed !== null) throw failed.error;
	return results.flatMap((each) => (each === null ? [] : [each.result]));
}

/** The layers with which it can be left out, or null. */
async function partnersOf(
	layer: Layer,
	free: readonly Layer[],
	taken: ReadonlyMap<string, readonly Layer[]>,
	tryWithout: TryWithout,
): Promise<Layer[] | null> {
	const groups = new Set([...taken.values()].flat());
	const others = free.filter((each) => each.order > layer.order && !groups.has(each));
	const dependent = others.filter(({ dependsOn }) => dependsOn.includes(layer.name));
	for (const group of [dependent, ...others.map((each) => [each])]) {
		if (group.length === 0) continue;
		if ((await tryWithout([layer, ...group].map(({ id }) => id))) === null) return group;
	}
	return null;
}

/** In the order of the layers; a group stands where its first layer does. */
function factorsOf(
	layers: readonly Layer[],
	free: readonly Layer[],
	partners: ReadonlyMap<string, readonly Layer[]>,
): Factor[] {
	const grouped = new Set([...partners.values()].flat());
	const names = layerNames(layers);
	const factorOf = (members: readonly Layer[]): Factor => ({
		name: members.map(({ id }) => names.get(id) ?? id).join(" + "),
		layers: members.map(({ id }) => id),
	});
	return layers.flatMap((layer) => {
		const group = partners.get(layer.id);
		if (group !== undefined) return factorOf([layer, ...group]);
		return free.includes(layer) && !grouped.has(layer) ? factorOf([layer]) : [];
	});
}

async function keepWhatTogetherBreaks(
	factors: readonly Factor[],
	needed: Map<string, Needed>,
	tryWithout: TryWithout,
): Promise<LeaveOut> {
	const idsOf = (list: readonly Factor[]): string[] => list.flatMap(({ layers }) => layers);
	if (factors.length < 2 || (await tryWithout(idsOf(factors))) === null) return { factors, needed };
	const kept: Factor[] = [];
	for (const factor of factors) {
		const without = await tryWithout(idsOf([...kept, factor]));
		if (without === null) {
			kept.push(factor);
			continue;
		}
		const besides = kept.map(({ name }) => name);
		for (const id of factor.layers) needed.set(id, { reason: "needed", without, besides });
	}
	return { factors: kept, needed };
}
