import { performance } from "node:perf_hooks";
import { type Client, type ClientShared, sharedOf } from "#src/load/clients/client.js";
import { HttpClient } from "#src/load/clients/http/http-client.js";
import type { RawSlice, SliceEnd } from "#src/load/order/ipc-messages.js";
import { type ClosedArrivals, mostClients, type OpenArrivals, type SlicedOrder } from "#src/load/order/order.js";
import { RequestSource } from "#src/load/requests/request-source.js";
import { SliceRecording } from "#src/load/window/slice-recording.js";
import { checkDescriptors, failureOf } from "./load-failed.js";
import { Pacer } from "./pacer.js";
import { sweepEveryMs } from "./sweep.js";

/** Several loads that take turns, each with clients of its own whose connections stay open in between. */
export class Slices {
	readonly #groups: readonly ClientGroup[];

	/** @throws LoadFailed where there are not enough file descriptors */
	constructor(orders: readonly SlicedOrder[]) {
		checkDescriptors(orders.reduce((sum, { load }) => sum + mostClients(load), 0));
		this.#groups = orders.map((order) =>
			order.load.kind === "closed" ? new ClosedGroup(order, order.load) : new OpenGroup(order, order.load),
		);
	}

	/** Runs one load and waits for what is in flight at the end. Rejects with LoadFailed. */
	run(target: number, end: SliceEnd): Promise<RawSlice> {
		const group = this.#groups[target];
		if (group === undefined) throw new RangeError(`there is no target ${target}`);
		return group.run(end);
	}

	async stop(): Promise<void> {
		await Promise.all(this.#groups.map((group) => group.stop()));
	}
}

/** The clients of one load. */
abstract class ClientGroup {
	protected readonly recording: SliceRecording;
	protected readonly clients: Client[] = [];
	readonly #order: SlicedOrder;
	readonly #shared: ReturnType<typeof sharedOf>;
	readonly #requests: RequestSource;
	readonly #sweepMs: number;
	protected endsAt = 0;
	protected mostAnswers = Number.POSITIVE_INFINITY;
	#settle: { resolve: (slice: RawSlice) => void; reject: (error: Error) => void } | null = null;

	constructor(order: SlicedOrder) {
		this.#order = order;
		this.#shared = sharedOf(order);
		this.#requests = new RequestSource(order.request);
		this.recording = new SliceRecording(order.timeoutMs * 1e6);
		this.#sweepMs = sweepEveryMs(order.timeoutMs);
	}

	protected abstract begin(): void;

	async run({ durationMs, answers }: SliceEnd): Promise<RawSlice> {
		if (this.#settle !== null) throw new Error("a slice of this target is under way");
		const sweep = setInterval(() => {
			for (const client of this.clients) client.expire(performance.now());
		}, this.#sweepMs);
		try {
			return await new Promise<RawSlice>((resolve, reject) => {
				this.#settle = { resolve, reject };
				this.mostAnswers = answers ?? Number.POSITIVE_INFINITY;
				this.recording.begin();
				this.endsAt = performance.now() + durationMs;
				this.begin();
			});
		} finally {
			clearInterval(sweep);
			this.#settle = null;
		}
	}

	async stop(): Promise<void> {
		await Promise.all(this.clients.map((client) => client.stop()));
		this.#settle?.reject(new Error("the load was stopped"));
	}

	protected newClient(how: Pick<ClientShared, "mayStart" | "onIdle">): Client {
		const client = new HttpClient(
			{
				...this.#shared,
				...how,
				recording: this.recording,
				onEnded: null,
				onFirstConnection: () => {},
				onFatal: (error) => this.#settle?.reject(failureOf(error, mostClients(this.#order.load))),
			},
			this.#requests,
		);
		this.clients.push(client);
		return client;
	}

	/** All is answered. */
	protected settle(): void {
		this.#settle?.resolve(this.recording.take());
	}
}

/** N clients, each of which sends its next request when its last answer is complete. */
class ClosedGroup extends ClientGroup {
	#active = 0;

	constructor(order: SlicedOrder, { clients }: ClosedArrivals) {
		super(order);
		const mayStart = (now: number): boolean => now < this.endsAt && this.recording.answers < this.mostAnswers;
		for (let i = 0; i < clients; i++) this.newClient({ mayStart, onIdle: () => this.#idle() });
	}

	protected override begin(): void {
		this.#active = this.clients.length;
		for (const client of this.clients) client.start();
	}

	#idle(): void {
		this.#active--;
		if (this.#active === 0) this.settle();
	}
}

/**
 * Requests at random times: those of a Poisson process, which has no memory, so that slices of it put together are one. Each goes to
 * an idle connection, or a new one is opened for it.
 */
class OpenGroup extends ClientGroup {
	readonly #load: OpenArrivals;
	readonly #idle: Client[] = [];
	#slice = 0;
	#inFlight = 0;
	#pacer: Pacer | null = null;
	#over: NodeJS.Timeout | undefined;

	constructor(order: SlicedOrder, load: OpenArrivals) {
		super(order);
		this.#load = load;
	}

	protected override begin(): void {
		this.#pacer = new Pacer({ ...this.#load, seed: this.#load.seed + this.#slice++ }, (plannedAt) =>
			this.#arrive(plannedAt),
		);
		this.#pacer.start();
		this.#over = setTimeout(() => this.#end(), this.endsAt - performance.now());
	}

	override async stop(): Promise<void> {
		clearTimeout(this.#over);
		this.#pacer?.stop();
		await super.stop();
	}

	#arrive(plannedAt: number): void {
		if (this.#inFlight >= this.#load.maxInFlight || this.recording.answers >= this.mostAnswers) return;
		this.#inFlight++;
		const client = this.#idle.pop() ?? this.newClient({ mayStart: () => false, onIdle: (own) => this.#ended(own) });
		client.plannedAt = plannedAt;
		client.start();
	}

	#ended(client: Client): void {
		this.#idle.push(client);
		this.#inFlight--;
		if (this.#pacer === null && this.#inFlight === 0) this.settle();
	}

	#end(): void {
		this.#pacer?.stop();
		this.#pacer = null;
		if (this.#inFlight === 0) this.settle();
	}
}
