import { type LatencyHistogram, mergeHistograms, valueAtQuantile } from "#src/analyse/latency/histogram.js";
import { smallestSampleFor } from "#src/analyse/latency/percentiles.js";
import type { MetricName, SideOfSet } from "#src/model/comparison.js";
import type { AllocationTotals, ProcessSet, Slice } from "./process-set.js";
import { trimmedMean } from "./robust.js";

/**
 * How the CPU per request of two variants in one set becomes one figure.
 * totals: log ratio of all CPU time over all requests · trimmed: mean over rounds of the log ratio, without the 35 % of rounds at
 * either end · apart: trimmed, for the rounds that nothing hit, and the time of collections, which V8 tells, put back apart; totals where
 * that time is not known, or where collections hit so many rounds that the trimmed mean would have them as well.
 */
export type CpuEstimator = "apart" | "trimmed" | "totals";

/** Chosen by measuring all of them in the same sets: docs/method.md. */
const CPU_ESTIMATOR: CpuEstimator = "apart";
/** Of the rounds, by those of one variant: well within what the trimmed mean leaves out at one end. */
const MOST_COLLECTED = 0.2;

/** Whether collections of each of these hit so few of the rounds that a trimmed mean leaves them out; false where they are not known. */
export const collectionsAreFew = (
	allocation: readonly (AllocationTotals | null | undefined)[],
	rounds: number,
): boolean => allocation.every((each) => each != null && each.collections <= MOST_COLLECTED * rounds);

/** Metrics whose contrast is a log ratio; that of errors is a difference of shares. */
export const isRatio = (metric: MetricName): boolean => metric !== "errors";

/** By metric, how head differs from base within one set: a log ratio, for errors a difference of shares; null where unknown. */
export type Contrasts = Readonly<Record<MetricName, number | null>>;

export const contrastsOfSet = (
	set: ProcessSet,
	base: number,
	head: number,
	estimator: CpuEstimator = CPU_ESTIMATOR,
): Contrasts => {
	const [a, b] = [sideOfSet(set, base), sideOfSet(set, head)];
	return {
		cpu: cpuContrast(set, base, head, estimator),
		alloc: logRatio(a.bytesPerRequest, b.bytesPerRequest),
		p50: logRatio(a.p50Ns, b.p50Ns),
		p99: logRatio(a.p99Ns, b.p99Ns),
		"p99.9": logRatio(a.p999Ns, b.p999Ns),
		errors: difference(errorShare(a), errorShare(b)),
	};
};

/** The figures of one variant in one set. */
export const sideOfSet = (set: ProcessSet, variant: number): SideOfSet => evidenceOf(set, variant).side;

/** What one variant left behind in one set. */
interface Evidence {
	readonly side: SideOfSet;
	/** Of all slices of which the CPU time is known. */
	readonly cpuNs: number;
	readonly cpuRequests: number;
	readonly allocation: AllocationTotals | null;
	readonly latency: LatencyHistogram;
}

/** Computed once for each set: a comparison is judged again after every new one. */
export function evidenceOf(set: ProcessSet, variant: number): Evidence {
	const variants = known.get(set) ?? [];
	known.set(set, variants);
	variants[variant] ??= gather(set, variant);
	return variants[variant];
}
const known = new WeakMap<ProcessSet, Evidence[]>();

