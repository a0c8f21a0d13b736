import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { AttemptCounter } from "#src/load/clients/client.js";
import type { RawBlock, RawWindow } from "#src/load/order/ipc-messages.js";
import type { ErrorKind, LoadProgress, SeriesName } from "#src/load/order/order.js";
import { BlockCounts } from "./block-counts.js";
import { EndCounts } from "./end-counts.js";
import { HealthProbe } from "./generator-health.js";

const BLOCK_MS = 250;
const BLOCKS_PER_SECOND = 4;
const CATCH_UP_POLL_MS = 2;
/** A stream may go on for as long as it likes. */
const MOST_CATCHING_UP_MS = 20_000;

interface Window {
	readonly startedAt: number;
	readonly endsAt: number;
	/** Those that are closed and were not told yet. */
	blocks: RawBlock[];
	closedBlocks: number;
	readonly health: HealthProbe;
	readonly onSecond: (index: number, blocks: readonly RawBlock[]) => void;
	readonly onClosed: (window: RawWindow) => void;
}

/** What a load tells its recording. Times are milliseconds of performance.now(). */
export interface RecordingHooks {
	/** Told before a block is closed, so that deadlines that have passed by then count in it. */
	beforeRoll(untilMs: number): void;
	/** How long each of those has waited that are under way now, in milliseconds. */
	waitsAt(nowMs: number): readonly number[];
}

/**
 * Counts attempts into blocks of a quarter of a second. It always counts, also during warm-up, so that opening a window
 * changes nothing for the load: it only decides whether closed blocks are kept.
 *
 * All times are milliseconds of performance.now(), with nanoseconds in their fraction.
 */
export class WindowRecording implements AttemptCounter {
	readonly #begunAt = performance.now();
	readonly #block: BlockCounts;
	readonly #ends: EndCounts;
	readonly #hooks: RecordingHooks;
	#blockStart = this.#begunAt;
	#blockEnd = this.#begunAt + BLOCK_MS;
	/** Expected answers of blocks that are closed. */
	#answers = 0;
	#reconnects = 0;
	#window: Window | null = null;
	#timer: NodeJS.Timeout | null = null;

	/** @param highestNs longer service times count as this one, and other latencies but those of streams as twice of it */
	constructor(highestNs: number, hooks: RecordingHooks) {
		this.#block = new BlockCounts(highestNs);
		this.#ends = new EndCounts(highestNs);
		this.#hooks = hooks;
		this.#arm();
	}

