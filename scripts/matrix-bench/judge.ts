/** Holds what a matrix says against what the layers of the app do. */
import type { LayerEffect, LayerMetric, Matrix, Stack } from "#src/model/matrix.js";
import { bareVariant } from "#src/report/figures/matrix.js";
import type { AppLayers, LayerOfApp } from "./layers.cjs";
import type { Costs, Judged } from "./results.js";

/** A layer by the name that the app gives it. */
interface NamedEffect extends LayerEffect {
	readonly layer: string;
}

/** What a layer adds to a request; null where that is not known. */
interface Truth {
	readonly name: string;
	readonly cpu: number | null;
	readonly alloc: number | null;
	/** What it should be named as, in CPU. */
	readonly sought: "costs" | "saves" | null;
}
const METRICS_WITH_TRUTH = ["cpu", "alloc"] as const;

export function judge(matrix: Matrix, stack: Stack | null, { layers, spareRounds }: AppLayers, costs: Costs): Judged {
	const effects = namedEffects(matrix, stack);
	const truths = layers.map((layer) => truthOf(layer, spareRounds, costs));
	const named = effects
		.filter(({ metric, verdict }) => metric === "cpu" && (verdict === "costs" || verdict === "saves"))
		.sort((a, b) => Math.abs(b.change) - Math.abs(a.change))
		.map(({ layer, verdict, change }) => ({ layer, verdict, change }));
	const bare = bareVariant(matrix);
	const expected = [...truths]
		.sort((a, b) => Math.abs(b.cpu ?? 0) - Math.abs(a.cpu ?? 0))
		.flatMap(({ name, sought }) => (sought === null ? [] : [{ layer: name, verdict: sought }]));
	return {
		intervals: truths.flatMap((truth) => judgedEffects(truth, effects)),
		named,
		wrong: [
			...named.filter(({ layer, verdict }) => isWrong(truths, layer, verdict)).map(({ layer }) => layer),
			...effects.filter((effect) => isWrongLatency(layers, effect)).map(({ layer, metric }) => `${layer} ${metric}`),
		],
		expected,
		sizes: expected.flatMap(({ layer }) => sizeOf(effectOf(effects, layer, "cpu"))),
		inOtherMetrics: layers.flatMap((layer) => otherMetric(layer, effects)),
		missing: truths.filter(({ name }) => !effects.some(({ layer }) => layer === name)).map(({ name }) => name),
		bareNs: bare?.figures?.cpuNsPerRequest ?? null,
		sets: matrix.sets.length,
		elapsedMs: matrix.elapsedMs,
	};
}

/** How well the size of what was sought is known: half of its interval, as a share of bare. */
function sizeOf(effect: NamedEffect | undefined): NonNullable<Judged["sizes"]> {
	if (effect === undefined || effect.low === null || effect.high === null || effect.change === 0) return [];
	const { layer, way, low, high, share, change } = effect;
	return [{ layer, way, halfShare: ((high - low) / 2) * (share / change) }];
}

/** Named in latency though it neither waits nor works; what works is a part of the latency. */
function isWrongLatency(layers: readonly LayerOfApp[], { layer, metric, verdict }: NamedEffect): boolean {
	if ((metric !== "p50" && metric !== "p99") || (verdict !== "costs" && verdict !== "saves")) return false;
	const does = layers.find(({ name }) => name === layer);
	if (does === undefined) return false;
	return does.spares ? verdict === "costs" : verdict === "saves" || does.rounds + does.bytes + does.waitMs === 0;
}

/** Effects by the names of their layers, as the app calls them. */
export function namedEffects({ factors, effects }: Matrix, stack: Stack | null): NamedEffect[] {
	const names = new Map((stack?.layers ?? []).map(({ id, name }) => [id, name]));
	const layerOf = new Map(
		factors.map((factor) => [factor.name, factor.layers.map((id) => names.get(id) ?? id).join(" + ")]),
	);
	return effects.map((effect) => ({ ...effect, layer: layerOf.get(effect.factor) ?? effect.factor }));
}

/** A layer that allocates or waits costs some CPU as well, and how much is not known. */
function truthOf({ name, rounds, bytes, waitMs, spares }: LayerOfApp, spareRounds: number, costs: Costs): Truth {
	const { nsPerRound, nsPerHook } = costs;
	return {
		name,
		cpu: bytes > 0 || waitMs > 0 ? null : nsPerHook + (spares ? -spareRounds : rounds) * nsPerRound,
		alloc: waitMs > 0 ? null : bytes,
		sought: spares ? "saves" : rounds > 0 ? "costs" : null,
	};
}

function judgedEffects({ name, ...truths }: Truth, effects: readonly NamedEffect[]): Judged["intervals"] {
	return METRICS_WITH_TRUTH.flatMap((metric) => {
		const { low = null, high = null, change } = effectOf(effects, name, metric) ?? {};
		const truth = truths[metric];
		if (change === undefined || truth === null || low === null || high === null) return [];
		return [{ layer: name, metric, truth, change, low, high, covered: low <= truth && truth <= high }];
	});
}

const effectOf = (effects: readonly NamedEffect[], layer: string, metric: LayerMetric): NamedEffect | undefined =>
	effects.find((each) => each.layer === layer && each.metric === metric);

/** Named in CPU though it does nothing, or in the wrong direction. */
function isWrong(truths: readonly Truth[], layer: string, verdict: string): boolean {
	const truth = truths.find(({ name }) => name === layer);
	return truth !== undefined && truth.cpu !== null && truth.sought !== verdict;
}

/** Whether the layer that allocates was named in bytes, and the one that waits in the median latency. */
function otherMetric({ name, bytes, waitMs }: LayerOfApp, effects: readonly NamedEffect[]): Judged["inOtherMetrics"] {
	const metric = bytes > 0 ? "alloc" : waitMs > 0 ? "p50" : null;
	if (metric === null) return [];
	const effect = effectOf(effects, name, metric);
	return [{ layer: name, metric, named: effect?.verdict === "costs", change: effect?.change ?? null }];
}

/**
 * What was sought was named before all others, each in its direction; of more than two only the largest has to be. Null where nothing
 * was sought.
 */
export function foundFirst({ expected, named }: Judged): boolean | null {
	const sought = expected.length > 2 ? expected.slice(0, 1) : expected;
	if (sought.length === 0) return null;
	const first = named.slice(0, sought.length);
	return sought.every(({ layer, verdict }) => first.some((each) => each.layer === layer && each.verdict === verdict));
}
