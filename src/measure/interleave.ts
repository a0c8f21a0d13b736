import pMap from "p-map";
import type { AllocationTotals, ProcessSet, Round, Slice } from "#src/analyse/comparison/process-set.js";
import { errorOfRounds } from "#src/analyse/comparison/rounds-error.js";
import { roundContrasts } from "#src/analyse/comparison/set-changes.js";
import type { SampledProfile } from "#src/analyse/import/v8/cpu-profile.js";
import type { SampledBytes } from "#src/analyse/import/v8/heap-profile.js";
import { valueAtQuantile } from "#src/analyse/latency/histogram.js";
import type { Regime } from "#src/model/load.js";
import { type RandomSource, shuffled } from "#src/random.js";
import { fellWhileMeasured, processFell } from "./still-falling.js";

/**
 * Measures several variants together, in process sets: one process of every variant is started, all are warmed by the same
 * number of requests, then loaded in turn in short slices, in a fresh random order every round in which none
 * follows itself, and lightly in the same way; then all are ended and the next set starts. Why: docs/method.md.
 *
 * Everything that touches the world is handed in, so that the whole of it runs on simulated variants as well.
 */
export interface InterleavePlan {
	readonly variants: number;
	/** Time for all slices of a set together, without warm-up; of the first set. */
	readonly setMs: number;
	/** How long the sets after the first are measured, which shows what starting and warming takes. Null: as long as the first. */
	readonly laterSets: LaterSets | null;
	/** Within which all is over, as well as can be done; null: the sets take what they take. */
	readonly withinMs: number | null;
	/** Shortest slice; an endpoint that answers slowly gets longer ones, so that a slice holds several answers of each client. */
	readonly sliceMs: number;
	/** Answers of each isolate of each variant before the first round; fewer where that takes longer than `warmupMaxMs`. */
	readonly warmupRequests: number;
	readonly warmupMaxMs: number;
	readonly clients: number;
	/**
	 * Which rounds have light slices as well. a third of the time: only so many that loaded slices have twice as much; beside answers
	 * that are slow, light slices must be long.
	 */
	readonly light: "none" | "every round" | "a third of the time";
	/**
	 * Time for loaded slices of all variants in which their functions are sampled, behind the rounds and in proportion to them; 0: none.
	 */
	readonly sampledShare: number;
	/** Behind those, loaded slices of all variants in which is sampled what their functions allocate; null: none. */
	readonly bytes: BytesPlan | null;
}

interface BytesPlan {
	readonly ms: number;
	/** Only in sets whose variants differ by so much, relatively, in the bytes of a request: else there is nothing to find. */
	readonly fromDifference: number;
}

interface LaterSets {
	/** So many sets should fit into so much time; where they do not, they are measured for less of it. */
	readonly withinMs: number;
	readonly sets: number;
	/** The measuring time that is wanted; null: that of the first set. */
	readonly wanted: WantedTime | null;
	/** However slow starts and warm-up are. */
	readonly shortestMs: number;
	readonly longestMs: number;
}

interface WantedTime {
	/** The least, as a share of the time for starts and warm-up. */
	readonly shareOfRest: number;
	/**
	 * What processes of one code differ by in CPU, in logs (sd): to know the first two of a set much better by their rounds is no use.
	 * Null: not by rounds.
	 */
	readonly processSd: number | null;
}

export interface InterleaveClock {
	/** Milliseconds, monotonic. */
	now(): number;
}

/** What one slice gave; CPU comes from elsewhere. */
export interface SliceCounts extends Omit<Slice, "cpuNs" | "runQueueWaitNs"> {}

/** A sampler of every variant. */
interface Sampling<Seen> {
	begin(): Promise<void>;
	/** By variant, since begin(); null where nothing was seen. */
	end(): Promise<readonly (Seen | null)[]>;
}

interface SamplingBytes extends Sampling<SampledBytes> {
	/** Has every function of every variant be itself, from now on: what is inlined allocates in its caller's name. */
	endInlining(): Promise<void>;
}