	ok(endedAt: number, serviceNs: number, bodyBytes: number): void {
		if (endedAt >= this.#blockEnd) this.#roll(endedAt);
		this.#block.ok(serviceNs, bodyBytes);
	}

	unexpected(endedAt: number, serviceNs: number, bodyBytes: number, status: number): void {
		if (endedAt >= this.#blockEnd) this.#roll(endedAt);
		this.#block.unexpected(bodyBytes);
		this.#ends.unexpected(serviceNs, status);
	}

	timeout(deadlineMs: number, timeoutNs: number): void {
		this.error(deadlineMs, "timeout");
		this.#block.timedOut(timeoutNs);
	}

	error(endedAt: number, kind: ErrorKind): void {
		if (endedAt >= this.#blockEnd) this.#roll(endedAt);
		this.#block.error();
		this.#ends.error(kind);
	}

	also(name: SeriesName, endedAt: number, valueMs: number): void {
		if (endedAt >= this.#blockEnd) this.#roll(endedAt);
		this.#block.also(name, valueMs);
	}

	tally(name: string, by: number): void {
		this.#ends.tally(name, by);
	}

	received(at: number, bodyBytes: number): void {
		if (at >= this.#blockEnd) this.#roll(at);
		this.#block.received(bodyBytes);
	}

	reconnected(): void {
		this.#reconnects++;
	}

	progress(): LoadProgress {
		return {
			ok: this.#answers + this.#block.answers,
			...this.#ends.soFar(),
			elapsedNs: Math.round((performance.now() - this.#begunAt) * 1e6),
		};
	}

	/** Resolves when all that is under way now has ended, by an answer or its time-out, or after some seconds. */
	async caughtUp(): Promise<void> {
		const askedAt = performance.now();
		for (let now = askedAt; now - askedAt < MOST_CATCHING_UP_MS; now = performance.now()) {
			if (this.#hooks.waitsAt(now).every((waitedMs) => waitedMs <= now - askedAt)) return;
			await sleep(CATCH_UP_POLL_MS);
		}
	}

	get isOpen(): boolean {
		return this.#window !== null;
	}

	/**
	 * Keeps what ends from now on, for exactly `durationMs`.
	 * @param onSecond told the blocks of each full second when it has closed
	 * @param onClosed told the rest
	 */
	open(
		durationMs: number,
		onSecond: (index: number, blocks: readonly RawBlock[]) => void,
		onClosed: (window: RawWindow) => void,
	): void {
		const now = performance.now();
		this.#hooks.beforeRoll(now);
		this.#closeBlock(now);
		this.#ends.take();
		this.#window = {
			startedAt: now,
			endsAt: now + durationMs,
			blocks: [],
			closedBlocks: 0,
			health: new HealthProbe(this.#reconnects),
			onSecond,
			onClosed,
		};
		this.#startBlock(now);
	}

	/** Ends an open window before its time. */
	cut(): void {
		const now = performance.now();
		if (this.#window === null) return;
		if (now >= this.#blockEnd) this.#roll(now);
		if (this.#window === null) return;
		this.#hooks.beforeRoll(now);
		this.#closeBlock(now);
		this.#closeWindow(now);
		this.#startBlock(now);
	}

	/** Stops the clock; nothing is counted afterwards. */
	stop(): void {
		this.cut();
		if (this.#timer !== null) clearTimeout(this.#timer);
		this.#timer = null;
	}

	#roll(now: number): void {
		while (now >= this.#blockEnd) {
			const end = this.#blockEnd;
			this.#hooks.beforeRoll(end);
			this.#closeBlock(end);
			if (this.#window !== null) {
				const { blocks, closedBlocks, endsAt, onSecond } = this.#window;
				if (closedBlocks % BLOCKS_PER_SECOND === 0 && blocks.at(-1)?.durationMs === BLOCK_MS) {
					// Told and forgotten, so that a long window needs no more memory than a short one.
					this.#window.blocks = [];
					onSecond(closedBlocks / BLOCKS_PER_SECOND - 1, blocks);
				}
				if (end >= endsAt) this.#closeWindow(end);
			}
			this.#startBlock(end);
		}
	}

	#startBlock(start: number): void {
		const window = this.#window;
		this.#blockStart = start;
		// Counted from the window's start, so that rounding errors do not pile up.
		const regular = window === null ? start + BLOCK_MS : window.startedAt + (window.closedBlocks + 1) * BLOCK_MS;
		this.#blockEnd = window === null ? regular : Math.min(window.endsAt, regular);
		this.#arm();
	}

	#arm(): void {
		if (this.#timer !== null) clearTimeout(this.#timer);
		const wait = Math.max(1, Math.ceil(this.#blockEnd - performance.now()));
		this.#timer = setTimeout(() => {
			const now = performance.now();
			if (now >= this.#blockEnd) this.#roll(now);
			else this.#arm();
		}, wait);
	}

	#closeBlock(end: number): void {
		const counted = this.#block.take();
		this.#answers += counted.ok;
		if (this.#window === null) return;
		const startMs = this.#window.closedBlocks * BLOCK_MS;
		const isWhole = end - this.#blockStart > BLOCK_MS - 1e-6;
		this.#window.blocks.push({ startMs, durationMs: isWhole ? BLOCK_MS : end - this.#blockStart, ...counted });
		this.#window.closedBlocks++;
	}

	#closeWindow(end: number): void {
		const window = this.#window;
		if (window === null) return;
		const health = window.health.read(this.#reconnects);
		this.#window = null;
		window.onClosed({
			windowMs: end - window.startedAt,
			cutShort: end < window.endsAt,
			blocks: window.blocks,
			...this.#ends.take(),
			health,
			unansweredMs: this.#hooks.waitsAt(end),
		});
	}
}
