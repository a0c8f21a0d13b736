import pMap from "p-map";
import { KnownError, messageOf } from "#src/errors.js";
import type { Factor, Layer } from "#src/model/matrix.js";
import { type Answer, answerDifference } from "#src/target/answer.js";
import { layerNames } from "./layer-names.js";

/** Which layers can be left out, and what goes together because it only works together. */
export interface LeaveOut {
	readonly factors: readonly Factor[];
	/** By layer id, why the others stay in every variant: the end of a sentence. */
	readonly needed: ReadonlyMap<string, string>;
}

/** Starts (or switches) the target without these layers and asks the endpoint once. Rejects where it does not start or answer. */
export type AnswerWithout = (layerIds: readonly string[]) => Promise<Answer>;

/**
 * Finds out by trying: whatever an application does with its layers, one that is needed shows when it is left out, because the
 * target does not start or its answer has another status or shape.
 *
 * 1. Each layer is left out alone. 2. One that is needed is tried together with what declares to depend on it, then with each later
 * layer that can be left out: where the pair is not missed, it is one factor. 3. All factors are left out together; where that is too
 * much, one after the other, and those by which it breaks stay in.
 * @param atOnce how many may be tried side by side
 */
export async function findFactors(
	layers: readonly Layer[],
	whole: Answer,
	answerWithout: AnswerWithout,
	atOnce: number,
): Promise<LeaveOut> {
	const missed = async (ids: readonly string[]): Promise<string | null> => {
		try {
			return answerDifference(whole, await answerWithout(ids), ["the whole target", "the rest"]);
		} catch (error) {
			return error instanceof KnownError ? error.what : messageOf(error);
		}
	};
	const reasons = await pMap(layers, ({ id }) => missed([id]), { concurrency: atOnce });
	const free = layers.filter((_, index) => reasons[index] === null);
	const needed = new Map<string, string>();
	const partners = new Map<string, Layer[]>();
	for (const [index, layer] of layers.entries()) {
		const reason = reasons[index];
		if (reason === null || reason === undefined) continue;
		const group = await partnersOf(layer, free, partners, missed);
		if (group === null) needed.set(layer.id, reason);
		else partners.set(layer.id, group);
	}
	return keepWhatTogetherBreaks(factorsOf(layers, free, partners), needed, missed);
}

type Missed = (ids: readonly string[]) => Promise<string | null>;

/** The layers with which it can be left out, or null. */
async function partnersOf(
	layer: Layer,
	free: readonly Layer[],
	taken: ReadonlyMap<string, readonly Layer[]>,
	missed: Missed,
): Promise<Layer[] | null> {
	const groups = new Set([...taken.values()].flat());
	const others = free.filter((each) => each.order > layer.order && !groups.has(each));
	const dependent = others.filter(({ dependsOn }) => dependsOn.includes(layer.name));
	for (const group of [dependent, ...others.map((each) => [each])]) {
		if (group.length === 0) continue;
		if ((await missed([layer, ...group].map(({ id }) => id))) === null) return group;
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
	needed: Map<string, string>,
	missed: Missed,
): Promise<LeaveOut> {
	const idsOf = (list: readonly Factor[]): string[] => list.flatMap(({ layers }) => layers);
	if (factors.length < 2 || (await missed(idsOf(factors))) === null) return { factors, needed };
	const kept: Factor[] = [];
	for (const factor of factors) {
		const reason = await missed(idsOf([...kept, factor]));
		if (reason === null) kept.push(factor);
		else
			for (const id of factor.layers)
				needed.set(id, `${reason}, once ${kept.map(({ name }) => name).join(", ")} is left out as well`);
	}
	return { factors: kept, needed };
}
