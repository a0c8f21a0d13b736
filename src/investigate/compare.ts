import { availableParallelism } from "node:os";
import { calibrationOf } from "#src/analyse/comparison/calibration.js";
import { judge, runningEffects, toComparedSets } from "#src/analyse/comparison/judge.js";
import type { JudgeDesign } from "#src/analyse/comparison/judge-contrasts.js";
import type { ProcessSet } from "#src/analyse/comparison/process-set.js";
import { median } from "#src/analyse/comparison/robust.js";
import { measuredMs } from "#src/analyse/comparison/set-changes.js";
import { adviceNote, calibrationNote, findingsOfComparison } from "#src/analyse/findings/comparison.js";
import { findingsOfMeasurement } from "#src/analyse/findings/measurement.js";
import type { Collector } from "#src/collect/collector.js";
import { KnownError } from "#src/errors.js";
import { cpuReaderOf } from "#src/measure/cpu-reader.js";
import { type InterleaveClock, type LiveSet, measureSets } from "#src/measure/interleave.js";
import { openLiveSet } from "#src/measure/live-set.js";
import { machineAdvice } from "#src/measure/machine-advice.js";
import { Tally } from "#src/measure/tally.js";
import type { Comparison, MetricName } from "#src/model/comparison.js";
import type { Finding } from "#src/model/finding.js";
import type { Machine, Measurement } from "#src/model/run-record.js";
import { seededRandom } from "#src/random.js";
import { openSides } from "#src/sides/open-sides.js";
import type { PreparedSide, SideRequest } from "#src/sides/side-request.js";
import { machineKeyOf, readCalibration, saveCalibration } from "#src/store/calibrations.js";
import { answerDifference, fetchAnswer } from "#src/target/answer.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import { allStarted, startTogether } from "#src/target/start-together.js";
import type { RunningTarget } from "#src/target/target.js";
import { cleanFrame } from "./clean-frame.js";
import { closedOrder, END_GRACE_MS, youngGenerationFlags } from "./process-start.js";
import { profile } from "./profile.js";
import { type ClosedRunPlan, endpointName, Run, type RunOutcome } from "./run.js";

/** How two sides are measured and judged. */
export interface CompareDesign extends Omit<Comparison["design"], "mostSets"> {
	/** A variant that needs longer for its warm-up is measured as it is then. */
	readonly warmupMaxMs: number;
	readonly margins: Readonly<Record<MetricName, number>>;
	/** The judged metrics, with their shares of alpha. */
	readonly weights: Readonly<Partial<Record<MetricName, number>>>;
	/** The metrics whose decision ends the run. */
	readonly primary: readonly MetricName[];
	/** By the user; else each set is as long as its starts and warm-up suggest. */
	readonly setIsGiven: boolean;
	/** Goes on until the time is over, whatever the verdict. */
	readonly untilTimeIsOver: boolean;
}

export interface ComparePlan extends ClosedRunPlan {
	readonly endpoint: EndpointRequest;
	readonly sides: SideRequest;
	readonly design: CompareDesign;
	/** Run on both sides after the verdict; none of them runs before. */
	readonly collectors: readonly Collector[];
}

/** Into the time limit, where starting and warming take much of it: two looks more than the first. */
const SETS_TO_FIT = 8;
/**
 * Measured time of a set by the time that its starts and warm-up take: with rounds and processes about equally noisy the most certain
 * is near to it (docs/method.md).
 */
const SHARE_OF_REST = 0.6;
const SHORTEST_SET_MS = 500;
const LONGEST_SET_MS = 3_000;
/** More sets than this would not be looked at one by one. */
const MOST_SETS = 60;
const NAMES = ["base", "head"] as const;
const PAIR = { base: 0, head: 1 } as const;
const TOO_MANY_REQUESTS = 429;
const RATE_LIMITED_SHARE = 0.01;

const clock: InterleaveClock = { now: () => performance.now() };

/**
 * Did this change make it slower? Both sides are measured interleaved, in process sets, until there is a verdict or the time is
 * over; then both are profiled.
 */
export const investigateComparison = (plan: ComparePlan): Promise<RunOutcome> =>
	Run.tell(plan, async (run) => {
		const opened = await openSides(plan.sides, {
			signal: plan.signal,
			say: plan.say,
			logFolder: run.folder.path,
		});
		try {
			run.note(...opened.notes);
			await new ComparisonStory(run, plan, opened.sides).tell();
		} finally {
			await opened.close();
		}
	});

class ComparisonStory {
	readonly #run: Run;
	readonly #plan: ComparePlan;
	readonly #sides: readonly [PreparedSide, PreparedSide];
	readonly #tallies = NAMES.map(() => new Tally());
	readonly #sets: ProcessSet[] = [];
	readonly #startedAt = new Date();
	readonly #beganMs = clock.now();
	#mostSets = MOST_SETS;
	#answersDiffer: string | null = null;
	#cpuSource: "schedstat" | "cpuUsage" = "schedstat";
	#processes = 1;
	#finished = false;

