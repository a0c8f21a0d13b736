import { EARLY_SHARE } from "#src/analyse/comparison/early-look.js";
import { earlyNoise } from "#src/analyse/comparison/early-noise.js";
import { FEWEST_SETS } from "#src/analyse/comparison/functions/judge-functions.js";
import { verdictOf } from "#src/analyse/comparison/functions/verdict.js";
import { type Judgement, judge } from "#src/analyse/comparison/judge.js";
import type { JudgeDesign } from "#src/analyse/comparison/judge-contrasts.js";
import { MOST_LOOKS } from "#src/analyse/comparison/looks.js";
import { outlookOf } from "#src/analyse/comparison/outlook.js";
import { comparedSet, type PairedSet, pairedSet } from "#src/analyse/comparison/paired-set.js";
import type { ProcessSet } from "#src/analyse/comparison/process-set.js";
import { median } from "#src/analyse/comparison/robust.js";
import { evidenceOf, measuredMs } from "#src/analyse/comparison/set-changes.js";
import { withMedianThatIsKnown } from "#src/analyse/comparison/slow-answers.js";
import { coldSpreads, spreadsOf } from "#src/analyse/comparison/start-spread.js";
import { tailExcess } from "#src/analyse/comparison/tail-excess.js";
import type { FunctionEvidence } from "#src/analyse/diagnosis/rank-suspects.js";
import { largeChange, noisyForMargin } from "#src/analyse/findings/comparison.js";
import type { InliningReference } from "#src/analyse/inlining/inlined-frames.js";
import { mergeHistograms } from "#src/analyse/latency/histogram.js";
import { type InterleavePlan, measureSets, type SetPhase } from "#src/measure/interleave.js";
import type { Calibration } from "#src/model/calibration.js";
import type {
	Comparison,
	EarlyNoise,
	Effect,
	Ending,
	LargeChange,
	RunningEffect,
	TailExcess,
} from "#src/model/comparison.js";
import type { ThreadKind } from "#src/model/cpu-parts.js";
import type { Regime } from "#src/model/load.js";
import type { Slices } from "#src/model/measurement.js";
import type { ComparingProgress } from "#src/model/progress.js";
import type { SideLayers } from "#src/model/side-layers.js";
import type { ChangedLinesOfSides } from "#src/sides/changed-lines.js";
import type { PreparedSide } from "#src/sides/side-request.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import type { TargetSpec } from "#src/target/target.js";
import type { CompareDesign } from "./compare-design.js";
import { inliningReference } from "./inlining-reference.js";
import { judgeSampledFunctions } from "./judge-functions.js";
import { LiveSides, SIDE_NAMES } from "./live-sides.js";
import type { OpenRun } from "./open-run.js";
import { slicesFrame } from "./slices-frame.js";

/** Starts a side once to see its layers; null where it has none that are known. */
export type LayersOfSide = (
	run: OpenRun,
	endpoint: EndpointRequest,
	spec: TargetSpec,
	label: string,
) => Promise<SideLayers | null>;

export interface Compared {
	readonly comparison: Comparison;
	/** Loaded ones of base and head, then light ones; empty before the first set is whole. */
	readonly slices: readonly Slices[];
	/** Whether it came to its end: decided, or out of time. */
	readonly finished: boolean;
	/** What was sampled, at the end of one that explains; else null, and where too few sets were sampled. */
	readonly evidence: FunctionEvidence | null;
}