interface SliceEnd {
	readonly durationMs: number;
	readonly answers: number | null;
	/** Whether it is no part of a round, nor of what rounds add up to. */
	readonly aside?: true;
}

interface SliceCpu {
	readonly cpuNs: number | null;
	readonly runQueueWaitNs: number | null;
}

/** One process of every variant, alive and answering. Every call rejects when a variant is gone. */
export interface LiveSet {
	/** So many variants are warmed at the same time; on fewer cores, or in one process, they have to take turns. */
	readonly warmAtOnce: number;
	/** Whether all variants are one process, which is warm for all of them or for none; absent: each is a process of its own. */
	readonly isOneProcess?: true;
	/** How many isolates of a variant answer, of the one that has most: each compiles for itself. */
	readonly isolates: number;
	/** All are warm: from now on they are measured, each on the cores that are meant for it. */
	settle(): Promise<void>;
	/** Loads a variant for so long, or until so many answers, and waits for what is in flight. */
	slice(variant: number, end: SliceEnd, regime: Regime): Promise<SliceCounts>;
	/** CPU counters of a variant since it started; nulls where they cannot be read. */
	cpu(variant: number): Promise<SliceCpu>;
	/** Begins to watch what every variant allocates. */
	beginAllocation(): Promise<void>;
	/** By variant, since beginAllocation(); null where it cannot be known. */
	endAllocation(): Promise<readonly (Omit<AllocationTotals, "requests"> | null)[]>;
	/** Samples what the functions of every variant cost, and what they allocate; absent where that was not asked for. */
	readonly sampling?: { readonly cpu: Sampling<SampledProfile>; readonly bytes: SamplingBytes };
	/** Ends all processes; may be called more than once. */
	end(): Promise<void>;
}

/** Starts one process of every variant, in this order. */
export type StartSet = (startOrder: readonly number[], set: number) => Promise<LiveSet>;

export type SetPhase = "starting" | "warming" | "measuring" | "sampling functions" | "sampling allocations";

export type InterleaveEvent =
	/** What is done from now on. */
	| { readonly kind: "phase"; readonly set: number; readonly phase: SetPhase }
	| { readonly kind: "round"; readonly set: number; readonly round: Round }
	| { readonly kind: "set"; readonly set: ProcessSet };

const LONGEST_SLICE_MS = 250;
/** Answers that a client should get within a slice, so that its beginning and its draining do not make up most of it. */
const ANSWERS_PER_CLIENT = 3;
/** Of a light slice: its first answers find the caches cold, as the other side was at work. */
const LIGHT_ANSWERS = 40;
const SHORTEST_LIGHT_SLICE_MS = 15;

/** So many sets at least should fit into the time, however short: a large change shows in two that are hardly warm. */
const FEWEST_SETS = 2;
/** Ending the processes takes about so long. */
const ENDING_MS = 200;
/** However little time is left. */
const SHORTEST_WARMUP_MS = 250;
const SHORTEST_SET_MS = 250;

/**
 * The evidence as it comes in. Whoever reads it decides when it is enough: leaving the loop ends the processes. A set that was
 * cut short by an error is not reported; its rounds were.
 */
