import type { ProcessSet } from "#src/analyse/comparison/process-set.js";
import {
	FIRST_LOOK,
	isClear,
	MOST_SETS,
	outcomeOf,
	ROTATION,
	type TrialRules,
	takenBackOf,
} from "#src/analyse/diagnosis/taken-back.js";
import { KnownError, messageOf } from "#src/errors.js";
import { measureSets, type SetPhase } from "#src/measure/interleave.js";
import type { TakenBack, Trial } from "#src/model/diagnosis.js";
import type { Slices } from "#src/model/measurement.js";
import type { MetricName } from "#src/model/metric-names.js";
import type { PreparedSide } from "#src/sides/side-request.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import type { CompareDesign } from "./compare-design.js";
import { LiveSides, SIDE_NAMES } from "./live-sides.js";
import type { OpenRun } from "./open-run.js";
import { slicesFrame } from "./slices-frame.js";

/** Base, head, and head without something. */
export interface Rotation {
	readonly endpoint: EndpointRequest;
	readonly timeoutMs: number;
	readonly sides: readonly [PreparedSide, PreparedSide];
	readonly without: PreparedSide;
	/** Of the third, for people, logs and measurements. */
	readonly name: string;
	readonly design: CompareDesign;
	readonly rules: TrialRules;
	/** Then it goes on, once it is proved, until it is clear how much is gone. */
	readonly isProof: boolean;
	readonly withinMs: number;
}

/** What a rotation came to. */
export interface Turned extends Pick<Trial, "outcome" | "reason" | "takenBack"> {
	/** Loaded ones of base, head and head without it, then light ones. */
	readonly slices: readonly Slices[];
}

const SET_MS = 900;
const SHORTEST_SET_MS = 500;
const LONGEST_SET_MS = 4_000;
const SETS_TO_FIT = 8;
/** Of its time, that a proof may take to say how much. */
const PART_FOR_CLARITY = 0.6;
/** As in a comparison: of what starting and warming takes, and what processes of one code differ by. */
const WANTED = { shareOfRest: 0.6, processSd: 0.01 } as const;
/** Under load with all clients: light slices say nothing of them. */
const UNDER_LOAD = new Set<MetricName>(["cpu", "alloc", "loaded-p50", "loaded-p99", "loaded-slow"]);

/**
 * Measures all three in one rotation, in process sets, until it is known whether the difference is gone without it, or the time is over.
 * One that cannot be started or does not live comes to nothing, and the others need not.
 * @param keep is handed what is known after every set
 * @throws what ended the run, or base or head
 */
export async function takeBack(run: OpenRun, rotation: Rotation, keep: (turned: Turned) => void): Promise<Turned> {
	const turning = new Turning(run, rotation);
	try {
		return await turning.turn(keep);
	} catch (error) {
		run.plan.signal.throwIfAborted();
		// Whichever died: without it, base and head stood all the while of the comparison.
		if (!(error instanceof KnownError) || !turning.isOfThird(error)) throw error;
		return { ...turning.soFar(), outcome: "not started", reason: messageOf(error) };
	}
}

class Turning {
	readonly #beganMs: number;
	readonly #startedAt: Date;
	readonly #live: LiveSides;
	readonly #sets: ProcessSet[] = [];
	readonly #names: readonly string[];
	#takenBack: readonly TakenBack[] = [];

	constructor(
		readonly run: OpenRun,
		readonly rotation: Rotation,
	) {
		const { sides, without, endpoint, timeoutMs, name, design } = rotation;
		const { clients, light, semiSpaceMiB } = design;
		this.#beganMs = run.world.now();
		this.#startedAt = run.world.date();
		this.#names = [...SIDE_NAMES, name];
		const loads = { light, loaded: { kind: "closed", clients } } as const;
		this.#live = new LiveSides(run, [...sides, without], { endpoint, loads, timeoutMs, semiSpaceMiB }, this.#names);
	}

	isOfThird = (error: KnownError): boolean => this.#live.failed(error) === ROTATION.without;

	async turn(keep: (turned: Turned) => void): Promise<Turned> {
		const { run, rotation } = this;
		const { world, plan } = run;
		const { design, withinMs, rules } = rotation;
		const start = (order: readonly number[], set: number) => this.#live.start(order, set);
		const interleaved = {
			...design,
			variants: this.#names.length,
			withinMs,
			light: rules.metrics.some((metric) => !UNDER_LOAD.has(metric)) ? ("every round" as const) : ("none" as const),
			sampledShare: 0,
			bytes: null,
			setMs: SET_MS,
			laterSets: {
				...{ withinMs, sets: SETS_TO_FIT, wanted: WANTED },
				...{ shortestMs: SHORTEST_SET_MS, longestMs: LONGEST_SET_MS },
			},
		};
		for await (const event of measureSets(start, interleaved, world.random(design.seed), world)) {
			plan.signal.throwIfAborted();
			if (event.kind === "phase") plan.say(this.#progress(event.phase));
			if (event.kind !== "set") continue;
			this.#sets.push(event.set);
			this.#takenBack = takenBackOf(this.#sets, rules);
			const turned = this.soFar();
			keep(turned);
			plan.signal.throwIfAborted();
			if (this.#isOver(turned)) return turned;
		}
		return this.soFar();
	}

	soFar(): Turned {
		const decided = this.#sets.length < FIRST_LOOK ? null : outcomeOf(this.#takenBack, this.rotation.rules.clearest);
		return {
			outcome: decided ?? "undecided",
			reason: null,
			takenBack: this.#takenBack,
			slices: this.#sets.length === 0 ? [] : this.#slices(),
		};
	}

	#slices(): Slices[] {
		const { rotation, run } = this;
		const { endpoint, timeoutMs, name } = rotation;
		const { cpuSource, processes, tallies, how } = this.#live;
		return (["loaded", "light"] as const).flatMap((regime) =>
			tallies.flatMap((tally, variant) => {
				const frame = { endpoint, regime, load: { ...how.loads[regime], timeoutMs } };
				// The same sides were measured before: these are told apart by what they stood beside.
				const own = variant === ROTATION.without ? name : `${this.#names[variant]} beside ${name}`;
				const slices = tally[regime].slices({
					...{ variant, sets: this.#sets, pinnedCpus: run.cpus.generator, cpuSource, processes },
					frame: slicesFrame(own, frame, this.#startedAt, false),
				});
				return slices.counts.attempted === 0 ? [] : [slices];
			}),
		);
	}

	#progress(phase: SetPhase): string {
		const { name, withinMs } = this.rotation;
		return `${name}: process set ${this.#sets.length + 1}, at most ${Math.round(withinMs / 1e3)} s: ${phase}`;
	}

	#isOver({ outcome, takenBack }: Turned): boolean {
		if (this.#sets.length >= MOST_SETS || this.#partOfTime() > 1) return true;
		if (outcome !== "proved") return outcome !== "undecided";
		return !this.rotation.isProof || isClear(takenBack) || this.#partOfTime() > PART_FOR_CLARITY;
	}

	/** Of what it may take, with one set more. */
	#partOfTime(): number {
		const elapsedMs = this.run.world.now() - this.#beganMs;
		return (elapsedMs + elapsedMs / this.#sets.length) / this.rotation.withinMs;
	}
}
