import { performance } from "node:perf_hooks";
import type { OpenArrivals } from "#src/load/order/order.js";
import { type RandomSource, seededRandom } from "#src/random.js";

/** Milliseconds before an arrival from which on the clock is polled: timers fire up to a millisecond late and more. */
const POLL_FROM_MS = 2.5;

/** Milliseconds from one arrival to the next, for ever. */
export function arrivalGaps({ ratePerSecond, arrivals, seed }: Omit<OpenArrivals, "kind">): () => number {
	const meanMs = 1_000 / ratePerSecond;
	if (arrivals === "constant") return () => meanMs;
	const random: RandomSource = seededRandom(seed);
	// The inverse of the exponential distribution; 1 − u is never 0.
	return () => -Math.log(1 - random()) * meanMs;
}

/**
 * Says when requests are due, at times that are planned from the start: one that comes late moves none of those after it.
 * With `spin` it polls the clock when the next one is near, which keeps a core busy and requests on time to a few
 * microseconds; without, timers are used and those due within a millisecond leave together.
 */
export class Pacer {
	readonly #onArrival: (plannedAt: number, now: number) => void;
	readonly #nextGapMs: () => number;
	readonly #spin: boolean;
	#nextAt = 0;
	#timer: NodeJS.Timeout | null = null;
	#poll: NodeJS.Immediate | null = null;
	#stopped = false;

	/** @param onArrival told of each request that is due, with the milliseconds of performance.now() it was due at */
	constructor(arrivals: OpenArrivals, onArrival: (plannedAt: number, now: number) => void) {
		this.#onArrival = onArrival;
		this.#nextGapMs = arrivalGaps(arrivals);
		this.#spin = arrivals.spin;
	}

	start(): void {
		this.#nextAt = performance.now() + this.#nextGapMs();
		this.#wait();
	}

	stop(): void {
		this.#stopped = true;
		if (this.#timer !== null) clearTimeout(this.#timer);
		if (this.#poll !== null) clearImmediate(this.#poll);
	}

	readonly #tick = (): void => {
		let now = performance.now();
		while (this.#nextAt <= now && !this.#stopped) {
			this.#onArrival(this.#nextAt, now);
			this.#nextAt += this.#nextGapMs();
			now = performance.now();
		}
		if (!this.#stopped) this.#wait();
	};

	#wait(): void {
		const waitMs = this.#nextAt - performance.now();
		if (!this.#spin) this.#timer = setTimeout(this.#tick, Math.max(1, Math.ceil(waitMs)));
		else if (waitMs > POLL_FROM_MS) this.#timer = setTimeout(this.#tick, Math.floor(waitMs - POLL_FROM_MS + 1));
		else this.#poll = setImmediate(this.#tick);
	}
}