/** Into the time limit, where starting and warming take much of it: two looks more than the first. */
const SETS_TO_FIT = 8;
/** Measured time of a set by the time that its starts and warm-up take, at least (docs/method.md). */
const SHARE_OF_REST = 0.6;
/** Of CPU, in logs: what processes of one code differ by where hardly anything else disturbs them (docs/method.md). */
const PROCESS_SD = 0.015;
const SHORTEST_SET_MS = 500;
const LONGEST_SET_MS = 5_000;
/** A set that must be short takes this part of what it would. */
const SHORTENED = 0.4;
/** What a noisy machine can be seen by. */
const SETS_OF_EARLY_NOISE = 3;
/** A side that got less than this part of its warm-up is hardly warm. */
const LEAST_WARMUP = 0.5;
/** Of the time for clean slices, as much again for sampled ones; what functions allocate is known from little, where there is a difference. */
const SAMPLED = { sampledShare: 0.35, bytes: { ms: 500, fromDifference: 0.005 } } as const;
const NOT_SAMPLED = { sampledShare: 0, bytes: null } as const;
/** In less time too few sets fit for functions to be told, and a large change needs all of it. */
const SHORTEST_SAMPLED_RUN_MS = 25_000;
const PAIR = { base: 0, head: 1 } as const;

/**
 * Measures both sides interleaved, in process sets, until there is a verdict or the time is over.
 * @param keep is handed what is known so far: at the beginning, after every set, and at the end, whatever ends it
 */
export async function compareSides(
	run: OpenRun,
	what: {
		readonly endpoint: EndpointRequest;
		readonly timeoutMs: number;
		readonly sides: readonly [PreparedSide, PreparedSide];
		readonly design: CompareDesign;
		/** In which the sides differ, as far as that is known. */
		readonly changedLines?: ChangedLinesOfSides;
		/** Knows the layers of a side; absent: nobody does. */
		readonly layersOfSide?: LayersOfSide;
	},
	keep: (compared: Compared) => void,
): Promise<Compared> {
	const comparison = new SideComparison(
		run,
		what.sides,
		what.endpoint,
		what.timeoutMs,
		what.design,
		what.changedLines ?? { base: [], head: [] },
		what.layersOfSide,
	);
	keep(comparison.soFar());
	try {
		await comparison.measure(keep);
	} finally {
		keep(comparison.soFar());
	}
	return comparison.soFar();
}

class SideComparison {
	readonly #startedAt: Date;
	readonly #beganMs: number;
	readonly #live: LiveSides;
	readonly #sets: ProcessSet[] = [];
	/** The same sets, base and head held against each other. */
	readonly #paired: PairedSet[] = [];
	readonly #running: RunningEffect[] = [];
	readonly #calibration: Calibration | null;
	#functions: Pick<Comparison, "functions" | "functionBytes"> = { functions: null, functionBytes: null };
	#evidence: FunctionEvidence | null = null;
	#layers: Promise<{ readonly base: SideLayers | null; readonly head: SideLayers | null }> | null = null;
	#judgement: Judgement;
	#slices: readonly Slices[] = [];
	#tail: TailExcess | null = null;
	#mostSets = MOST_LOOKS;
	#noise: EarlyNoise | null = null;
	#large: LargeChange | null = null;
	#ending: Ending | null = null;
	/** How long measuring took; null while it goes on. */
	#measuredMs: number | null = null;

	constructor(
		readonly run: OpenRun,
		readonly sides: readonly [PreparedSide, PreparedSide],
		readonly endpoint: EndpointRequest,
		readonly timeoutMs: number,
		readonly design: CompareDesign,
		readonly changedLines: ChangedLinesOfSides,
		readonly layersOfSide: LayersOfSide | undefined,
	) {
		const { clients, light, semiSpaceMiB } = design;
		const loads = { light, loaded: { kind: "closed", clients } } as const;
		this.#startedAt = run.world.date();
		this.#beganMs = run.world.now();
		this.#live = new LiveSides(run, sides, { endpoint, loads, timeoutMs, semiSpaceMiB });
		this.#calibration = run.world.readCalibration(run.world.machineKeyOf(run.machine()));
		this.#judgement = judge([], this.#judgeDesign());
	}

