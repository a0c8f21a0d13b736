/** Holds what a matrix says against what the layers of the app do. */

/**
 * @param {object} matrix record.matrix
 * @param {{ layers: object[] }} truth of layersOf
 * @param {{ nsPerRound: number, nsPerHook: number }} scale
 * @returns what is kept of a run
 */
export function judge(matrix, { layers, spareRounds }, scale) {
	const nameOf = factorNames(matrix);
	const effects = matrix.effects.map((effect) => ({ ...effect, layer: nameOf.get(effect.factor) ?? effect.factor }));
	const truths = layers.map((layer) => ({ name: layer.name, ...truthOf(layer, spareRounds, scale) }));
	const judged = truths.flatMap((truth) => judgedEffects(truth, effects));
	const named = effects
		.filter(({ metric, verdict }) => metric === "cpu" && (verdict === "costs" || verdict === "saves"))
		.sort((a, b) => Math.abs(b.change) - Math.abs(a.change))
		.map(({ layer, verdict, change }) => ({ layer, verdict, change }));
	const bare = matrix.variants.find(({ name }) => name === "bare");
	return {
		intervals: judged.filter(({ low, high }) => low !== null && high !== null),
		named,
		wrong: named.filter(({ layer, verdict }) => isWrong(truths, layer, verdict)).map(({ layer }) => layer),
		// All that should be named in CPU, strongest first.
		expected: truths
			.filter(({ sought }) => sought !== null)
			.sort((a, b) => Math.abs(b.cpu) - Math.abs(a.cpu))
			.map(({ name, sought }) => ({ layer: name, verdict: sought })),
		inOtherMetrics: layers.flatMap((layer) => otherMetric(layer, effects)),
		missing: truths.filter(({ name }) => !effects.some(({ layer }) => layer === name)).map(({ name }) => name),
		bareNs: bare?.figures?.cpuNsPerRequest ?? null,
		sets: matrix.sets.length,
		elapsedMs: matrix.elapsedMs,
	};
}

/** Factors by the names of their layers, as the app calls them. */
function factorNames({ layers, factors }) {
	const names = new Map(layers.map(({ id, name }) => [id, name]));
	return new Map(factors.map((factor) => [factor.name, factor.layers.map((id) => names.get(id) ?? id).join(" + ")]));
}

/** A layer that allocates or waits costs some CPU as well, and how much is not known. */
function truthOf({ rounds, bytes, waitMs, spares }, spareRounds, { nsPerRound, nsPerHook }) {
	const cpu = bytes > 0 || waitMs > 0 ? null : nsPerHook + (spares ? -spareRounds : rounds) * nsPerRound;
	return {
		cpu,
		alloc: waitMs > 0 ? null : bytes,
		sought: spares ? "saves" : rounds > 0 ? "costs" : null,
	};
}

function judgedEffects(truth, effects) {
	return ["cpu", "alloc"].flatMap((metric) => {
		const effect = effects.find((each) => each.layer === truth.name && each.metric === metric);
		if (effect === undefined || truth[metric] === null) return [];
		const { low, high, change } = effect;
		const covered = low !== null && high !== null && low <= truth[metric] && truth[metric] <= high;
		return [{ layer: truth.name, metric, truth: truth[metric], change, low, high, covered }];
	});
}

/** Named in CPU though it does nothing, or in the wrong direction. */
function isWrong(truths, layer, verdict) {
	const truth = truths.find(({ name }) => name === layer);
	if (truth === undefined || truth.cpu === null) return false;
	return truth.sought !== verdict;
}

/** Whether the layer that allocates was named in bytes, and the one that waits in the median latency. */
function otherMetric({ name, bytes, waitMs }, effects) {
	const metric = bytes > 0 ? "alloc" : waitMs > 0 ? "p50" : null;
	if (metric === null) return [];
	const effect = effects.find((each) => each.layer === name && each.metric === metric);
	return [{ layer: name, metric, named: effect?.verdict === "costs", change: effect?.change ?? null }];
}

/** What was sought was named before all others, each in its direction. Of more than two only the largest has to be. */
export function foundFirst({ expected, named }) {
	const sought = expected.length > 2 ? expected.slice(0, 1) : expected;
	if (sought.length === 0) return null;
	const first = named.slice(0, sought.length);
	return sought.every(({ layer, verdict }) => first.some((each) => each.layer === layer && each.verdict === verdict));
}
