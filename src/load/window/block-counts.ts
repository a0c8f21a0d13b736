import type { RawBlock } from "#src/load/order/ipc-messages.js";
import type { SeriesName } from "#src/load/order/order.js";
import { LatencyCounts } from "./latency-counts.js";

/** Longer than a stream can be read: an hour until its first event and an hour from there. */
const LONGEST_STREAM_NS = 3 * 3_600e9;

/** What is counted in one block after the other. */
export class BlockCounts {
	readonly #serviceTimes: LatencyCounts;
	readonly #series = new Map<SeriesName, LatencyCounts>();
	readonly #highestNs: number;
	#ok = 0;
	#unexpected = 0;
	#errors = 0;
	#bodyBytes = 0;

	/** @param highestNs longer service times count as this one, and other latencies but those of streams as twice of it */
	constructor(highestNs: number) {
		this.#highestNs = highestNs;
		this.#serviceTimes = new LatencyCounts(highestNs);
	}

	/** Expected answers of this block. */
	get answers(): number {
		return this.#ok;
	}

	ok(serviceNs: number, bodyBytes: number): void {
		this.#ok++;
		this.#bodyBytes += bodyBytes;
		this.#serviceTimes.add(serviceNs);
	}

	unexpected(bodyBytes: number): void {
		this.#unexpected++;
		this.#bodyBytes += bodyBytes;
	}

	error(): void {
		this.#errors++;
	}

	timedOut(timeoutNs: number): void {
		this.#serviceTimes.add(timeoutNs);
	}

	received(bodyBytes: number): void {
		this.#bodyBytes += bodyBytes;
	}

	also(name: SeriesName, valueMs: number): void {
		let counts = this.#series.get(name);
		if (counts === undefined) {
			// What waits for its turn before it is sent may take its time-out twice; a stream may go on for longer than any answer.
			counts = new LatencyCounts(name === "stream" ? LONGEST_STREAM_NS : 2 * this.#highestNs);
			this.#series.set(name, counts);
		}
		counts.add(Math.max(0, Math.round(valueMs * 1e6)));
	}

	/** What was counted since the last call; nothing is afterwards. */
	take(): Omit<RawBlock, "startMs" | "durationMs"> {
		const { pairs, sumNs, maxNs } = this.#serviceTimes.take();
		const series = [...this.#series].map(([name, counts]) => ({ name, ...counts.take() }));
		const taken = {
			ok: this.#ok,
			unexpected: this.#unexpected,
			errors: this.#errors,
			bodyBytes: this.#bodyBytes,
			sumNs,
			maxNs,
			pairs,
			series: series.filter((each) => each.pairs.length > 0),
		};
		this.#ok = 0;
		this.#unexpected = 0;
		this.#errors = 0;
		this.#bodyBytes = 0;
		return taken;
	}
}
