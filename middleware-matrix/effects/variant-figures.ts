import type { ProcessSet, Slice } from "#src/analyse/comparison/process-set.js";
import { mean, trimmedMean } from "#src/analyse/comparison/robust.js";
import { collectionsAreFew, cpuPerRequest, evidenceOf, sidesOfSet } from "#src/analyse/comparison/set-changes.js";
import type { VariantFigures } from "#src/model/matrix.js";

/**
 * The figures of every variant in one set, comparable with each other: CPU per request is what a round costs that nothing hit, by
 * the trimmed mean over rounds of how a variant stands to the geometric mean of all in the same round, with the time of its collections,
 * which V8 tells, added. Where that is not known for all variants, or collections hit many rounds, it is all CPU by all requests. What a
 * variant costs that was not warm may be another figure a second later, so nothing is said of it, and it is held against nobody.
 */
export function figuresOfVariants(set: ProcessSet): VariantFigures[] {
	const all = [...set.startOrder.keys()];
	const warm = all.filter((variant) => set.cold?.includes(variant) !== true);
	const typical = typicalCpu(set, warm);
	const sides = sidesOfSet(set, warm);
	return all.map((variant) => {
		const at = warm.indexOf(variant);
		const side = sides[at];
		if (side === undefined) return { ...answersOf(set, variant), ...NOTHING_TOLD };
		const { loaded, light, bytesPerRequest } = side;
		const { cpuNs, cpuRequests } = evidenceOf(set, variant);
		const allCpuNsPerRequest = cpuRequests === 0 ? null : cpuNs / cpuRequests;
		return {
			requests: loaded.requests,
			errors: loaded.errors,
			cpuNsPerRequest: typical?.[at] ?? allCpuNsPerRequest,
			allCpuNsPerRequest,
			bytesPerRequest,
			p50Ns: light.p50Ns,
			p99Ns: light.p99Ns,
			loadedP50Ns: loaded.p50Ns,
			loadedP99Ns: loaded.p99Ns,
			requestsPerSecond: rateOf(set, variant),
		};
	});
}

function answersOf(set: ProcessSet, variant: number): Pick<VariantFigures, "requests" | "errors"> {
	const { requests, errors } = evidenceOf(set, variant).loaded;
	return { requests, errors };
}

const NOTHING_TOLD: Omit<VariantFigures, "requests" | "errors"> = {
	cpuNsPerRequest: null,
	allCpuNsPerRequest: null,
	bytesPerRequest: null,
	p50Ns: null,
	p99Ns: null,
	loadedP50Ns: null,
	loadedP99Ns: null,
	requestsPerSecond: null,
};

function rateOf({ rounds }: ProcessSet, variant: number): number | null {
	let requests = 0;
	let durationNs = 0;
	for (const { slices } of rounds) {
		requests += slices[variant]?.requests ?? 0;
		durationNs += slices[variant]?.durationNs ?? 0;
	}
	return durationNs === 0 || requests === 0 ? null : (requests / durationNs) * 1e9;
}

/** By their order, in nanoseconds a request; null where the rounds alone cannot tell. */
function typicalCpu(set: ProcessSet, variants: readonly number[]): number[] | null {
	const rounds = set.rounds.map(({ slices }) => variants.map((each) => logCpuPerRequest(slices[each]))).filter(isWhole);
	if (rounds.length === 0 || variants.length === 0) return null;
	const gcNs = variants.map((variant) => evidenceOf(set, variant).cost.gcNsPerRequest);
	const allocation = variants.map((variant) => set.allocation[variant]);
	if (!collectionsAreFew(allocation, rounds.length) || !isWhole(gcNs)) return null;
	const level = trimmedMean(rounds.map(mean));
	return gcNs.map((ofVariant, index) => {
		const standing = rounds.map((round) => (round[index] as number) - mean(round));
		return Math.exp(level + trimmedMean(standing)) + ofVariant;
	});
}

const logCpuPerRequest = (slice: Slice | undefined): number | null => {
	const ns = cpuPerRequest(slice);
	return ns === null || ns <= 0 ? null : Math.log(ns);
};

const isWhole = (values: readonly (number | null)[]): values is number[] => values.every((value) => value !== null);