export async function* measureSets(
	start: StartSet,
	plan: InterleavePlan,
	random: RandomSource,
	clock: InterleaveClock,
): AsyncGenerator<InterleaveEvent, never> {
	const beganAt = clock.now();
	let slices: SliceLengths | null = null;
	let setMs = plan.setMs;
	let bestMs = setMs;
	let limit: WarmupLimit = { eachMs: plan.warmupMaxMs, parts: MOST_WARMUP_PARTS };
	const warmCosts: (number | null)[] = [];
	const withSamples = 1 + plan.sampledShare;
	/** As long as the last set took for it. */
	let bytesMs = plan.bytes?.ms ?? 0;
	let startOrder = shuffled(plan.variants, random);
	for (let index = 0; ; index++) {
		if (index > 0) startOrder = nextStartOrder(startOrder, random);
		const leftMs = (): number => timeLeftMs(plan.withinMs, index, clock.now() - beganAt);
		const startedAt = clock.now();
		yield { kind: "phase", set: index, phase: "starting" };
		const live = await start(startOrder, index);
		try {
			yield { kind: "phase", set: index, phase: "warming" };
			const warmupMs =
				(leftMs() - withSamples * setMs - bytesMs - ENDING_MS) / Math.ceil(plan.variants / live.warmAtOnce);
			const warmupMaxMs = atMost(limit.eachMs, warmupMs, SHORTEST_WARMUP_MS);
			const hasTime = (): boolean => leftMs() > withSamples * setMs + bytesMs + ENDING_MS;
			const warmup = await warmUp(live, { ...plan, warmupMaxMs, mostParts: limit.parts, warmCosts }, random, hasTime);
			if (index === 0 && !hasTime()) limit = { eachMs: warmupMaxMs, parts: warmup.parts };
			await live.settle();
			slices ??= {
				ms: sliceLength(
					plan,
					warmup.lastParts.map(({ counts }) => counts),
				),
				lightMs: await lightSliceLength(live, plan),
			};
			const measuredMs = atMost(setMs, (leftMs() - bytesMs - ENDING_MS) / withSamples, SHORTEST_SET_MS);
			const measured = yield* measureWarm(live, { ...plan, setMs: measuredMs, slices }, index, random, clock);
			const { rounds, allocation, failure, ...sampled } = measured;
			// Processes end before the set is judged, so that a verdict leaves nothing running.
			await live.end();
			const set = {
				...{ index, endedAtMs: clock.now() - beganAt, startOrder, warmupRequests: warmup.requests, rounds },
				cold: coldOnes(live, warmup, rounds),
				allocation: withRequests(allocation, rounds),
				...sampled,
			};
			const took = { measuredMs, restMs: clock.now() - startedAt - withSamples * measuredMs };
			if (index === 0) bestMs = wantedMs(plan, set, took);
			if (index === 0 || plan.withinMs !== null) setMs = nextSetMs(plan, bestMs, { ...set, ...took });
			if (set.sampledBytes === undefined) bytesMs = 0;
			learnWarmCosts(warmCosts, warmup, set.cold);
			yield { kind: "set", set };
			if (failure !== null) throw failure;
		} finally {
			await live.end();
		}
	}
}

/** What a set is measured by once it is warm; what is not sampled is absent. */
interface WarmMeasurement extends Pick<ProcessSet, "rounds" | "sampled" | "sampledBytes"> {
	readonly allocation: Awaited<ReturnType<LiveSet["endAllocation"]>>;
	/** What ended it behind the rounds, which are kept; null: nothing. */
	readonly failure: unknown;
}

/** Clean rounds, then sampled slices. */
async function* measureWarm(
	live: LiveSet,
	plan: InterleavePlan & { readonly slices: SliceLengths },
	set: number,
	random: RandomSource,
	clock: InterleaveClock,
): AsyncGenerator<InterleaveEvent, WarmMeasurement> {
	yield { kind: "phase", set, phase: "measuring" };
	const rounds: Round[] = [];
	await live.beginAllocation();
	for await (const round of roundsOf(live, plan, random, clock)) {
		rounds.push(round);
		yield { kind: "round", set, round };
	}
	const allocation = await live.endAllocation();
	const { sampling } = live;
	const sampledMs = plan.sampledShare * plan.setMs;
	const load = new LoadInTurn(live, { ...plan, sliceMs: plan.slices.ms }, random, clock);
	let seen: Pick<ProcessSet, "sampled" | "sampledBytes"> = {};
	try {
		if (sampling !== undefined && sampledMs > 0) {
			yield { kind: "phase", set, phase: "sampling functions" };
			await sampling.cpu.begin();
			await load.for(sampledMs);
			seen = { sampled: await sampling.cpu.end() };
		}
		if (sampling !== undefined && plan.bytes !== null && allocateDifferently(allocation, rounds, plan.bytes)) {
			yield { kind: "phase", set, phase: "sampling allocations" };
			await sampling.bytes.endInlining();
			await load.for(COMPILING_SHARE * plan.bytes.ms);
			await sampling.bytes.begin();
			const answers = await load.for((1 - COMPILING_SHARE) * plan.bytes.ms);
			const sampledBytes = await sampling.bytes.end();
			seen = {
				...seen,
				sampledBytes: sampledBytes.map((bytes, variant) => bytes && { bytes, answers: answers[variant] ?? 0 }),
			};
		}
		return { rounds, allocation, ...seen, failure: null };
	} catch (failure) {
		return { rounds, allocation, ...seen, failure };
	}
}

