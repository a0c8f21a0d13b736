import { performance } from "node:perf_hooks";
import { type Client, sharedOf } from "#src/load/clients/client.js";
import type { ClientMaker } from "#src/load/clients/client-maker.js";
import type { ClosedArrivals, LoadOrder } from "#src/load/order/order.js";
import { waitsAt } from "#src/load/window/unanswered.js";
import { WindowRecording } from "#src/load/window/window-recording.js";
import { checkDescriptors, failureOf } from "./load-failed.js";
import type { Loop } from "./loop.js";
import { Opening } from "./opening.js";
import { sweepEveryMs } from "./sweep.js";

/** More connections than this at a time would overflow the listen queue of most servers and wait a second for it. */
const CONNECTING_AT_ONCE = 256;

/** N clients, each of which sends its next request when its last answer is complete. */
export class ClosedLoop implements Loop {
	readonly recording: WindowRecording;
	readonly #clients: Client[];
	readonly #sweep: NodeJS.Timeout;
	readonly #timeoutMs: number;
	readonly #opening = new Opening();
	#started = 0;
	#settled = 0;

	/** @throws LoadFailed where there are not enough file descriptors */
	constructor(order: LoadOrder, { clients }: ClosedArrivals, makeClient: ClientMaker) {
		checkDescriptors(clients);
		this.#timeoutMs = order.timeoutMs;
		this.recording = new WindowRecording(order.timeoutMs * 1e6, {
			beforeRoll: (until) => this.#expireBefore(until),
			waitsAt: (now) => waitsAt(now, this.#clients),
		});
		const shared = {
			...sharedOf(order),
			recording: this.recording,
			mayStart: () => true,
			onIdle: () => {},
			onEnded: null,
			onFirstConnection: () => this.#settle(),
			onFatal: (error: Error) => this.#fail(error),
		};
		this.#clients = Array.from({ length: clients }, () => makeClient(shared));
		this.#sweep = setInterval(() => this.#expireBefore(performance.now()), sweepEveryMs(order.timeoutMs));
	}

	open(): Promise<void> {
		return this.#opening.wait(this.#timeoutMs, () => this.#startMore());
	}

	async stop(): Promise<void> {
		this.recording.stop();
		clearInterval(this.#sweep);
		await Promise.all(this.#clients.map((client) => client.stop()));
	}

	#settle(): void {
		this.#settled++;
		if (this.#settled === this.#clients.length) this.#opening.opened();
		else this.#startMore();
	}

	#startMore(): void {
		while (this.#started < this.#clients.length && this.#started - this.#settled < CONNECTING_AT_ONCE) {
			this.#clients[this.#started++]?.start();
		}
	}

	#expireBefore(until: number): void {
		for (let i = 0; i < this.#started; i++) (this.#clients[i] as Client).expire(until);
	}

	#fail(error: Error): void {
		this.#opening.failed(failureOf(error, this.#clients.length));
	}
}
