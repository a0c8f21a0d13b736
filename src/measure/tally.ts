import type { ProcessSet, Slice } from "#src/analyse/comparison/process-set.js";
import { encodeHistogram } from "#src/analyse/latency/hdr-encoding.js";
import { histogramFromPairs, type LatencyHistogram, mergeHistograms } from "#src/analyse/latency/histogram.js";
import { estimatePercentiles } from "#src/analyse/latency/percentiles.js";
import { REPORTED_QUANTILES } from "#src/analyse/latency/reported-quantiles.js";
import { type RatioBlock, ratioOf } from "#src/analyse/statistics/ratio.js";
import { addUses, cpuPartsOf, type KindUse } from "#src/analyse/threads/cpu-parts.js";
import type { RawSlice } from "#src/load/order/ipc-messages.js";
import type { Regime } from "#src/model/load.js";
import { addErrors, noErrors } from "#src/model/load-words.js";
import type { CpuFigures, Slices } from "#src/model/measurement.js";

/** All slices of one variant with one kind of load, added up over every set: what becomes its column in the percentile table. */
export class Tally {
	#durationMs = 0;
	#ok = 0;
	#errors = noErrors();
	readonly #statuses = new Map<number | string, number>();
	#bodyBytes = 0;
	#reconnects = 0;
	#sumNs = 0;
	#maxNs = 0;
	#generatorCpuNs = 0;
	#generatorBusyMs = 0;
	/** What each kind of thread used, a set each. */
	readonly #uses: (readonly KindUse[])[] = [];
	#warmupRequests = 0;
	#warmupMs = 0;
	/** One histogram a set, of those that are over: what is known so far is asked for after each, and a set is merged once. */
	readonly #sets: LatencyHistogram[] = [];
	/** Those of the set that is still being filled. */
	#open: LatencyHistogram[] = [];
	/** Of all slices by now; null where one came since. */
	#serviceTime: Slices["serviceTime"] | null = null;

	beginSet(): void {
		if (this.#open.length > 0) this.#sets.push(mergeHistograms(this.#open));
		this.#open = [];
	}

	addWarmup(slice: RawSlice): void {
		this.#warmupRequests += slice.ok;
		this.#warmupMs += slice.durationMs;
	}

	add(slice: RawSlice): void {
		this.#durationMs += slice.durationMs;
		this.#ok += slice.ok;
		this.#errors = addErrors(this.#errors, slice.errors);
		for (const [status, count] of Object.entries(slice.unexpectedStatus)) {
			this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + count);
		}
		this.#bodyBytes += slice.bodyBytes;
		this.#reconnects += slice.reconnects;
		this.#sumNs += slice.sumNs;
		this.#maxNs = Math.max(this.#maxNs, slice.maxNs);
		this.#generatorCpuNs += slice.generatorCpuNs;
		this.#generatorBusyMs += slice.generatorBusyMs;
		this.#open.push(histogramFromPairs(slice.pairs));
		this.#serviceTime = null;
	}

	addThreads(uses: readonly KindUse[]): void {
		this.#uses.push(uses);
	}