/** Whether a request of one variant allocates more than one of another, as far as that is known of all. */
function allocateDifferently(
	allocation: WarmMeasurement["allocation"],
	rounds: readonly Round[],
	{ fromDifference }: BytesPlan,
): boolean {
	const known = withRequests(allocation, rounds).flatMap((each) =>
		each === null || each.requests === 0 || each.allocatedBytes === 0 ? [] : [each.allocatedBytes / each.requests],
	);
	return known.length === allocation.length && Math.max(...known) >= (1 + fromDifference) * Math.min(...known);
}

/** Of the time for slices without inlining, until V8 has compiled again what is called most. */
const COMPILING_SHARE = 0.6;

/** For the rest of a set: until the end, and for the first ones no more than their part. */
function timeLeftMs(withinMs: number | null, set: number, elapsedMs: number): number {
	return withinMs === null ? Number.POSITIVE_INFINITY : withinMs * Math.min(1, (set + 1) / FEWEST_SETS) - elapsedMs;
}

const atMost = (wantedMs: number, leftMs: number, shortestMs: number): number =>
	Math.min(wantedMs, Math.max(shortestMs, leftMs));

/**
 * Whatever being started first does, it must not stay with one variant. Two take turns; with many, a rotation would keep neighbours
 * and, over a few sets, places, so their order is drawn afresh.
 */
const nextStartOrder = (last: readonly number[], random: RandomSource): number[] =>
	last.length === 2 ? last.toReversed() : shuffled(last.length, random);

/** What a set took: its measuring, and starting, warming and ending. */
interface SetTime {
	readonly measuredMs: number;
	readonly restMs: number;
}

/** How long the sets behind the first should be measured. */
function wantedMs({ setMs, laterSets }: InterleavePlan, first: ProcessSet, took: SetTime): number {
	if (laterSets === null || laterSets.wanted === null) return setMs;
	const { wanted, shortestMs, longestMs } = laterSets;
	return atMost(longestMs, bestMeasuredMs(wanted, first, took), shortestMs);
}

/**
 * For how long the next set can be measured. The first one is the slowest, as files are not in the cache yet, so what is left of the
 * time is shared out anew after every set.
 */
function nextSetMs(
	{ setMs, laterSets, withinMs, sampledShare }: InterleavePlan,
	bestMs: number,
	last: SetTime & { readonly index: number; readonly endedAtMs: number },
): number {
	if (laterSets === null) return setMs;
	const { sets, shortestMs } = laterSets;
	const setsLeft = sets - last.index - 1;
	const eachMs = withinMs === null || setsLeft < 1 ? laterSets.withinMs / sets : (withinMs - last.endedAtMs) / setsLeft;
	return Math.min(bestMs, Math.max(shortestMs, (eachMs - last.restMs) / (1 + sampledShare)));
}

/**
 * With e, the error of a set by its rounds, measured for m, and p, what processes differ by, the variance of a set measured for x is
 * p² + e²·m / x and its time rest + x: their product is smallest at x = e / p · √(rest · m).
 */
