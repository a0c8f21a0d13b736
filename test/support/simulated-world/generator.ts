import { bucketOf } from "#src/analyse/latency/buckets.js";
import type { LoadGenerator } from "#src/load/handle/generator-process.js";
import { windowResult } from "#src/load/handle/window-result.js";
import type { RawBlock, RawSlice } from "#src/load/order/ipc-messages.js";
import type { LoadOrder, LoadProgress } from "#src/load/order/order.js";
import { noErrors } from "#src/model/load-words.js";
import type { Steps } from "./steps.js";
import type { SimulatedTarget } from "./target.js";

/** What was answered in a stretch of load. */
interface Stretch {
	readonly planned: number;
	readonly ok: number;
	readonly limited: number;
	readonly latencyNs: number;
	readonly tailNs: number;
}

const BLOCK_MS = 500;
/** Of an open loop whose rate is beyond what the target can do. */
const QUEUED_NS = 1_900;
const TAIL_SHARE = 0.02;

/** A generator that loads simulated targets on a simulated clock. */
export class SimulatedGenerator implements LoadGenerator {
	readonly pid = 999;
	readonly pinnedCpus = null;
	isClosed = false;
	#orders: readonly LoadOrder[] = [];
	#begunAtMs = 0;
	#countedUntilMs = 0;
	#ok = 0;

	constructor(
		readonly steps: Steps,
		readonly clock: { nowMs: number },
		readonly targetOf: (origin: string) => SimulatedTarget,
	) {}

	async begin(order: LoadOrder): Promise<void> {
		await this.steps.take("generator begin");
		this.#orders = [order];
		this.#begunAtMs = this.clock.nowMs;
		this.#countedUntilMs = this.clock.nowMs;
		this.#ok = 0;
	}

