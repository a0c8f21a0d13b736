import type { SampledProfile } from "#src/analyse/import/v8/cpu-profile.js";
import type { SampledBytes } from "#src/analyse/import/v8/heap-profile.js";
import { histogramFromPairs } from "#src/analyse/latency/histogram.js";
import type { KindUse } from "#src/analyse/threads/cpu-parts.js";
import type { LoadGenerator } from "#src/load/handle/generator-process.js";
import type { RawSlice } from "#src/load/order/ipc-messages.js";
import type { SlicedOrder } from "#src/load/order/order.js";
import { type Regime, regimes } from "#src/model/load-words.js";
import { answeringIsolates } from "#src/target/answering.js";
import { deathUnderLoad } from "#src/target/death.js";
import type { RunningTarget } from "#src/target/target.js";
import { AllocationCounters } from "./allocation-watch.js";
import type { CpuReader } from "./cpu-reader.js";
import type { LiveSet, SliceCounts } from "./interleave.js";
import { ThreadWatch } from "./thread-watch.js";

export interface LiveVariant {
	/** For messages: "base", "head". */
	readonly name: string;
	readonly target: RunningTarget;
	readonly order: SlicedOrder;
	/** Absent where it is never loaded lightly. */
	readonly lightOrder?: SlicedOrder;
}

/** Samples the functions of one target for a while. */
interface Sampler<Seen> {
	begin(): Promise<void>;
	/** Since begin(); null where nothing was seen. */
	end(): Promise<Seen | null>;
}

/** What the functions of one target cost, and what they allocate: one after the other. */
export interface FunctionSampler {
	readonly cpu: Sampler<SampledProfile>;
	readonly bytes: Sampler<SampledBytes>;
	/** For good: whoever allocates is not seen within its caller. */
	endInlining(): Promise<void>;
}

/** What loads a set and who is told. */
export interface SetContext {
	readonly generator: LoadGenerator;
	/** So many of the variants are warmed at the same time. */
	readonly warmAtOnce: number;
	readonly signal: AbortSignal;
	/** Null where its CPU time cannot be read. */
	cpuReaderOf(target: RunningTarget): CpuReader | null;
	/** Null where the functions of a variant cannot be sampled; absent where nobody asks. */
	samplerOf?(variant: number, target: RunningTarget): FunctionSampler | null;
	/** Told of every slice that is part of a round. */
	onSlice(variant: number, slice: RawSlice, regime: Regime): void;
	/** Told of every other one: of warm-up, and sampled ones. */
	onAside(variant: number, slice: RawSlice, regime: Regime): void;
	/** Told what each kind of thread used in a set, between beginAllocation() and endAllocation(); not where that is not known. */
	onThreads(variant: number, uses: readonly KindUse[], regime: Regime): void;
}

/**
 * Real processes under the real generator as a LiveSet. Calls reject with KnownError TARGET_DIED when one of the targets ends,
 * and with the signal's reason when it aborts.
 */
