import { bucketOf, highestValueOf } from "#src/analyse/latency/buckets.js";
import { bucketAtQuantile, countUpTo, type LatencyHistogram, mergeHistograms } from "#src/analyse/latency/histogram.js";
import { smallestSampleFor } from "#src/analyse/latency/percentiles.js";
import { quantileOfSample } from "#src/analyse/latency/quantile-of-sample.js";
import type { MetricName, SideOfSet } from "#src/model/comparison.js";
import { byMetric, isShare } from "#src/model/metric-names.js";
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

/** By metric, how head differs from base within one set: a log ratio, of shares a difference; null where unknown. */
export type Contrasts = Readonly<Record<MetricName, number | null>>;

/** @param sides of base and head, by sidesOfSet() */
export const contrastsOfSet = (
	set: ProcessSet,
	base: number,
	head: number,
	estimator: CpuEstimator = CPU_ESTIMATOR,
	[a, b] = sidesOfSet(set, [base, head]) as [SideOfSet, SideOfSet],
): Contrasts =>
	byMetric((metric) => {
		if (metric === "cpu") return cpuContrast(set, base, head, estimator);
		const contrast = isShare(metric) ? difference : logRatio;
		return contrast(figureOf(a, metric), figureOf(b, metric));
	});

/** The figures of variants in one set, with quantiles at the same number of answers (quantile-of-sample.ts). */
export function sidesOfSet(set: ProcessSet, variants: readonly number[]): SideOfSet[] {
	const sides = variants.map((variant) => evidenceOf(set, variant));
	const [loadedAnswers, lightAnswers] = [
		fewestOf(sides.map(({ loaded }) => loaded)),
		fewestOf(sides.map(({ light }) => light)),
	];
	const slowFrom = slowBucket(sides.map(({ loaded }) => loaded));
	return sides.map(({ loaded, light, cost }) => ({
		loaded: {
			requests: loaded.requests,
			errors: loaded.errors,
			p50Ns: quantileOf(loaded, 0.5, loadedAnswers),
			p99Ns: quantileOf(loaded, 0.99, loadedAnswers),
			slowShare: slowFrom === null || loadedAnswers < FEWEST_FOR_SLOW ? null : shareFrom(loaded.latency, slowFrom),
		},
		light: {
			requests: light.requests,
			errors: light.errors,
			p50Ns: quantileOf(light, 0.5, lightAnswers),
			p90Ns: quantileOf(light, 0.9, lightAnswers),
			p99Ns: quantileOf(light, 0.99, lightAnswers),
			p999Ns: quantileOf(light, 0.999, lightAnswers),
		},
		...cost,
	}));
}

/** An answer under load is slow from so many medians on: waiting for one's turn alone takes hardly anybody so long. */
const SLOW_MEDIANS = 3;
/** As many as a percentile of them needs. */
const FEWEST_FOR_SLOW = smallestSampleFor(0.99);

/** Where slow answers begin, for all sides alike. Null without answers. */
function slowBucket(sides: readonly Answers[]): number | null {
	const median = bucketAtQuantile(mergeHistograms(sides.map(({ latency }) => latency)), 0.5);
	return median === null ? null : bucketOf(SLOW_MEDIANS * highestValueOf(median));
}

const shareFrom = (latency: LatencyHistogram, bucket: number): number =>
	1 - countUpTo(latency, bucket - 1) / latency.totalCount;

/** What one variant answered with one kind of load. */
interface Answers {
	readonly requests: number;
	readonly errors: number;
	readonly latency: LatencyHistogram;
}

