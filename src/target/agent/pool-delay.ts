import { access } from "node:fs";

/**
 * How long a task waits for a thread of libuv's pool: one that takes the pool some microseconds is handed over now and then. Its answer
 * also waits for the event loop; by how much that was late meanwhile is taken off, so what is left is the pool's at least.
 */
export class PoolDelay {
	readonly #delaysMs: number[] = [];
	#asked: { readonly atMs: number; loopLateMs: number } | null = null;

	/** Asks, unless the last answer is still out. */
	ask(): void {
		if (this.#asked !== null) return;
		const asked = { atMs: performance.now(), loopLateMs: 0 };
		this.#asked = asked;
		access("/", () => {
			if (this.#asked !== asked) return;
			this.#asked = null;
			this.#delaysMs.push(Math.max(0, performance.now() - asked.atMs - asked.loopLateMs));
		});
	}

	/** The event loop was this late. */
	loopWasLate(ms: number): void {
		if (this.#asked !== null) this.#asked.loopLateMs += ms;
	}

	/** Median and longest, in nanoseconds; null without an answer. What is still out counts as long as it is. */
	close(): { readonly p50Ns: number; readonly maxNs: number } | null {
		if (this.#asked !== null) {
			this.#delaysMs.push(Math.max(0, performance.now() - this.#asked.atMs - this.#asked.loopLateMs));
		}
		this.#asked = null;
		const sorted = this.#delaysMs.toSorted((a, b) => a - b);
		const [p50, max] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
		return p50 === undefined || max === undefined ? null : { p50Ns: p50 * 1e6, maxNs: max * 1e6 };
	}
}