function bestMeasuredMs(
	{ shareOfRest, processSd }: WantedTime,
	first: ProcessSet,
	{ restMs, measuredMs }: SetTime,
): number {
	const leastMs = shareOfRest * restMs;
	const error = errorOfRounds([{ rounds: roundContrasts(first, 0, 1) }]);
	if (error === null || processSd === null) return leastMs;
	return Math.max(leastMs, (error / processSd) * Math.sqrt(restMs * measuredMs));
}

const withRequests = (totals: WarmMeasurement["allocation"], rounds: readonly Round[]): ProcessSet["allocation"] =>
	totals.map((each, variant) => each && { ...each, requests: answersOf(rounds, variant) });

/** What a request costs at the end of a warm-up, of the first set in which that was enough. */
function learnWarmCosts(known: (number | null)[], { lastParts }: Warmup, cold: readonly number[]): void {
	for (const [variant, { costNs }] of lastParts.entries()) {
		if (!cold.includes(variant)) known[variant] ??= costNs;
	}
}

const answersOf = (rounds: readonly Round[], variant: number): number =>
	rounds
		.flatMap(({ slices, light }) => [slices[variant], light?.[variant]])
		.reduce((sum, slice) => sum + (slice?.requests ?? 0) + (slice?.errors ?? 0), 0);

/**
 * Warm-up is cut into parts that take turns, so that no variant is warmed long before another. It goes on for all while one of them
 * still gets clearly cheaper.
 */
const WARMUP_PARTS = 4;
/** Of a set whose variants cost by then what those of a set cost that was warm. */
const FEWEST_WARMUP_PARTS = 2;
const MOST_WARMUP_PARTS = 8;
/** What fell by so much from a part to the next is not warm, whatever the noise; nor what fell by less two times in a row. */
const FALLS = 0.1;
const STILL_FALLS = 0.03;

interface Warmup {
	/** Answers of each variant. */
	readonly requests: number[];
	/** How many parts it had. */
	readonly parts: number;
	/** The last part of each: what a request takes by then. */
	readonly lastParts: readonly WarmupPart[];
	/** Those whose cost still fell in the end. */
	readonly falling: readonly number[];
}

interface WarmupPart {
	readonly counts: SliceCounts;
	/** CPU of a request, or time where that is not known; null without an answer. */
	readonly costNs: number | null;
}

/** Where there was no time to warm the first set well, all others are warmed alike: what is colder has another ratio. */
interface WarmupLimit {
	readonly eachMs: number;
	readonly parts: number;
}

/** @param hasTime whether it may go on beyond what was planned */
async function warmUp(
	live: LiveSet,
	plan: InterleavePlan & { readonly mostParts: number; readonly warmCosts: readonly (number | null)[] },
	random: RandomSource,
	hasTime: () => boolean,
): Promise<Warmup> {
	const parts: WarmupPart[][] = Array.from({ length: plan.variants }, () => []);
	const all = plan.warmupRequests * live.isolates;
	// Who asks for fewer answers than parts gets no more than those.
	const fewest = Math.min(WARMUP_PARTS, all);
	const end = { durationMs: plan.warmupMaxMs / fewest, answers: Math.ceil(all / fewest) };
	const warming = (): Warming[] => warmingOf(live, parts, plan.warmCosts);
	const falling = (): number[] => warming().flatMap((each) => (isFalling(each) ? each.variants : []));
	const goesOn = (part: number): boolean =>
		part < Math.min(FEWEST_WARMUP_PARTS, fewest) ||
		(part < fewest && !warming().every(isAsWarm)) ||
		(part < plan.mostParts && hasTime() && falling().length > 0);
	for (let part = 0; goesOn(part); part++) {
		await pMap(
			shuffled(plan.variants, random),
			async (variant) => {
				const before = await live.cpu(variant);
				const counts = await live.slice(variant, end, "loaded");
				const { cpuNs } = differenceOf(before, await live.cpu(variant));
				const costNs = counts.requests === 0 ? null : (cpuNs ?? counts.durationNs) / counts.requests;
				parts[variant]?.push({ counts, costNs });
			},
			{ concurrency: live.warmAtOnce },
		);
	}
	return {
		requests: parts.map((ofVariant) => ofVariant.reduce((sum, { counts }) => sum + counts.requests, 0)),
		parts: parts[0]?.length ?? 0,
		lastParts: parts.map((ofVariant) => ofVariant.at(-1) as WarmupPart),
		falling: falling(),
	};
}

