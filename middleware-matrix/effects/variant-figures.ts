import type { ProcessSet, Slice } from "#src/analyse/comparison/process-set.js";
import { mean, trimmedMean } from "#src/analyse/comparison/robust.js";
import { collectionsAreFew, evidenceOf, sidesOfSet } from "#src/analyse/comparison/set-changes.js";
import type { VariantFigures } from "#src/model/matrix.js";

/**
 * The figures of every variant in one set, comparable with each other: CPU per request is what a round costs that nothing hit, by
 * the trimmed mean over rounds of how a variant stands to the geometric mean of all in the same round, with the time of its collections,
 * which V8 tells, added. Where that is not known for all variants, or collections hit many rounds, it is all CPU by all requests.
 */
export function figuresOfVariants(set: ProcessSet): VariantFigures[] {
	const variants = set.startOrder.length;
	const typical = typicalCpu(set, variants);
	const all = Array.from({ length: variants }, (_, variant) => variant);
	return sidesOfSet(set, all).map(({ loaded, light, bytesPerRequest }, variant) => {
		const { cpuNs, cpuRequests } = evidenceOf(set, variant);
		const allCpuNsPerRequest = cpuRequests === 0 ? null : cpuNs / cpuRequests;
		return {
			requests: loaded.requests,
			errors: loaded.errors,
			cpuNsPerRequest: typical?.[variant] ?? allCpuNsPerRequest,
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

function rateOf({ rounds }: ProcessSet, variant: number): number | null {
	let requests = 0;
	let durationNs = 0;
	for (const { slices } of rounds) {
		requests += slices[variant]?.requests ?? 0;
		durationNs += slices[variant]?.durationNs ?? 0;
	}
	return durationNs === 0 || requests === 0 ? null : (requests / durationNs) * 1e9;
}

/** By variant, in nanoseconds a request; null where the rounds alone cannot tell. */
function typicalCpu(set: ProcessSet, variants: number): number[] | null {
	const rounds = set.rounds.map(({ slices }) => slices.map(logCpuPerRequest)).filter(isWhole);
	if (rounds.length === 0) return null;
	const gcNs = Array.from({ length: variants }, (_, variant) => evidenceOf(set, variant).cost.gcNsPerRequest);
	if (!collectionsAreFew(set.allocation, rounds.length) || !isWhole(gcNs)) return null;
	const level = trimmedMean(rounds.map(mean));
	return gcNs.map((ofVariant, variant) => {
		const standing = rounds.map((round) => (round[variant] as number) - mean(round));
		return Math.exp(level + trimmedMean(standing)) + ofVariant;
	});
}

const logCpuPerRequest = ({ cpuNs, requests }: Slice): number | null =>
	cpuNs === null || cpuNs <= 0 || requests === 0 ? null : Math.log(cpuNs / requests);

const isWhole = (values: readonly (number | null)[]): values is number[] => values.every((value) => value !== null);