export async function openLiveSet(variants: readonly LiveVariant[], context: SetContext): Promise<LiveSet> {
	const { generator } = context;
	const readers = variants.map(({ target }) => context.cpuReaderOf(target));
	// Of those whose server carries the agent.
	const counters = variants.map(({ target: { agent, agents } }) =>
		agent === null ? null : new AllocationCounters(agents),
	);
	const { interruption, forget } = interruptionOf(variants, context.signal);
	const orInterrupted = async <T>(work: Promise<T>): Promise<T> => {
		work.catch(() => {});
		return Promise.race([work, interruption]);
	};
	const lightOrders = variants.flatMap(({ lightOrder }) => lightOrder ?? []);
	await orInterrupted(generator.beginSlices([...variants.map(({ order }) => order), ...lightOrders]));
	/** By variant, between beginAllocation() and endAllocation(). */
	const threads = new Map<number, { readonly watch: ThreadWatch; regime: Regime }>();
	const samplers = context.samplerOf && variants.map(({ target }, variant) => context.samplerOf?.(variant, target));
	let ending: Promise<void> | undefined;
	return {
		warmAtOnce: context.warmAtOnce,
		isolates: Math.max(...variants.map(({ target }) => answeringIsolates(target))),
		settle: () => orInterrupted(Promise.all(variants.map(({ target }) => target.settle())).then(() => {})),
		async slice(variant, end, regime): Promise<SliceCounts> {
			const ordered = regime === "light" ? variants.length + variant : variant;
			const raw = await orInterrupted(generator.slice(ordered, end));
			if (end.answers === null && end.aside !== true) context.onSlice(variant, raw, regime);
			else context.onAside(variant, raw, regime);
			const watched = threads.get(variant);
			if (watched !== undefined) watched.regime = regime;
			return countsOf(raw);
		},
		cpu: async (variant) => {
			const reading = await readCpu(readers[variant] ?? null);
			const watched = threads.get(variant);
			watched?.watch.charge(watched.regime);
			return reading;
		},
		beginAllocation: async () => {
			await orInterrupted(Promise.all(counters.map((each) => each?.begin())));
			await Promise.all(readers.map(readCpu));
			for (const [variant, reader] of readers.entries()) {
				if (reader !== null) threads.set(variant, { watch: new ThreadWatch(reader), regime: "loaded" });
			}
		},
		endAllocation: async () => {
			const allocation = await orInterrupted(
				Promise.all(counters.map((each) => each?.end().catch(() => null) ?? null)),
			);
			await orInterrupted(
				Promise.all(
					[...threads].map(async ([variant, { watch }]) => {
						const uses = await watch.close();
						if (uses === null) return;
						for (const regime of regimes) {
							if (uses[regime].length > 0) context.onThreads(variant, uses[regime], regime);
						}
					}),
				),
			);
			return allocation;
		},
		...(samplers === undefined ? {} : { sampling: samplingOf(samplers, orInterrupted) }),
		end: () => {
			ending ??= endAll(variants, generator).finally(forget);
			return ending;
		},
	};
}

/** A variant that cannot be sampled costs the others nothing. */
function samplingOf(
	samplers: readonly (FunctionSampler | null | undefined)[],
	orInterrupted: <T>(work: Promise<T>) => Promise<T>,
): NonNullable<LiveSet["sampling"]> {
	const inAll = async (work: (sampler: FunctionSampler) => Promise<void>): Promise<void> => {
		await orInterrupted(Promise.all(samplers.map((each) => each && work(each).catch(() => {}))));
	};
	const ofEach = <Seen>(work: (sampler: FunctionSampler) => Promise<Seen | null>): Promise<(Seen | null)[]> =>
		orInterrupted(Promise.all(samplers.map((each) => (each ? work(each).catch(() => null) : null))));
	return {
		cpu: { begin: () => inAll(({ cpu }) => cpu.begin()), end: () => ofEach(({ cpu }) => cpu.end()) },
		bytes: {
			endInlining: () => inAll((each) => each.endInlining()),
			begin: () => inAll(({ bytes }) => bytes.begin()),
			end: () => ofEach(({ bytes }) => bytes.end()),
		},
	};
}

/** Never resolves; rejects when a target ends or the run is interrupted. */
export function interruptionOf(
	variants: readonly Pick<LiveVariant, "name" | "target">[],
	signal: AbortSignal,
): { readonly interruption: Promise<never>; readonly forget: () => void } {
	let onAbort = (): void => {};
	const interruption = new Promise<never>((_, reject) => {
		onAbort = () => reject(signal.reason as Error);
		if (signal.aborted) onAbort();
		signal.addEventListener("abort", onAbort, { once: true });
		for (const { name, target } of variants) {
			void target.exited.then((exit) => reject(deathUnderLoad(name, exit, target)));
		}
	});
	interruption.catch(() => {});
	return { interruption, forget: () => signal.removeEventListener("abort", onAbort) };
}

async function endAll(variants: readonly LiveVariant[], generator: LoadGenerator): Promise<void> {
	// Connections first: a server that ends in order waits for them.
	await generator.end().catch(() => {});
	await Promise.all([...new Set(variants.map(({ target }) => target))].map((target) => target.end()));
}

async function readCpu(reader: CpuReader | null): ReturnType<LiveSet["cpu"]> {
	return (await reader?.read().catch(() => null)) ?? { cpuNs: null, runQueueWaitNs: null };
}

/** What did not end in an answer that was expected. */
export const errorsOf = ({ unexpectedStatus, errors }: RawSlice): number =>
	sum([...Object.values(unexpectedStatus), ...Object.values(errors)]);

function countsOf(raw: RawSlice): SliceCounts {
	return {
		requests: raw.ok,
		errors: errorsOf(raw),
		durationNs: raw.durationMs * 1e6,
		latency: histogramFromPairs(raw.pairs),
	};
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
