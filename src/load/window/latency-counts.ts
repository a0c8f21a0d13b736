import { bucketOf } from "#src/analyse/latency/buckets.js";
import type { TakenLatencies } from "#src/load/order/ipc-messages.js";

/** Counts of latencies by HDR bucket, in a table that is allocated once and read out without a pause worth mentioning. */
export class LatencyCounts {
	readonly #table: Uint32Array;
	readonly #highestNs: number;
	#sumNs = 0;
	#maxNs = 0;

	/** @param highestNs longer latencies count as this one */
	constructor(highestNs: number) {
		this.#highestNs = highestNs;
		this.#table = new Uint32Array(bucketOf(highestNs) + 1);
	}

	/** @param valueNs a whole number, at least 0 */
	add(valueNs: number): void {
		const clamped = Math.min(valueNs, this.#highestNs);
		const bucket = bucketOf(clamped);
		this.#table[bucket] = (this.#table[bucket] as number) + 1;
		this.#sumNs += clamped;
		if (clamped > this.#maxNs) this.#maxNs = clamped;
	}

	/** What was counted since the last call; the table is empty afterwards. */
	take(): TakenLatencies {
		const table = this.#table;
		let used = 0;
		for (let bucket = 0; bucket < table.length; bucket++) if (table[bucket] !== 0) used++;
		const pairs = new Uint32Array(2 * used);
		let at = 0;
		for (let bucket = 0; bucket < table.length && at < pairs.length; bucket++) {
			const count = table[bucket] as number;
			if (count === 0) continue;
			pairs[at++] = bucket;
			pairs[at++] = count;
			table[bucket] = 0;
		}
		const taken = { pairs, sumNs: this.#sumNs, maxNs: this.#maxNs };
		this.#sumNs = 0;
		this.#maxNs = 0;
		return taken;
	}
}