	async progress(): Promise<LoadProgress> {
		await this.steps.take("generator progress");
		this.#dies("warm-up");
		// What is new since the last look, or since the window closed.
		this.#ok += this.#load(0, this.clock.nowMs - this.#countedUntilMs, true).ok;
		this.#countedUntilMs = this.clock.nowMs;
		const elapsedNs = (this.clock.nowMs - this.#begunAtMs) * 1e6;
		return { ok: this.#ok, unexpectedStatus: {}, errors: noErrors(), tallies: {}, elapsedNs };
	}

	async caughtUp(): Promise<void> {
		await this.steps.take("generator caught up");
	}

	async record(durationMs: number, onSecond?: (index: number) => void, signal?: AbortSignal) {
		await this.steps.take("generator record");
		this.#dies("window");
		// Who waits for the death of a target hears of it first.
		await Promise.resolve();
		const cutShort = signal?.aborted === true || !this.#target(0).isAlive;
		const windowMs = cutShort ? durationMs / 2 : durationMs;
		const blocks = Array.from({ length: Math.ceil(windowMs / BLOCK_MS) }, (_, index): RawBlock => {
			const startMs = index * BLOCK_MS;
			const blockMs = Math.min(BLOCK_MS, windowMs - startMs);
			const block = this.#block(startMs, blockMs);
			this.clock.nowMs += blockMs;
			if ((startMs + blockMs) % 1_000 === 0) onSecond?.(startMs / 1_000);
			return block;
		});
		const limited = blocks.reduce((sum, { unexpected }) => sum + unexpected, 0);
		const planned = blocks.reduce((sum, { ok, unexpected }) => sum + ok + unexpected, 0);
		this.#ok += planned - limited;
		this.#countedUntilMs = this.clock.nowMs;
		return windowResult({
			windowMs,
			cutShort,
			blocks,
			unexpectedStatus: limited === 0 ? {} : { "429": limited },
			unexpectedPairs: Uint32Array.of(),
			errors: noErrors(),
			health: { cpuNs: windowMs * 2e5, eventLoopUtilization: 0.2, runQueueWaitNs: 0, reconnects: 0 },
			tallies: this.#orders[0]?.load.kind === "open" ? { planned: this.#planned(windowMs, planned), missed: 0 } : {},
			unansweredMs: [],
		});
	}

	async beginSlices(orders: readonly LoadOrder[]): Promise<void> {
		await this.steps.take("generator beginSlices");
		this.#orders = orders;
	}

	async slice(
		target: number,
		end: { readonly durationMs: number; readonly answers: number | null },
	): Promise<RawSlice> {
		await this.steps.take(`generator slice ${target}`);
		this.#dies(end.answers === null ? "window" : "warm-up", target);
		await Promise.resolve();
		const most = this.#load(target, end.durationMs, false).ok;
		const durationMs =
			end.answers === null || most === 0 ? end.durationMs : (end.durationMs * Math.min(end.answers, most)) / most;
		const stretch = this.#load(target, durationMs, true);
		this.clock.nowMs += durationMs;
		return {
			durationMs,
			ok: stretch.ok,
			unexpectedStatus: stretch.limited === 0 ? {} : { "429": stretch.limited },
			errors: noErrors(),
			bodyBytes: stretch.ok * 100,
			reconnects: 0,
			...latenciesOf(stretch),
			generatorCpuNs: durationMs * 2e5,
			generatorBusyMs: durationMs / 5,
		};
	}

	async end(): Promise<void> {
		await this.steps.take("generator end");
		this.#orders = [];
	}

	async close(): Promise<void> {
		await this.steps.take("generator close");
		this.isClosed = true;
	}

	#target(index: number): SimulatedTarget {
		return this.targetOf(this.#orders[index]?.origin ?? "nowhere");
	}

	#dies(when: "warm-up" | "window", index = 0): void {
		const target = this.#target(index);
		if (target.truth.diesAt === when) target.die();
	}

	/** @param counts whether the target is to remember it */
	#load(index: number, durationMs: number, counts: boolean): Stretch {
		const target = this.#target(index);
		const { load } = this.#orders[index] as LoadOrder;
		const { latencyNs, tailNs, limitedShare, cpuNs } = target.truth;
		const capacity = durationMs * (1e6 / cpuNs);
		const planned = Math.round(
			load.kind === "closed"
				? Math.min((load.clients * durationMs * 1e6) / latencyNs, capacity)
				: (load.ratePerSecond * durationMs) / 1e3,
		);
		const done = Math.round(Math.min(planned, capacity));
		if (counts) target.serve(done);
		const limited = Math.round(done * limitedShare);
		const slow = done < planned * 0.99;
		return {
			planned,
			ok: done - limited,
			limited,
			latencyNs: slow ? QUEUED_NS : latencyNs,
			tailNs: slow ? QUEUED_NS : tailNs,
		};
	}

	#planned(windowMs: number, done: number): number {
		const load = this.#orders[0]?.load;
		return load?.kind === "open" ? Math.round((load.ratePerSecond * windowMs) / 1e3) : done;
	}

	#block(startMs: number, durationMs: number): RawBlock {
		const stretch = this.#load(0, durationMs, true);
		const latencies = latenciesOf(stretch);
		return {
			startMs,
			durationMs,
			ok: stretch.ok,
			unexpected: stretch.limited,
			errors: 0,
			bodyBytes: stretch.ok * 100,
			...latencies,
			series: this.#orders[0]?.load.kind === "open" ? [{ name: "response", ...latencies }] : [],
		};
	}
}

function latenciesOf({ ok, latencyNs, tailNs }: Stretch): Pick<RawSlice, "pairs" | "sumNs" | "maxNs"> {
	const slow = Math.round(ok * TAIL_SHARE);
	const counts = [
		[latencyNs, ok - slow],
		[tailNs, slow],
	].filter(([, count]) => count !== undefined && count > 0) as [number, number][];
	return {
		pairs: Uint32Array.from(counts.flatMap(([ns, count]) => [bucketOf(ns), count])),
		sumNs: counts.reduce((sum, [ns, count]) => sum + ns * count, 0),
		maxNs: Math.max(0, ...counts.map(([ns]) => ns)),
	};
}
