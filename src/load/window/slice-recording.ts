import { performance } from "node:perf_hooks";
import type { AttemptCounter } from "#src/load/clients/client.js";
import type { RawSlice } from "#src/load/order/ipc-messages.js";
import { type ErrorCounts, type ErrorKind, noErrors } from "#src/load/order/order.js";
import { LatencyCounts } from "./latency-counts.js";

/** Counts the attempts of one slice after the other. */
export class SliceRecording implements AttemptCounter {
	readonly #serviceTimes: LatencyCounts;
	#beganAt = 0;
	#lastEndedAt = 0;
	#ok = 0;
	#bodyBytes = 0;
	#reconnects = 0;
	#errors: ErrorCounts = noErrors();
	#statuses = new Map<number, number>();
	#cpu = process.cpuUsage();
	#loop = performance.eventLoopUtilization();

	/** @param highestNs longer latencies count as this one */
	constructor(highestNs: number) {
		this.#serviceTimes = new LatencyCounts(highestNs);
	}

	/** Attempts that have ended in this slice with an expected answer. */
	get answers(): number {
		return this.#ok;
	}

	begin(): void {
		this.#cpu = process.cpuUsage();
		this.#loop = performance.eventLoopUtilization();
		this.#beganAt = performance.now();
		this.#lastEndedAt = this.#beganAt;
	}

	ok(endedAt: number, serviceNs: number, bodyBytes: number): void {
		this.#ok++;
		this.#bodyBytes += bodyBytes;
		this.#lastEndedAt = endedAt;
		this.#serviceTimes.add(serviceNs);
	}

	unexpected(endedAt: number, _serviceNs: number, bodyBytes: number, status: number): void {
		this.#bodyBytes += bodyBytes;
		this.#lastEndedAt = endedAt;
		this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
	}

	timeout(deadlineMs: number, timeoutNs: number): void {
		this.error(deadlineMs, "timeout");
		this.#serviceTimes.add(timeoutNs);
	}

	error(endedAt: number, kind: ErrorKind): void {
		this.#lastEndedAt = Math.max(this.#lastEndedAt, endedAt);
		this.#errors[kind]++;
	}

	reconnected(): void {
		this.#reconnects++;
	}

	/** Slices are of whole answers; no body goes on, and there are no other latencies. */
	received(): void {}

	also(): void {}

	tally(): void {}

	/** What was counted since the last call. */
	take(): RawSlice {
		const { user, system } = process.cpuUsage(this.#cpu);
		const { active } = performance.eventLoopUtilization(this.#loop);
		const { pairs, sumNs, maxNs } = this.#serviceTimes.take();
		const slice: RawSlice = {
			durationMs: this.#lastEndedAt - this.#beganAt,
			ok: this.#ok,
			unexpectedStatus: Object.fromEntries(this.#statuses),
			errors: this.#errors,
			bodyBytes: this.#bodyBytes,
			reconnects: this.#reconnects,
			sumNs,
			maxNs,
			pairs,
			generatorCpuNs: (user + system) * 1e3,
			generatorBusyMs: active,
		};
		this.#ok = 0;
		this.#bodyBytes = 0;
		this.#reconnects = 0;
		this.#errors = noErrors();
		this.#statuses = new Map();
		return slice;
	}
}
