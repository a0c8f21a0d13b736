import { performance } from "node:perf_hooks";
import { type Client, type ClientShared, sharedOf } from "#src/load/clients/client.js";
import type { ClientMaker } from "#src/load/clients/client-maker.js";
import type { LoadOrder, OpenArrivals } from "#src/load/order/order.js";
import { waitsAt } from "#src/load/window/unanswered.js";
import { WindowRecording } from "#src/load/window/window-recording.js";
import { checkDescriptors, failureOf } from "./load-failed.js";
import type { Loop } from "./loop.js";
import { Opening } from "./opening.js";
import { Pacer } from "./pacer.js";
import { sweepEveryMs } from "./sweep.js";

/**
 * A generator that comes to a request this late has not read its answers either: connections are taken that are idle in
 * truth. Opening many more would only make it later, so for a while it opens one now and then.
 */
const LATE_MS = { polling: 1, withTimers: 10 } as const;
const LATE_FOR_MS = 100;
const OPEN_WHEN_LATE_EVERY_MS = 5;
/** New connections that may be opening at a time; more would overflow the listen queue of most servers. */
const CONNECTING_AT_ONCE = 64;

/**
 * Requests at planned times, whether earlier ones are answered or not. One that is due goes to an idle connection, or a new
 * one is opened for it; where too many are opening already, or the generator is late itself, it waits its turn, and its
 * wait counts. At `maxInFlight` it is not sent and counts as missed.
 */
export class OpenLoop implements Loop {
	readonly recording: WindowRecording;
	readonly #load: OpenArrivals;
	readonly #makeClient: () => Client;
	readonly #pacer: Pacer;
	readonly #sweep: NodeJS.Timeout;
	readonly #timeoutMs: number;
	readonly #opening = new Opening();
	readonly #clients: Client[] = [];
	readonly #idle: Client[] = [];
	/** When those were due that wait for a connection, oldest first. */
	readonly #waiting: number[] = [];
	#settled = 0;
	#inFlight = 0;
	/** Until when the generator counts as late, and when it may open a connection then. */
	#lateUntil = 0;
	#mayOpenAt = 0;

	/** @throws LoadFailed where there are not enough file descriptors */
	constructor(order: LoadOrder, load: OpenArrivals, makeClient: ClientMaker) {
		checkDescriptors(load.maxInFlight);
		this.#load = load;
		this.#timeoutMs = order.timeoutMs;
		this.recording = new WindowRecording(order.timeoutMs * 1e6, {
			beforeRoll: (until) => this.#expireBefore(until),
			waitsAt: (now) => waitsAt(now, this.#clients, this.#waiting),
		});
		const shared: ClientShared = {
			...sharedOf(order),
			recording: this.recording,
			mayStart: (now, client) => this.#mayStart(now, client),
			onIdle: (client) => this.#idle.push(client),
			onEnded: (client, endedAt, sentAt, isRecorded) => this.#ended(client.plannedAt, endedAt, sentAt, isRecorded),
			onFirstConnection: () => {
				this.#settled++;
				this.#opening.opened();
			},
			onFatal: (error) => this.#opening.failed(failureOf(error, load.maxInFlight)),
		};
		this.#makeClient = () => makeClient(shared);
		this.#pacer = new Pacer(load, (plannedAt, now) => this.#arrive(plannedAt, now));
		this.#sweep = setInterval(() => this.#expireBefore(performance.now()), sweepEveryMs(order.timeoutMs));
	}

	open(): Promise<void> {
		return this.#opening.wait(this.#timeoutMs, () => this.#pacer.start());
	}

	async stop(): Promise<void> {
		this.#pacer.stop();
		this.recording.stop();
		clearInterval(this.#sweep);
		await Promise.all(this.#clients.map((client) => client.stop()));
	}

	#arrive(plannedAt: number, now: number): void {
		const { recording } = this;
		recording.also("pacingLag", now, now - plannedAt);
		recording.tally("planned", 1);
		if (this.#inFlight >= this.#load.maxInFlight) {
			recording.tally("missed", 1);
			return;
		}
		this.#inFlight++;
		if (now - plannedAt > (this.#load.spin ? LATE_MS.polling : LATE_MS.withTimers)) this.#lateUntil = now + LATE_FOR_MS;
		if (this.#waiting.length > 0) {
			this.#waiting.push(plannedAt);
			// A connection that is opened for the newest serves the oldest.
			this.#newClient(now)?.start();
			return;
		}
		const client = this.#idle.pop() ?? this.#newClient(now);
		if (client === undefined) {
			this.#waiting.push(plannedAt);
			return;
		}
		client.plannedAt = plannedAt;
		client.start();
	}

	#newClient(now: number): Client | undefined {
		if (now < this.#lateUntil && now < this.#mayOpenAt) return undefined;
		const opening = this.#clients.length - this.#settled;
		if (opening >= CONNECTING_AT_ONCE || this.#clients.length >= this.#load.maxInFlight) return undefined;
		this.#mayOpenAt = now + OPEN_WHEN_LATE_EVERY_MS;
		const client = this.#makeClient();
		this.#clients.push(client);
		return client;
	}

	#mayStart(now: number, client: Client): boolean {
		this.#expireWaiting(now);
		const plannedAt = this.#waiting.shift();
		if (plannedAt === undefined) return false;
		client.plannedAt = plannedAt;
		return true;
	}

	#ended(plannedAt: number, endedAt: number, sentAt: number, isRecorded: boolean): void {
		this.#inFlight--;
		if (sentAt !== 0) this.recording.also("sendLag", endedAt, sentAt - plannedAt);
		if (isRecorded) this.recording.also("response", endedAt, endedAt - plannedAt);
	}

	#expireBefore(until: number): void {
		for (const client of this.#clients) client.expire(until);
		this.#expireWaiting(until);
	}

	/** What waits for a connection for as long as a request may take is a time-out. */
	#expireWaiting(now: number): void {
		for (let due = this.#waiting[0]; due !== undefined && now - due > this.#timeoutMs; due = this.#waiting[0]) {
			this.#waiting.shift();
			const deadline = due + this.#timeoutMs;
			this.recording.timeout(deadline, this.#timeoutMs * 1e6);
			this.#ended(due, deadline, 0, true);
		}
	}
}
