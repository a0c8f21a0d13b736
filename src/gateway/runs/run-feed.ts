import { Readable } from "node:stream";
import { eventFrame } from "../sse.js";
import type { Run, RunState } from "./run.js";

/** What a reader may leave unread before it is cut off: some thousand events. */
const MAX_UNREAD_BYTES = 512 * 1024;
/** Events that a reader who comes back can catch up on. */
const KEPT_EVENTS = 256;
/** How soon clients should come back. */
const RETRY_MS = 1000;

const eventNames: Readonly<Record<RunState["status"], string>> = {
	created: "run.created",
	running: "run.started",
	completed: "run.completed",
	failed: "run.failed",
};

interface PastEvent {
	readonly id: number;
	readonly frame: Buffer;
}

/**
 * What happens to all runs, told to any number of readers, with a heartbeat between. Events are numbered without gaps.
 * A reader who is too slow is cut off, so that it costs the gateway no memory; it comes back with the id of the last
 * event it saw.
 */
export class RunFeed {
	readonly #heartbeatIntervalMs: number;
	readonly #readers = new Set<Readable>();
	readonly #past: PastEvent[] = [];
	#lastId = 0;
	#heartbeat: NodeJS.Timeout | undefined;
	#closed = false;

	constructor(heartbeatIntervalMs: number) {
		this.#heartbeatIntervalMs = heartbeatIntervalMs;
	}

	get readerCount(): number {
		return this.#readers.size;
	}

	/**
	 * An endless stream of frames: first what the reader has missed, then a heartbeat with the number of the last event
	 * so far, so that everybody hears something at once, then the events as they come.
	 *
	 * @param lastSeenId the last event this reader has seen, if it comes back
	 */
	open(lastSeenId?: number): Readable {
		const reader = new Readable({ read() {} });
		reader.push(`retry: ${RETRY_MS}\n\n`);
		if (lastSeenId !== undefined) for (const { id, frame } of this.#past) if (id > lastSeenId) reader.push(frame);
		reader.push(heartbeatFrame(this.#lastId));
		if (this.#closed) {
			reader.push(null);
			return reader;
		}
		this.#readers.add(reader);
		this.#heartbeat ??= setInterval(() => this.#send(heartbeatFrame(++this.#lastId)), this.#heartbeatIntervalMs);
		reader.once("close", () => this.#leave(reader));
		return reader;
	}

	publish({ id: run, state }: Run): void {
		const id = ++this.#lastId;
		const { status } = state;
		const data = {
			run_id: run,
			status,
			at: new Date().toISOString(),
			...("providerMs" in state ? { provider_ms: state.providerMs } : {}),
		};
		// One buffer for all readers.
		const frame = Buffer.from(eventFrame({ id, event: eventNames[status], data }));
		this.#past.push({ id, frame });
		if (this.#past.length > KEPT_EVENTS) this.#past.shift();
		this.#send(frame);
	}

	/** Ends all streams; those that are opened later end at once. */
	close(): void {
		this.#closed = true;
		clearInterval(this.#heartbeat);
		for (const reader of this.#readers) reader.push(null);
	}

	#send(frame: Buffer): void {
		if (this.#closed) return;
		for (const reader of this.#readers) {
			if (reader.readableLength > MAX_UNREAD_BYTES) reader.destroy(new Error("this reader of events is too slow"));
			else reader.push(frame);
		}
	}

	#leave(reader: Readable): void {
		this.#readers.delete(reader);
		if (this.#readers.size > 0) return;
		clearInterval(this.#heartbeat);
		this.#heartbeat = undefined;
	}
}

function heartbeatFrame(id: number): Buffer {
	return Buffer.from(eventFrame({ id, event: "heartbeat", data: { at: new Date().toISOString() } }));
}