	constructor(run: Run, plan: ComparePlan, sides: readonly [PreparedSide, PreparedSide]) {
		this.#run = run;
		this.#plan = plan;
		this.#sides = sides;
	}

	async tell(): Promise<void> {
		const { record } = this.#run;
		const { side } = this.#sides[1];
		record.target = { ...record.target, argv: [...side.argv], cwd: side.cwd };
		try {
			await this.#measure();
		} finally {
			this.#conclude();
		}
		const [base, head] = record.measurements;
		if (base === undefined || head === undefined) return;
		for (const collector of this.#plan.collectors) {
			await this.#profile(collector, 0, base);
			await this.#profile(collector, 1, head);
		}
	}

	async #measure(): Promise<void> {
		const { design } = this.#plan;
		const random = seededRandom(design.seed);
		const plan = {
			...design,
			variants: this.#sides.length,
			laterSets: {
				withinMs: design.withinMs,
				sets: SETS_TO_FIT,
				shareOfRest: design.setIsGiven ? null : SHARE_OF_REST,
				shortestMs: SHORTEST_SET_MS,
				longestMs: LONGEST_SET_MS,
			},
		};
		for await (const event of measureSets((order, set) => this.#start(order, set), plan, random, clock)) {
			this.#plan.signal.throwIfAborted();
			if (event.kind === "started") this.#plan.say(this.#progress(event.set));
			if (event.kind !== "set") continue;
			this.#sets.push(event.set);
			this.#refuseRateLimit();
			if (this.#sets.length === 1) this.#mostSets = this.#setsThatFit();
			const decided = this.#saveEvidence();
			this.#finished = (decided && !design.untilTimeIsOver) || this.#timeIsOver();
			if (this.#finished) return;
		}
	}

	#progress(set: number): string {
		const elapsed = Math.round((clock.now() - this.#beganMs) / 1e3);
		return `process set ${set + 1}, ${elapsed} s of at most ${this.#plan.design.withinMs / 1e3} s`;
	}

	/** The looks are planned by the first set, which is the slowest one: files are not in the cache yet. */
	#setsThatFit(): number {
		const { withinMs, firstLook } = this.#plan.design;
		const [first] = this.#sets;
		const fit = first === undefined ? 0 : Math.floor((withinMs / first.endedAtMs) * 1.25);
		return Math.min(MOST_SETS, Math.max(firstLook, SETS_TO_FIT, fit));
	}

	#timeIsOver(): boolean {
		const elapsedMs = clock.now() - this.#beganMs;
		const perSetMs = elapsedMs / this.#sets.length;
		// Looks beyond the planned ones would spend more than the promised error.
		return this.#sets.length >= this.#mostSets || elapsedMs + perSetMs > this.#plan.design.withinMs;
	}

	async #start(order: readonly number[], set: number): Promise<LiveSet> {
		const { endpoint } = this.#plan;
		const started = await startTogether(order, availableParallelism(), (index) => this.#startSide(index));
		const targets = await allStarted(started);
		try {
			if (set === 0) await this.#meet(targets);
			for (const tally of this.#tallies) tally.beginSet();
			return await openLiveSet(
				targets.map((target, index) => ({
					name: NAMES[index] as string,
					target,
					order: closedOrder(target, endpoint, this.#plan, this.#plan.design.clients),
				})),
				{
					generator: await this.#run.generator(),
					signal: this.#plan.signal,
					onSlice: (variant, slice) => this.#tallies[variant]?.add(slice),
					onWarmup: (variant, slice) => this.#tallies[variant]?.addWarmup(slice),
				},
			);
		} catch (error) {
			await Promise.all(targets.map((target) => target.end()));
			throw error;
		}
	}

	async #startSide(index: number): Promise<RunningTarget> {
		const { endpoint, design } = this.#plan;
		const name = NAMES[index] as string;
		const side = this.#sides[index] as PreparedSide;
		const options = {
			label: name,
			nodeFlags: youngGenerationFlags(design.semiSpaceMiB),
			pinWhenReady: true,
			endGraceMs: END_GRACE_MS,
		};
		try {
			return await this.#run.startTarget(endpoint, options, side.spec);
		} catch (error) {
			if (!(error instanceof KnownError)) throw error;
			throw hasTakenPort(error) ? sharedPort(error) : error.of(name);
		}
	}

	/** The first processes tell whether it is the same work that is compared, and where CPU figures come from. */
	async #meet(targets: readonly RunningTarget[]): Promise<void> {
		const { endpoint } = this.#plan;
		const [base, head] = await Promise.all(targets.map(({ origin }) => fetchAnswer(origin, endpoint)));
		if (base !== undefined && head !== undefined) this.#answersDiffer = answerDifference(base, head);
		if (this.#answersDiffer !== null) {
			this.#plan.warn(`the sides answer ${endpointName(endpoint)} differently: ${this.#answersDiffer}`);
		}
		const reader = targets[0] === undefined ? null : cpuReaderOf(targets[0]);
		this.#cpuSource = reader?.source ?? this.#cpuSource;
		this.#processes = reader?.processes ?? 0;
	}

	#refuseRateLimit(): void {
		for (const [index, tally] of this.#tallies.entries()) {
			const share = tally.shareOfStatus(TOO_MANY_REQUESTS);
			if (share < RATE_LIMITED_SHARE) continue;
			throw new KnownError({
				code: "TARGET_ANSWER",
				what: `${NAMES[index]} answers ${(share * 100).toFixed(0)} % of the requests with 429`,
				why: "it limits the rate, so the error path would be compared",
				fix: "switch its rate limit off for the comparison",
			});
		}
	}