/** Those whose figures are of code that was not compiled yet: they fell while they were measured, or, as far as that is not known, before. */
function coldOnes({ isOneProcess }: LiveSet, { requests, falling }: Warmup, rounds: readonly Round[]): number[] {
	const all = [...requests.keys()];
	if (isOneProcess) return (processFell(rounds) ?? falling.length > 0) ? all : [];
	return all.filter((variant) => fellWhileMeasured(rounds, variant) ?? falling.includes(variant));
}

/** What gets warm by itself: the process of a variant, or the one that all variants are. */
interface Warming {
	readonly variants: readonly number[];
	/** Of a request, by part of the warm-up so far. */
	readonly costs: readonly (number | null)[];
	/** What a request of another process cost at the end of a warm-up that had been enough; null where none had. */
	readonly warmCostNs: number | null;
}

function warmingOf(
	{ isOneProcess }: LiveSet,
	parts: readonly (readonly WarmupPart[])[],
	warmCosts: readonly (number | null)[],
): Warming[] {
	const each = parts.map((ofVariant, variant) => ({
		variants: [variant],
		costs: ofVariant.map(({ costNs }) => costNs),
		warmCostNs: warmCosts[variant] ?? null,
	}));
	if (!isOneProcess) return each;
	const together = (each[0]?.costs ?? []).map((_, part) => meanOf(each.map(({ costs }) => costs[part] ?? null)));
	const warmCostNs = meanOf(each.map((one) => one.warmCostNs));
	return [{ variants: [...parts.keys()], costs: together, warmCostNs }];
}

/** Null where one of them is not known. */
const meanOf = (costs: readonly (number | null)[]): number | null =>
	costs.reduce((sum: number | null, cost) => (sum === null || cost === null ? null : sum + cost / costs.length), 0);

function isAsWarm({ costs, warmCostNs }: Warming): boolean {
	const costNs = costs.at(-1);
	return warmCostNs !== null && costNs != null && costNs < warmCostNs * (1 + FALLS);
}

function isFalling(warming: Warming): boolean {
	if (isAsWarm(warming)) return false;
	const [last, before, earlier] = [-1, -2, -3].map((index) => warming.costs.at(index) ?? null);
	const fell = (by: number, from: number | null | undefined, to: number | null | undefined): boolean =>
		from != null && to != null && to < from * (1 - by);
	return fell(FALLS, before, last) || (fell(STILL_FALLS, earlier, before) && fell(STILL_FALLS, before, last));
}

/** The same for all variants and sets: long enough for several answers of every client of the slowest variant. */
function sliceLength(plan: InterleavePlan, slices: readonly SliceCounts[]): number {
	const slowestMs = Math.max(
		...slices.map(({ requests, durationNs }) => (requests === 0 ? 0 : (durationNs / requests / 1e6) * plan.clients)),
	);
	return Math.min(LONGEST_SLICE_MS, Math.max(plan.sliceMs, ANSWERS_PER_CLIENT * slowestMs));
}

/** The same of light slices, of which one of each variant is tried; null without them. Slow answers are thought of as well. */
async function lightSliceLength(live: LiveSet, { variants, light }: InterleavePlan): Promise<number | null> {
	if (light === "none") return null;
	let slowestMs = 0;
	for (let variant = 0; variant < variants; variant++) {
		const tried = { durationMs: SHORTEST_LIGHT_SLICE_MS, answers: LIGHT_ANSWERS };
		const { latency, durationNs } = await live.slice(variant, tried, "light");
		// A single answer that takes long is no reason for long slices of all others.
		slowestMs = Math.max(slowestMs, (valueAtQuantile(latency, 0.5) ?? durationNs) / 1e6);
	}
	return Math.min(LONGEST_SLICE_MS, Math.max(SHORTEST_LIGHT_SLICE_MS, LIGHT_ANSWERS * slowestMs));
}

