import { performance } from "node:perf_hooks";
import { type Client, sharedOf } from "#src/load/clients/client.js";
import { HttpClient } from "#src/load/clients/http/http-client.js";
import type { RawSlice, SliceEnd } from "#src/load/order/ipc-messages.js";
import type { SlicedOrder } from "#src/load/order/order.js";
import { RequestSource } from "#src/load/requests/request-source.js";
import { SliceRecording } from "#src/load/window/slice-recording.js";
import { checkDescriptors, failureOf } from "./load-failed.js";
import { sweepEveryMs } from "./sweep.js";

/** Several targets that are loaded in turn, each by clients of its own whose connections stay open in between. */
export class Slices {
	readonly #groups: readonly ClientGroup[];

	/** @throws LoadFailed where there are not enough file descriptors */
	constructor(orders: readonly SlicedOrder[]) {
		checkDescriptors(orders.reduce((sum, { load }) => sum + load.clients, 0));
		this.#groups = orders.map((order) => new ClientGroup(order));
	}

	/** Loads one target and waits for what is in flight at the end. Rejects with LoadFailed. */
	run(target: number, end: SliceEnd): Promise<RawSlice> {
		const group = this.#groups[target];
		if (group === undefined) throw new RangeError(`there is no target ${target}`);
		return group.run(end);
	}

	async stop(): Promise<void> {
		await Promise.all(this.#groups.map((group) => group.stop()));
	}
}

class ClientGroup {
	readonly #clients: readonly Client[];
	readonly #recording: SliceRecording;
	readonly #sweepMs: number;
	#endsAt = 0;
	#mostAnswers = Number.POSITIVE_INFINITY;
	#active = 0;
	#settle: { resolve: (slice: RawSlice) => void; reject: (error: Error) => void } | null = null;

	constructor(order: SlicedOrder) {
		this.#recording = new SliceRecording(order.timeoutMs * 1e6);
		this.#sweepMs = sweepEveryMs(order.timeoutMs);
		const { clients } = order.load;
		const shared = {
			...sharedOf(order),
			recording: this.#recording,
			mayStart: (now: number) => now < this.#endsAt && this.#recording.answers < this.#mostAnswers,
			onIdle: () => this.#idle(),
			onEnded: null,
			onFirstConnection: () => {},
			onFatal: (error: Error) => this.#settle?.reject(failureOf(error, clients)),
		};
		const requests = new RequestSource(order.request);
		this.#clients = Array.from({ length: clients }, () => new HttpClient(shared, requests));
	}

	async run({ durationMs, answers }: SliceEnd): Promise<RawSlice> {
		if (this.#settle !== null) throw new Error("a slice of this target is under way");
		const sweep = setInterval(() => {
			for (const client of this.#clients) client.expire(performance.now());
		}, this.#sweepMs);
		try {
			return await new Promise<RawSlice>((resolve, reject) => {
				this.#settle = { resolve, reject };
				this.#active = this.#clients.length;
				this.#mostAnswers = answers ?? Number.POSITIVE_INFINITY;
				this.#recording.begin();
				this.#endsAt = performance.now() + durationMs;
				for (const client of this.#clients) client.start();
			});
		} finally {
			clearInterval(sweep);
			this.#settle = null;
		}
	}

	async stop(): Promise<void> {
		await Promise.all(this.#clients.map((client) => client.stop()));
		this.#settle?.reject(new Error("the load was stopped"));
	}

	#idle(): void {
		this.#active--;
		if (this.#active === 0) this.#settle?.resolve(this.#recording.take());
	}
}
