import { performance } from "node:perf_hooks";
import type { AttemptCounter } from "#src/load/clients/client.js";
import { HealthProbe } from "#src/load/generator/health.js";
import type { RawBlock, RawWindow } from "#src/load/order/messages.js";
import { addErrors, type ErrorKind, type LoadProgress, noErrors, type SeriesName } from "#src/load/order/order.js";
import { LatencyCounts } from "./latency-counts.js";

const BLOCK_MS = 250;
const BLOCKS_PER_SECOND = 4;
/** Longer than a stream can be read: an hour until its first event and an hour from there. */
const LONGEST_STREAM_NS = 3 * 3_600e9;

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
export class Recording implements AttemptCounter {
	readonly #begunAt = performance.now();
	readonly #serviceTimes: LatencyCounts;
	readonly #unexpectedTimes: LatencyCounts;
	readonly #highestNs: number;
	readonly #hooks: RecordingHooks;
	readonly #series = new Map<SeriesName, LatencyCounts>();
	#tallies = new Map<string, number>();
	#blockStart = this.#begunAt;
	#blockEnd = this.#begunAt + BLOCK_MS;
	#ok = 0;
	#unexpected = 0;
	#failed = 0;
	#bodyBytes = 0;
	#reconnects = 0;
	#errors = noErrors();
	#statuses = new Map<number, number>();
	#before = { ok: 0, errors: noErrors(), statuses: new Map<number, number>() };
	#okOfWindow = 0;
	#window: Window | null = null;
	#timer: NodeJS.Timeout | null = null;

	/** @param highestNs longer service times count as this one, and other latencies but those of streams as twice of it */
	constructor(highestNs: number, hooks: RecordingHooks) {
		this.#highestNs = highestNs;
		this.#serviceTimes = new LatencyCounts(highestNs);
		this.#unexpectedTimes = new LatencyCounts(highestNs);
		this.#hooks = hooks;
		this.#arm();
	}

	ok(endedAt: number, serviceNs: number, bodyBytes: number): void {
		if (endedAt >= this.#blockEnd) this.#roll(endedAt);
		this.#ok++;
		this.#bodyBytes += bodyBytes;
		this.#serviceTimes.add(serviceNs);
	}

	unexpected(endedAt: number, serviceNs: number, bodyBytes: number, status: number): void {
		if (endedAt >= this.#blockEnd) this.#roll(endedAt);
		this.#unexpected++;
		this.#bodyBytes += bodyBytes;
		this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
		this.#unexpectedTimes.add(serviceNs);
	}

	timeout(deadlineMs: number, timeoutNs: number): void {
		this.error(deadlineMs, "timeout");
		this.#serviceTimes.add(timeoutNs);
	}

	error(endedAt: number, kind: ErrorKind): void {
		if (endedAt >= this.#blockEnd) this.#roll(endedAt);
		this.#failed++;
		this.#errors[kind]++;
	}

	also(name: SeriesName, endedAt: number, valueMs: number): void {
		if (endedAt >= this.#blockEnd) this.#roll(endedAt);
		let counts = this.#series.get(name);
		if (counts === undefined) {
			// What waits for its turn before it is sent may take its time-out twice; a stream may go on for longer than any answer.
			counts = new LatencyCounts(name === "stream" ? LONGEST_STREAM_NS : 2 * this.#highestNs);
			this.#series.set(name, counts);
		}
		counts.add(Math.max(0, Math.round(valueMs * 1e6)));
	}

	tally(name: string, by: number): void {
		this.#tallies.set(name, (this.#tallies.get(name) ?? 0) + by);
	}

	received(at: number, bodyBytes: number): void {
		if (at >= this.#blockEnd) this.#roll(at);
		this.#bodyBytes += bodyBytes;
	}

	reconnected(): void {
		this.#reconnects++;
	}

	progress(): LoadProgress {
		const statuses = new Map(this.#before.statuses);
		for (const [status, count] of this.#statuses) statuses.set(status, (statuses.get(status) ?? 0) + count);
		return {
			ok: this.#before.ok + this.#okOfWindow + this.#ok,
			unexpectedStatus: Object.fromEntries(statuses),
			errors: addErrors(this.#before.errors, this.#errors),
			tallies: Object.fromEntries(this.#tallies),
			elapsedNs: Math.round((performance.now() - this.#begunAt) * 1e6),
		};
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
		this.#carryOver();
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
		const { pairs, sumNs, maxNs } = this.#serviceTimes.take();
		const series = [...this.#series].map(([name, counts]) => ({ name, ...counts.take() }));
		if (this.#window === null) {
			this.#before.ok += this.#ok;
		} else {
			const startMs = this.#window.closedBlocks * BLOCK_MS;
			const isWhole = end - this.#blockStart > BLOCK_MS - 1e-6;
			this.#window.blocks.push({
				startMs,
				durationMs: isWhole ? BLOCK_MS : end - this.#blockStart,
				ok: this.#ok,
				unexpected: this.#unexpected,
				errors: this.#failed,
				bodyBytes: this.#bodyBytes,
				sumNs,
				maxNs,
				pairs,
				series: series.filter((each) => each.pairs.length > 0),
			});
			this.#window.closedBlocks++;
			this.#okOfWindow += this.#ok;
		}
		this.#ok = 0;
		this.#unexpected = 0;
		this.#failed = 0;
		this.#bodyBytes = 0;
	}

	/** Moves what was counted until now out of the way of the next window. */
	#carryOver(): void {
		this.#before.ok += this.#okOfWindow;
		this.#before.errors = addErrors(this.#before.errors, this.#errors);
		for (const [status, count] of this.#statuses) {
			this.#before.statuses.set(status, (this.#before.statuses.get(status) ?? 0) + count);
		}
		this.#okOfWindow = 0;
		this.#errors = noErrors();
		this.#statuses = new Map();
		this.#tallies = new Map();
		this.#unexpectedTimes.take();
	}

	#closeWindow(end: number): void {
		const window = this.#window;
		if (window === null) return;
		const health = window.health.read(this.#reconnects);
		this.#window = null;
		const raw: RawWindow = {
			windowMs: end - window.startedAt,
			cutShort: end < window.endsAt,
			blocks: window.blocks,
			unexpectedStatus: Object.fromEntries(this.#statuses),
			unexpectedPairs: this.#unexpectedTimes.take().pairs,
			errors: this.#errors,
			health,
			tallies: Object.fromEntries(this.#tallies),
			unansweredMs: this.#hooks.waitsAt(end),
		};
		this.#carryOver();
		window.onClosed(raw);
	}
}
