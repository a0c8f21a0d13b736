import { readdirSync, readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { LoadClient } from "./load-client.js";
import type { LoadOrder } from "./load-order.js";
import type { LoadFailure } from "./messages.js";
import { Recording } from "./recording.js";

/** More connections than this at a time would overflow the listen queue of most servers and wait a second for it. */
const CONNECTING_AT_ONCE = 256;
/** Files that the process needs besides its connections. */
const SPARE_DESCRIPTORS = 32;

export class LoadFailed extends Error {
	readonly failure: LoadFailure;
	constructor(failure: LoadFailure) {
		super(failure.kind);
		this.failure = failure;
	}
}

/** N clients, each of which sends its next request when its last answer is complete. */
export class ClosedLoad {
	readonly recording: Recording;
	readonly #clients: LoadClient[];
	readonly #sweep: NodeJS.Timeout;
	readonly #order: LoadOrder;
	#started = 0;
	#settled = 0;
	#onOpened: (() => void) | null = null;
	#onFailed: ((error: LoadFailed) => void) | null = null;

	/** @throws LoadFailed where there are not enough file descriptors */
	constructor(order: LoadOrder) {
		checkDescriptors(order.load.clients);
		this.#order = order;
		this.recording = new Recording(order.timeoutMs * 1e6, (until) => this.#expireBefore(until));
		const shared = {
			origin: new URL(order.origin),
			request: {
				method: order.request.method,
				path: order.request.path,
				headers: Object.entries(order.request.headers).flat(),
				body: order.request.body === null ? null : Buffer.from(order.request.body),
				// Keep the connection also after HEAD; do not wake the queue in the middle of an answer.
				reset: false,
				blocking: false,
			},
			expects: expectation(order.expectedStatus),
			timeoutMs: order.timeoutMs,
			recording: this.recording,
			onFirstConnection: () => this.#settle(),
			onFatal: (error: Error) => this.#fail(error),
		};
		this.#clients = Array.from({ length: order.load.clients }, () => new LoadClient(shared));
		const sweepMs = Math.min(50, Math.max(1, order.timeoutMs / 20));
		this.#sweep = setInterval(() => this.#expireBefore(performance.now()), sweepMs);
	}

	/**
	 * Resolves when every client's first connection is open or has failed, at the latest after the time-out; the load flows
	 * before that. Rejects with LoadFailed.
	 */
	open(): Promise<void> {
		return new Promise((resolve, reject) => {
			const limit = setTimeout(resolve, this.#order.timeoutMs);
			this.#onOpened = () => {
				clearTimeout(limit);
				resolve();
			};
			this.#onFailed = (error) => {
				clearTimeout(limit);
				reject(error);
			};
			this.#startMore();
		});
	}

	async stop(): Promise<void> {
		this.recording.stop();
		clearInterval(this.#sweep);
		await Promise.all(this.#clients.map((client) => client.stop()));
	}

	#settle(): void {
		this.#settled++;
		if (this.#settled === this.#clients.length) this.#onOpened?.();
		else this.#startMore();
	}

	#startMore(): void {
		while (this.#started < this.#clients.length && this.#started - this.#settled < CONNECTING_AT_ONCE) {
			this.#clients[this.#started++]?.start();
		}
	}

	#expireBefore(until: number): void {
		for (let i = 0; i < this.#started; i++) (this.#clients[i] as LoadClient).expire(until);
	}

	#fail(error: Error): void {
		const limit = openFileLimit();
		const failure: LoadFailure =
			"code" in error && (error.code === "EMFILE" || error.code === "ENFILE")
				? { kind: "fileDescriptors", needed: this.#clients.length + SPARE_DESCRIPTORS, limit: limit ?? 0 }
				: { kind: "request", message: error.message };
		this.#onFailed?.(new LoadFailed(failure));
	}
}

function expectation(expected: LoadOrder["expectedStatus"]): (status: number) => boolean {
	return expected === null ? (status) => status >= 200 && status < 300 : (status) => expected.includes(status);
}

function checkDescriptors(clients: number): void {
	const limit = openFileLimit();
	if (limit === null) return;
	const needed = clients + readdirSync("/proc/self/fd").length + SPARE_DESCRIPTORS;
	if (needed > limit) throw new LoadFailed({ kind: "fileDescriptors", needed, limit });
}

/** How many files this process may have open (Node raises the soft limit to the hard one); null where /proc is missing. */
function openFileLimit(): number | null {
	try {
		const line = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "latin1"));
		return line?.[1] === undefined ? null : Number(line[1]);
	} catch {
		return null;
	}
}