function gather(set: ProcessSet, variant: number): Evidence {
	const slices = set.rounds.flatMap((round) => round.slices[variant] ?? []);
	const latency = mergeHistograms(slices.map((slice) => slice.latency));
	const cpuKnown = slices.filter((slice) => slice.cpuNs !== null);
	const cpuRequests = sum(cpuKnown.map((slice) => slice.requests));
	const cpuNs = sum(cpuKnown.map((slice) => slice.cpuNs ?? 0));
	const allocation = set.allocation[variant] ?? null;
	const perAllocation = (value: number | undefined): number | null =>
		allocation === null || value === undefined || allocation.requests === 0 ? null : value / allocation.requests;
	const side = {
		requests: sum(slices.map((slice) => slice.requests)),
		errors: sum(slices.map((slice) => slice.errors)),
		cpuNsPerRequest: cpuRequests === 0 ? null : cpuNs / cpuRequests,
		bytesPerRequest: perAllocation(allocation?.allocatedBytes),
		gcNsPerRequest: perAllocation(allocation?.gcNs),
		p50Ns: quantileOf(latency, 0.5),
		p99Ns: quantileOf(latency, 0.99),
		p999Ns: quantileOf(latency, 0.999),
	};
	return { side, cpuNs, cpuRequests, allocation, latency };
}

/** How long all slices of a set took together. */
export const measuredMs = ({ rounds }: ProcessSet): number =>
	sum(rounds.flatMap(({ slices }) => slices.map(({ durationNs }) => durationNs / 1e6)));

/** The log ratio of CPU per request in every round in which both variants answered. */
export function roundContrasts(set: ProcessSet, base: number, head: number): number[] {
	return set.rounds.flatMap(({ slices }) => {
		const contrast = logRatio(cpuPerRequest(slices[base]), cpuPerRequest(slices[head]));
		return contrast === null ? [] : [contrast];
	});
}

/** The log ratio of CPU per request alone; null where it is unknown. */
export function cpuContrast(set: ProcessSet, base: number, head: number, estimator = CPU_ESTIMATOR): number | null {
	const sides = [sideOfSet(set, base), sideOfSet(set, head)] as const;
	const [a, b] = sides;
	const rounds = roundContrasts(set, base, head);
	if (estimator === "trimmed") return rounds.length === 0 ? null : trimmedMean(rounds);
	const fewCollections = collectionsAreFew([set.allocation[base], set.allocation[head]], rounds.length);
	const parts = [partsOf(a), partsOf(b)] as const;
	if (estimator === "totals" || !fewCollections || parts[0] === null || parts[1] === null) {
		return logRatio(a.cpuNsPerRequest, b.cpuNsPerRequest);
	}
	return collectionsApart(parts[0], parts[1], trimmedMean(rounds));
}

interface CpuParts {
	readonly gcNs: number;
	readonly restNs: number;
}

function partsOf({ cpuNsPerRequest, gcNsPerRequest }: SideOfSet): CpuParts | null {
	if (cpuNsPerRequest === null || gcNsPerRequest === null || gcNsPerRequest >= cpuNsPerRequest) return null;
	return { gcNs: gcNsPerRequest, restNs: cpuNsPerRequest - gcNsPerRequest };
}

/** Once with the level of base and once with that of head, so that the other way round only the sign changes. */
function collectionsApart(a: CpuParts, b: CpuParts, logRatioOfRest: number): number {
	const factor = Math.exp(logRatioOfRest);
	const byBase = Math.log((a.restNs * factor + b.gcNs) / (a.restNs + a.gcNs));
	const byHead = Math.log((b.restNs + b.gcNs) / (b.restNs / factor + a.gcNs));
	return (byBase + byHead) / 2;
}

const cpuPerRequest = (slice: Slice | undefined): number | null =>
	slice === undefined || slice.cpuNs === null || slice.requests === 0 ? null : slice.cpuNs / slice.requests;

/** Null where there are too few answers to speak of it. */
const quantileOf = (latency: LatencyHistogram, quantile: number): number | null =>
	latency.totalCount < smallestSampleFor(quantile) ? null : valueAtQuantile(latency, quantile);

/** Null without an attempt. */
export const errorShare = ({ requests, errors }: SideOfSet): number | null =>
	requests + errors === 0 ? null : errors / (requests + errors);

function logRatio(base: number | null, head: number | null): number | null {
	if (base === null || head === null || base <= 0 || head <= 0) return null;
	return Math.log(head / base);
}

const difference = (base: number | null, head: number | null): number | null =>
	base === null || head === null ? null : head - base;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