/** Of all sets of a measurement. */
interface SliceLengths {
	readonly ms: number;
	/** Null without light slices. */
	readonly lightMs: number | null;
}

/**
 * A random order in which nobody follows itself: its second slice in a row would find the caches warm, and cost 2 to 4 % less. Two
 * variants take turns, therefore; which of them begins a set is drawn.
 */
function nextRound(last: readonly number[], variants: number, random: RandomSource): readonly number[] {
	for (;;) {
		const order = shuffled(variants, random);
		if (variants < 2 || order[0] !== last.at(-1)) return order;
	}
}

async function* roundsOf(
	live: LiveSet,
	plan: Pick<InterleavePlan, "variants" | "setMs" | "light"> & { readonly slices: SliceLengths },
	random: RandomSource,
	clock: InterleaveClock,
): AsyncGenerator<Round> {
	const endsAt = clock.now() + plan.setMs;
	const { ms, lightMs } = plan.slices;
	const before: SliceCpu[] = [];
	for (let variant = 0; variant < plan.variants; variant++) before.push(await live.cpu(variant));
	let order: readonly number[] = [];
	const sliceOfEach = async (durationMs: number, regime: Regime): Promise<Slice[]> => {
		order = nextRound(order, plan.variants, random);
		const slices: Slice[] = [];
		for (const variant of order) {
			const counts = await live.slice(variant, { durationMs, answers: null }, regime);
			const after = await live.cpu(variant);
			// Since this variant's last reading: what it does while others are loaded is its own as well.
			slices[variant] = { ...counts, ...differenceOf(before[variant], after) };
			before[variant] = after;
		}
		return slices;
	};
	const spentMs = { loaded: 0, light: 0 };
	do {
		const slices = await sliceOfEach(ms, "loaded");
		spentMs.loaded += ms;
		const round = { slices, order };
		if (lightMs === null || (plan.light === "a third of the time" && 2 * spentMs.light > spentMs.loaded)) {
			yield round;
			continue;
		}
		spentMs.light += lightMs;
		yield { ...round, light: await sliceOfEach(lightMs, "light") };
	} while (clock.now() < endsAt);
}

/** Behind the rounds of a set: loaded slices of all variants in turn. */
class LoadInTurn {
	#order: readonly number[] = [];

	constructor(
		readonly live: LiveSet,
		readonly plan: Pick<InterleavePlan, "variants" | "sliceMs">,
		readonly random: RandomSource,
		readonly clock: InterleaveClock,
	) {}

	/** One slice of each at least. Returns what each has answered. */
	async for(ms: number): Promise<readonly number[]> {
		const endsAt = this.clock.now() + ms;
		const answers = new Array<number>(this.plan.variants).fill(0);
		do {
			this.#order = nextRound(this.#order, this.plan.variants, this.random);
			for (const variant of this.#order) {
				const end = { durationMs: this.plan.sliceMs, answers: null, aside: true } as const;
				const { requests, errors } = await this.live.slice(variant, end, "loaded");
				answers[variant] = (answers[variant] ?? 0) + requests + errors;
			}
		} while (this.clock.now() < endsAt);
		return answers;
	}
}

function differenceOf(before: SliceCpu | undefined, after: SliceCpu): SliceCpu {
	const difference = (from: number | null | undefined, to: number | null): number | null =>
		from == null || to === null ? null : Math.max(0, to - from);
	return {
		cpuNs: difference(before?.cpuNs, after.cpuNs),
		runQueueWaitNs: difference(before?.runQueueWaitNs, after.runQueueWaitNs),
	};
}
