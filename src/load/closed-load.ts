import { performance } from "node:perf_hooks";
import { LoadClient, sharedOf } from "./load-client.js";
import { checkDescriptors, failureOf, type LoadFailed } from "./load-failure.js";
import type { LoadOrder } from "./load-order.js";
import { Recording } from "./recording.js";

/** More connections than this at a time would overflow the listen queue of most servers and wait a second for it. */
const CONNECTING_AT_ONCE = 256;

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
			...sharedOf(order),
			recording: this.recording,
			mayStart: () => true,
			onIdle: () => {},
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
		this.#onFailed?.(failureOf(error, this.#clients.length));
	}
}