	/** The share of attempts that were answered with this status. */
	shareOfStatus(status: number): number {
		const attempted = this.#attempted();
		return attempted === 0 ? 0 : (this.#statuses.get(String(status)) ?? 0) / attempted;
	}

	/** The status that was not expected and came most often, and its share of all attempts. */
	mostUnexpected(): readonly [status: string, share: number] {
		const [status = "", count = 0] = [...this.#statuses].toSorted(([, a], [, b]) => b - a)[0] ?? [];
		const attempted = this.#attempted();
		return [String(status), attempted === 0 ? 0 : count / attempted];
	}

	/** As the record keeps it. Sets are the blocks of all intervals, so that what differs from process to process is in them. */
	slices(context: TallyContext): Slices {
		const { variant, sets } = context;
		this.#serviceTime ??= this.#serviceTimeNow();
		const measuredNs = Math.round(this.#durationMs * 1e6);
		return {
			kind: "slices",
			...context.frame,
			sets: sets.length,
			slices: sets.reduce((sum, set) => sum + slicesOf(set, variant, context.frame.regime).length, 0),
			measuredNs,
			counts: {
				attempted: this.#attempted(),
				ok: this.#ok,
				unexpectedStatus: Object.fromEntries(this.#statuses),
				errors: this.#errors,
			},
			requestsPerSecond: measuredNs === 0 ? 0 : (this.#ok / measuredNs) * 1e9,
			serviceTime: this.#serviceTime,
			bodyBytesPerRequest: this.#ok === 0 ? 0 : this.#bodyBytes / this.#ok,
			cpu: cpuOf(context, this.#uses),
			generator: {
				cpuNs: Math.round(this.#generatorCpuNs),
				cpuUtilization: measuredNs === 0 ? 0 : this.#generatorCpuNs / measuredNs,
				eventLoopUtilization: measuredNs === 0 ? 0 : Math.min(1, this.#generatorBusyMs / this.#durationMs),
				reconnects: this.#reconnects,
				pinnedCpus: context.pinnedCpus,
			},
			warmup: { requests: this.#warmupRequests, durationMs: this.#warmupMs },
		};
	}

	#serviceTimeNow(): Slices["serviceTime"] {
		const blocks = [...this.#sets, mergeHistograms(this.#open)].filter(({ totalCount }) => totalCount > 0);
		const merged = mergeHistograms(blocks);
		return {
			percentiles: estimatePercentiles(blocks, REPORTED_QUANTILES, this.#maxNs),
			maxNs: merged.totalCount === 0 ? null : this.#maxNs,
			meanNs: merged.totalCount === 0 ? null : this.#sumNs / merged.totalCount,
			histogramV2: encodeHistogram(merged),
		};
	}

	#attempted(): number {
		const all = [...this.#statuses.values(), ...Object.values(this.#errors)];
		return all.reduce((sum, count) => sum + count, this.#ok);
	}
}

export interface TallyContext {
	/** Its index in the sets. */
	readonly variant: number;
	/** Whole ones. */
	readonly sets: readonly ProcessSet[];
	readonly pinnedCpus: string | null;
	readonly cpuSource: "schedstat" | "cpuUsage";
	readonly processes: number;
	/** What the figures do not tell. */
	readonly frame: Pick<Slices, "id" | "endpoint" | "variant" | "regime" | "load" | "startedAt" | "partial">;
}

const slicesOf = ({ rounds }: ProcessSet, variant: number, regime: Regime): Slice[] =>
	rounds.flatMap(({ slices, light }) => (regime === "light" ? light : slices)?.[variant] ?? []);

function cpuOf(
	{ sets, variant, cpuSource, processes, frame: { regime } }: TallyContext,
	uses: readonly (readonly KindUse[])[],
): CpuFigures | null {
	const blocks = sets.map((set): RatioBlock => {
		const known = slicesOf(set, variant, regime).filter(({ cpuNs }) => cpuNs !== null);
		return {
			numerator: known.reduce((sum, { cpuNs }) => sum + (cpuNs ?? 0), 0),
			denominator: known.reduce((sum, { requests, errors }) => sum + requests + errors, 0),
		};
	});
	const ratio = ratioOf(blocks);
	if (ratio === null) return null;
	const waits = sets.flatMap((set) => slicesOf(set, variant, regime)).map(({ runQueueWaitNs }) => runQueueWaitNs);
	return {
		nsPerRequest: ratio.value,
		lowNs: ratio.low,
		highNs: ratio.high,
		totalNs: blocks.reduce((sum, { numerator }) => sum + numerator, 0),
		runQueueWaitNs: waits.includes(null) ? null : waits.reduce((sum: number, wait) => sum + (wait ?? 0), 0),
		source: cpuSource,
		processes,
		parts: uses.length === 0 ? null : cpuPartsOf(addUses(uses), ratio.value),
	};
}