	async measure(keep: (compared: Compared) => void): Promise<void> {
		const { design, run } = this;
		const { world, plan } = run;
		const start = (order: readonly number[], set: number) => this.#live.start(order, set);
		for await (const event of measureSets(start, this.#interleavePlan(), world.random(design.seed), world)) {
			if (event.kind === "set") {
				this.#take(event.set);
				if (this.#ending !== null) {
					this.#measuredMs = this.#elapsedMs();
					keep(this.soFar());
					this.#functions = await this.#judgeFunctions();
				}
				keep(this.soFar());
			}
			plan.signal.throwIfAborted();
			if (event.kind === "phase") plan.say(this.#progress(event.phase));
			if (this.#ending !== null) return;
		}
	}

	soFar(): Compared {
		const { design, sides } = this;
		const { effects, typicalCpuChange, cpu } = this.#judgement;
		return {
			comparison: {
				sides: [sides[0].side, sides[1].side],
				design: {
					clients: design.clients,
					light: design.light,
					sliceMs: design.sliceMs,
					setMs: this.#sets.length === 0 ? design.setMs : median(this.#sets.map(measuredMs)),
					warmupRequests: design.warmupRequests,
					withinMs: design.withinMs,
					alpha: design.alpha,
					earlyShare: EARLY_SHARE,
					noChangeAlpha: design.noChangeAlpha,
					starts: this.#judgeDesign().starts,
					firstLook: design.firstLook,
					mostSets: this.#mostSets,
					seed: design.seed,
					semiSpaceMiB: design.semiSpaceMiB,
				},
				answersDiffer: this.#live.answersDiffer,
				sets: this.#paired.map((set) => comparedSet(set, cpu)),
				effects,
				typicalCpuChange,
				tail: this.#tail,
				...this.#functions,
				running: [...this.#running],
				noise: this.#noise,
				verdict: verdictOf(this.#judgement, this.#functions.functions),
				large: this.#large,
				ending: this.#ending,
				elapsedMs: this.#measuredMs ?? this.#elapsedMs(),
			},
			slices: this.#slices.map((slices) => ({ ...slices, partial: this.#ending === null })),
			finished: this.#ending !== null,
			evidence: this.#evidence,
		};
	}

	/** One more set: what it says, and whether it is the last. */
	#take(set: ProcessSet): void {
		this.#sets.push(set);
		this.#paired.push(pairedSet(set, PAIR));
		this.#slices = (["loaded", "light"] as const).flatMap((regime) =>
			SIDE_NAMES.map((_, index) => this.#slicesOf(index, regime)),
		);
		this.#tail = this.#tailExcess();
		this.#live.refuseRateLimit();
		if (this.#sets.length === 1) this.#mostSets = this.#setsThatFit();
		this.#judgement = judge(this.#paired, this.#judgeDesign());
		this.#running.push(...this.#judgement.running);
		this.#tellLarge();
		this.#lookForNoise();
		const decided = this.#mayEnd() ? this.#judgement.ending : null;
		// Looks beyond the planned ones would spend more than the promised error.
		const last = this.#sets.length >= this.#mostSets ? "last look" : null;
		this.#ending = decided ?? last ?? (this.#timeIsOver() ? "time" : null);
	}

	/** A target that cannot be sampled will not be by waiting. */
	#mayEnd(): boolean {
		const { untilTimeIsOver, explains } = this.design;
		if (untilTimeIsOver) return false;
		const sampled = this.#sets.filter(isSampled).length;
		return !explains || sampled === 0 || sampled >= FEWEST_SETS;
	}

	#tellLarge(): void {
		const [first] = this.#judgement.effects.filter(({ judged, rule }) => judged && rule === "early").flatMap(largeOf);
		if (this.#large !== null || first === undefined) return;
		this.#large = { ...first, afterMs: this.#elapsedMs() };
		this.run.plan.warn(largeChange(this.#large));
	}

	/** Tells at once, and goes on: large changes can still be found. */
	#lookForNoise(): void {
		const tooLate = this.#sets.length > SETS_OF_EARLY_NOISE || this.design.untilTimeIsOver;
		if (this.#noise !== null || tooLate) return;
		this.#noise = earlyNoise(this.#judgement.judged, this.#paired, this.#judgeDesign(), this.#fittingSets());
		if (this.#noise !== null) this.run.plan.warn(noisyForMargin(this.#noise, this.design.withinMs));
	}

	async #judgeFunctions(): Promise<Pick<Comparison, "functions" | "functionBytes">> {
		const { changedLines, design, sides } = this;
		const { evidence, ...verdicts } = await judgeSampledFunctions({
			sets: this.#sets,
			sampledShares: ofBoth((variant) => sampledShareOf(this.#slicesOf(variant, "loaded"))),
			roots: ofBoth((variant) => sides[variant].side.cwd),
			changedLines,
			judgement: this.#judgement,
			explains: design.explains,
			alpha: design.alpha,
			written: (side, frames) => this.#live.written(PAIR[side], frames),
			references: () => this.#ofBoth((variant) => this.#reference(variant)),
			layers: () => {
				this.#layers ??= this.#ofBoth((variant) => this.#layersOf(variant));
				return this.#layers;
			},
		});
		if (design.explains) this.#evidence = evidence;
		return verdicts;
	}

	/** Base, then head. */
	async #ofBoth<T>(of: (variant: 0 | 1) => Promise<T>): Promise<{ readonly base: T; readonly head: T }> {
		const base = await of(PAIR.base);
		this.run.plan.signal.throwIfAborted();
		return { base, head: await of(PAIR.head) };
	}

	async #layersOf(variant: 0 | 1): Promise<SideLayers | null> {
		const { endpoint, run, sides } = this;
		if (this.layersOfSide === undefined) return null;
		run.plan.say("looking for layers");
		return this.layersOfSide(run, endpoint, sides[variant].spec, SIDE_NAMES[variant]);
	}

	#reference(variant: 0 | 1): Promise<InliningReference | null> {
		const { endpoint, run } = this;
		const name = SIDE_NAMES[variant];
		const subject = { endpoint, spec: this.sides[variant].spec, variant: name };
		return inliningReference(run, subject, run.folder.subfolder(`functions-${name}`));
	}

	#slicesOf(variant: number, regime: Regime): Slices {
		const { endpoint, timeoutMs, run } = this;
		const { cpuSource, processes, tallies, how } = this.#live;
		const frame = { endpoint, regime, load: { ...how.loads[regime], timeoutMs } };
		const [ofSide] = tallies.slice(variant);
		if (ofSide === undefined) throw new RangeError(`there is no side ${variant}`);
		return ofSide[regime].slices({
			variant,
			sets: this.#sets,
			pinnedCpus: run.cpus.generator,
			cpuSource,
			processes,
			frame: slicesFrame(SIDE_NAMES[variant] as string, frame, this.#startedAt, true),
		});
	}

	#tailExcess(): TailExcess | null {
		const [base, head] = [PAIR.base, PAIR.head].map((variant) =>
			mergeHistograms(this.#sets.map((set) => evidenceOf(set, variant).light.latency)),
		);
		return base === undefined || head === undefined ? null : tailExcess(base, head);
	}

	#interleavePlan(): InterleavePlan {
		const { design } = this;
		return {
			...design,
			variants: this.sides.length,
			light: "every round",
			...(design.withinMs < SHORTEST_SAMPLED_RUN_MS ? NOT_SAMPLED : SAMPLED),
			laterSets: {
				withinMs: design.withinMs,
				sets: SETS_TO_FIT,
				wanted: design.setIsGiven ? null : { shareOfRest: SHARE_OF_REST, processSd: PROCESS_SD },
				shortestMs: SHORTEST_SET_MS,
				longestMs: LONGEST_SET_MS,
			},
		};
	}

	#judgeDesign(): JudgeDesign {
		const { alpha, noChangeAlpha, firstLook, withinMs, failFast, seed } = this.design;
		const { margins, weights, primary } = withMedianThatIsKnown(this.design, this.#paired[0]);
		const usual = spreadsOf(this.#calibration);
		const starts = this.#isHardlyWarm() ? coldSpreads(usual) : usual;
		return {
			...{ alpha, noChangeAlpha, margins, weights, primary, firstLook, withinMs, failFast, seed, starts },
			mostSets: this.#mostSets,
		};
	}

	/** Whether there was no time for most of the warm-up, or answers are too slow for it: nothing fell, but it may yet. */
	#isHardlyWarm(): boolean {
		const least = LEAST_WARMUP * this.design.warmupRequests;
		return this.#sets.some(({ warmupRequests }) => Math.min(...warmupRequests) < least);
	}

	/** What is done now, and what is known by now: nothing of it is worked out here. */
	#progress(phase: SetPhase): ComparingProgress {
		const { primary, firstLook, withinMs, untilTimeIsOver } = this.design;
		const { effects, verdict } = this.#judgement;
		const sets = this.#sets.length;
		const outlook = outlookOf({
			...{ effects, primary, sets, firstLook, withinMs, untilTimeIsOver },
			lookedAtMs: this.#sets.at(-1)?.endedAtMs ?? 0,
			nowMs: this.#elapsedMs(),
		});
		const fittingSets = sets === 0 ? null : this.#fittingSets();
		return { kind: "comparing", set: sets + 1, fittingSets, phase, effects, verdict, outlook };
	}

	/** The looks are planned by the first set, which is the slowest one: files are not in the cache yet. */
	#setsThatFit(): number {
		const { withinMs, firstLook } = this.design;
		const [first] = this.#sets;
		const fit = first === undefined ? 0 : Math.floor((withinMs / first.endedAtMs) * 1.25);
		return Math.min(MOST_LOOKS, Math.max(firstLook, SETS_TO_FIT, fit));
	}

	/** As it looks after some sets. */
	#fittingSets(): number {
		return Math.floor((this.design.withinMs / this.#elapsedMs()) * this.#sets.length);
	}

	#timeIsOver(): boolean {
		const { withinMs } = this.design;
		const elapsedMs = this.#elapsedMs();
		const perSetMs = elapsedMs / this.#sets.length;
		// A large change needs two sets; the second may be warmed and measured for less.
		const neededMs = this.#sets.length === 1 ? SHORTENED * perSetMs : perSetMs;
		return elapsedMs + neededMs > withinMs;
	}

	#elapsedMs(): number {
		return this.run.world.now() - this.#beganMs;
	}
}

/** Whether both sides were warm and seen. */
const isSampled = ({ cold = [], sampled }: ProcessSet): boolean =>
	cold.length === 0 && [PAIR.base, PAIR.head].every((variant) => sampled?.[variant] != null);

const ofBoth = <T>(of: (variant: 0 | 1) => T): { readonly base: T; readonly head: T } => ({
	base: of(PAIR.base),
	head: of(PAIR.head),
});

const SAMPLED_THREADS = new Set<ThreadKind>(["main thread", "other main threads", "worker threads"]);

/** Which share of a side's CPU its sampled threads used; 1 where that is not known. */
function sampledShareOf(slices: Slices | undefined): number {
	const parts = slices?.cpu?.parts ?? [];
	const nsOf = (all: readonly { readonly cpuNs: number }[]): number => all.reduce((sum, { cpuNs }) => sum + cpuNs, 0);
	const allNs = nsOf(parts);
	return allNs === 0 ? 1 : nsOf(parts.filter(({ kind }) => SAMPLED_THREADS.has(kind))) / allNs;
}

/** None where no difference is told. */
function largeOf({ metric, verdict, sets, change, low, high }: Effect): Omit<LargeChange, "afterMs">[] {
	if ((verdict !== "regressed" && verdict !== "improved") || change === null || low === null || high === null)
		return [];
	return [{ metric, verdict, sets, change, low, high }];
}