	#judgeDesign(): JudgeDesign {
		const { alpha, margins, weights, primary, firstLook, seed } = this.#plan.design;
		return { alpha, margins, weights, primary, firstLook, mostSets: this.#mostSets, seed };
	}

	/** Writes what is known by now into the record, and says whether it decides the comparison. */
	#saveEvidence(): boolean {
		const { record } = this.#run;
		const { design } = this.#plan;
		const judgeDesign = this.#judgeDesign();
		const { effects, typicalCpuChange, verdict, decided } = judge(this.#sets, PAIR, judgeDesign);
		record.comparison = {
			sides: [this.#sides[0].side, this.#sides[1].side],
			design: {
				clients: design.clients,
				sliceMs: design.sliceMs,
				setMs: this.#sets.length === 0 ? design.setMs : median(this.#sets.map(measuredMs)),
				warmupRequests: design.warmupRequests,
				withinMs: design.withinMs,
				alpha: design.alpha,
				firstLook: design.firstLook,
				mostSets: this.#mostSets,
				seed: design.seed,
				semiSpaceMiB: design.semiSpaceMiB,
			},
			answersDiffer: this.#answersDiffer,
			sets: toComparedSets(this.#sets, PAIR),
			effects: [...effects],
			typicalCpuChange,
			running: runningEffects(this.#sets, PAIR, judgeDesign),
			verdict,
			elapsedMs: clock.now() - this.#beganMs,
		};
		record.measurements = this.#sets.length === 0 ? [] : NAMES.map((_, index) => this.#measurement(index));
		this.#run.save();
		return decided;
	}

	#conclude(): void {
		this.#saveEvidence();
		const { record } = this.#run;
		this.#run.note(...record.measurements.flatMap(findingsOfMeasurement));
		if (record.comparison === null) return;
		if (this.#plan.command === "calibrate") {
			this.#calibrate(record.comparison);
		} else {
			this.#run.note(...findingsOfComparison(record.comparison, record.machine), ...calibrationNotes(record.machine));
		}
	}

	/** Keeps what two equal sides say of the machine. */
	#calibrate(comparison: Comparison): void {
		const { record, cpus } = this.#run;
		this.#run.note(...machineAdvice(cpus).map(adviceNote));
		if (!this.#finished) return;
		record.calibration = calibrationOf(comparison, {
			machineKey: machineKeyOf(record.machine),
			target: `${comparison.sides[0].label}, ${endpointName(this.#plan.endpoint)}`,
			measuredAt: new Date().toISOString(),
		});
		if (record.calibration !== null) saveCalibration(record.calibration);
	}

	#measurement(variant: number): Measurement {
		const name = NAMES[variant] as string;
		return (this.#tallies[variant] as Tally).measurement({
			variant,
			sets: this.#sets,
			pinnedCpus: this.#run.cpus.generator,
			cpuSource: this.#cpuSource,
			processes: this.#processes,
			frame: cleanFrame(name, this.#plan, this.#startedAt, !this.#finished),
		});
	}

	#profile(collector: Collector, index: number, clean: Measurement): Promise<void> {
		const { spec } = this.#sides[index] as PreparedSide;
		return profile(this.#run, collector, {
			endpoint: this.#plan.endpoint,
			spec,
			variant: NAMES[index] as string,
			clean,
		});
	}
}

/** Both sides run at once, so one of them dies of the other's port where it is fixed. */
const hasTakenPort = ({ code, details }: KnownError): boolean =>
	code === "TARGET_DIED" && details.some((line) => /EADDRINUSE|[Aa]ddress already in use/.test(line));

const sharedPort = (error: KnownError): KnownError =>
	error.with({
		what: "base and head cannot run at once",
		why: "their port is fixed, and taken by the other one or by another process",
		fix: "let the server take its port from the environment: listen(process.env.PORT)",
	});

function calibrationNotes(machine: Machine): Finding[] {
	const calibration = readCalibration(machineKeyOf(machine));
	return calibration === null ? [] : calibrationNote(calibration);
}
