import type { MatrixPlan } from "./plan.js";
import { mostToProfile } from "./variants-to-profile.js";

/** Start, compiling and reading what the profiler brought, beside warm-up and window. */
const PROFILE_REST_MS = 2_000;
/** Of what is left after the layers were found, at the most, for flamegraphs. */
const MOST_FOR_PROFILES = 1 / 3;

type Timed = Pick<MatrixPlan, "design" | "load" | "whatToProfile" | "cpuCollectors" | "allocationCollectors">;

/** What the time that the user gave is for: finding layers, sets, flamegraphs, in this order. */
export class TimePlan {
	readonly #plan: Timed;
	readonly #now: () => number;
	readonly #beganMs: number;
	/** The longest profile so far. */
	#profileMs: number;

	constructor(plan: Timed, now: () => number) {
		this.#plan = plan;
		this.#now = now;
		this.#beganMs = now();
		this.#profileMs = plan.load.warmupMs + plan.load.durationMs + PROFILE_REST_MS;
	}

	get tookMs(): number {
		return this.#now() - this.#beganMs;
	}

	get leftMs(): number {
		return this.#plan.design.withinMs - this.tookMs;
	}

	/** For the sets, once it is known how many factors there are. */
	forSetsMs(factors: number): number {
		const { whatToProfile, cpuCollectors, allocationCollectors } = this.#plan;
		const profiles = mostToProfile(whatToProfile, factors) * (cpuCollectors.length + allocationCollectors.length);
		const leftMs = Math.max(0, this.leftMs);
		return leftMs - Math.min(MOST_FOR_PROFILES * leftMs, profiles * this.#profileMs);
	}

	/** Whether so many profiles still fit. */
	hasTimeFor(profiles: number): boolean {
		return profiles * this.#profileMs <= this.leftMs;
	}

	/** Takes a profile, and notes how long they take. */
	async profiling<T>(work: () => Promise<T>): Promise<T> {
		const beganMs = this.#now();
		try {
			return await work();
		} finally {
			this.#profileMs = Math.max(this.#profileMs, this.#now() - beganMs);
		}
	}
}