/** What one variant left behind in one set. */
interface Evidence {
	readonly loaded: Answers;
	readonly light: Answers;
	readonly cost: Pick<SideOfSet, "cpuNsPerRequest" | "bytesPerRequest" | "gcNsPerRequest">;
	/** Of all slices under load of which the CPU time is known. */
	readonly cpuNs: number;
	readonly cpuRequests: number;
	readonly allocation: AllocationTotals | null;
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
	const cpuKnown = slices.filter((slice) => slice.cpuNs !== null);
	const cpuRequests = sum(cpuKnown.map((slice) => slice.requests));
	const cpuNs = sum(cpuKnown.map((slice) => slice.cpuNs ?? 0));
	const allocation = set.allocation[variant] ?? null;
	const perAllocation = (value: number | undefined): number | null =>
		allocation === null || value === undefined || allocation.requests === 0 ? null : value / allocation.requests;
	return {
		loaded: answersOf(slices),
		light: answersOf(set.rounds.flatMap((round) => round.light?.[variant] ?? [])),
		cost: {
			cpuNsPerRequest: cpuRequests === 0 ? null : cpuNs / cpuRequests,
			bytesPerRequest: perAllocation(allocation?.allocatedBytes),
			gcNsPerRequest: perAllocation(allocation?.gcNs),
		},
		cpuNs,
		cpuRequests,
		allocation,
	};
}

const answersOf = (slices: readonly Slice[]): Answers => ({
	requests: sum(slices.map(({ requests }) => requests)),
	errors: sum(slices.map(({ errors }) => errors)),
	latency: mergeHistograms(slices.map(({ latency }) => latency)),
});

const fewestOf = (sides: readonly Answers[]): number => Math.min(...sides.map(({ latency }) => latency.totalCount));

/** How long all slices of a set took together. */
export const measuredMs = ({ rounds }: ProcessSet): number =>
	sum(rounds.flatMap(({ slices, light = [] }) => [...slices, ...light].map(({ durationNs }) => durationNs / 1e6)));

/** The log ratio of CPU per request in every round in which both variants answered. */
export function roundContrasts(set: ProcessSet, base: number, head: number): number[] {
	return set.rounds.flatMap(({ slices }) => {
		const contrast = logRatio(cpuPerRequest(slices[base]), cpuPerRequest(slices[head]));
		return contrast === null ? [] : [contrast];
	});
}

/** The log ratio of CPU per request alone; null where it is unknown. */
export function cpuContrast(set: ProcessSet, base: number, head: number, estimator = CPU_ESTIMATOR): number | null {
	const [a, b] = [evidenceOf(set, base).cost, evidenceOf(set, head).cost];
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

function partsOf({ cpuNsPerRequest, gcNsPerRequest }: Evidence["cost"]): CpuParts | null {
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

/** CPU time of a request of a slice, in nanoseconds; null where it is unknown. */
export const cpuPerRequest = (slice: Slice | undefined): number | null =>
	slice === undefined || slice.cpuNs === null || slice.requests === 0 ? null : slice.cpuNs / slice.requests;

/** Null where a side has too few answers to speak of it. */
const quantileOf = ({ latency }: Answers, quantile: number, answers: number): number | null =>
	answers < smallestSampleFor(quantile) ? null : quantileOfSample(latency, quantile, answers);

/** What a side shows in a metric; null where that is unknown. */
export function figureOf(side: SideOfSet, metric: MetricName): number | null {
	switch (metric) {
		case "errors":
			return errorShare(side);
		case "p50":
			return side.light.p50Ns;
		case "p90":
			return side.light.p90Ns;
		case "p99":
			return side.light.p99Ns;
		case "p99.9":
			return side.light.p999Ns;
		case "loaded-p50":
			return side.loaded.p50Ns;
		case "loaded-p99":
			return side.loaded.p99Ns;
		case "loaded-slow":
			return side.loaded.slowShare;
		case "cpu":
			return side.cpuNsPerRequest;
		case "alloc":
			return side.bytesPerRequest;
	}
}

/** Of all attempts of a side, whatever the load. */
export const attemptsOf = ({ loaded, light }: SideOfSet): number =>
	loaded.requests + loaded.errors + light.requests + light.errors;

/** Null without an attempt. */
const errorShare = (side: SideOfSet): number | null =>
	attemptsOf(side) === 0 ? null : (side.loaded.errors + side.light.errors) / attemptsOf(side);

function logRatio(base: number | null, head: number | null): number | null {
	if (base === null || head === null || base <= 0 || head <= 0) return null;
	return Math.log(head / base);
}

const difference = (base: number | null, head: number | null): number | null =>
	base === null || head === null ? null : head - base;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
