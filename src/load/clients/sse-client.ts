import { performance } from "node:perf_hooks";
import { createParser } from "eventsource-parser";
import { withHeader } from "#src/load/http1/request-headers.js";
import type { Harness } from "#src/load/order/order.js";
import type { ClientShared } from "./client.js";
import { ConnectionClient } from "./connection-client.js";
import type { NextRequest, RequestSource } from "./request-source.js";

/** What OpenAI-like servers send last. */
const END_MARK = "[DONE]";
/** Characters of one event; a stream that has a longer one is broken. */
const LONGEST_EVENT = 4 * 1024 * 1024;

/** How a stream was over: by itself, left by the client, or its connection lost, silent for too long, or not HTTP. */
type StreamEnd = "streamsEnded" | "streamsLeft" | "brokenStreams";

/**
 * One stream of events after the other. An attempt lasts from the send to the first event, which is its service time; how
 * the stream goes on is counted apart, so that an endless one has an end for the percentiles.
 *
 * A stream is left `streamMs` after its first event, and the next one is on a new connection. "[DONE]" is no event: the
 * stream has ended then, whatever becomes of its connection. A whole answer without an event is an error of protocol.
 */
export class SseClient extends ConnectionClient {
	readonly #nextRequest: NextRequest;
	readonly #streamMs: number;
	readonly #parser = createParser({
		onEvent: ({ data }) => this.#onEvent(data),
		onError: ({ type }) => {
			if (type === "max-buffer-size-exceeded") this.#isTooLong = true;
		},
		maxBufferSize: LONGEST_EVENT,
	});
	#isTooLong = false;
	/** Of the chunk that is parsed: events in one chunk have come at one time. */
	#chunkAt = 0;
	/** Bytes of the body before the first event. */
	#bodyBytes = 0;
	#isExpected = false;
	/** Times of the stream whose first event has come; 0: there is none. */
	#openSince = 0;
	#lastEventAt = 0;
	#doneAt = 0;
	#leaveTimer: NodeJS.Timeout | null = null;

	constructor(shared: ClientShared, requests: RequestSource, { streamMs }: Extract<Harness, { kind: "sse" }>) {
		super(shared);
		this.#nextRequest = withHeader(requests.forNextClient(), "accept", "text/event-stream");
		this.#streamMs = streamMs;
	}

	override async stop(): Promise<void> {
		this.#openSince = 0;
		this.#clearLeaveTimer();
		await super.stop();
	}

	/** Also ends a stream that has been silent for as long as an answer may take. */
	override expire(now: number): void {
		const isSilent = this.#openSince !== 0 && now - (this.#doneAt || this.#lastEventAt) > this.shared.timeoutMs;
		if (!isSilent) {
			super.expire(now);
			return;
		}
		this.#close("brokenStreams", now);
		this.giveUp("no event before the deadline");
	}

	override onConnect(abort: (error?: Error) => void): void {
		this.#parser.reset();
		this.#isTooLong = false;
		this.#bodyBytes = 0;
		this.#doneAt = 0;
		super.onConnect(abort);
	}

	override onHeaders(status: number, headers: readonly Buffer[]): boolean {
		this.#isExpected = this.shared.expects(status);
		return super.onHeaders(status, headers);
	}

	override onData(chunk: Buffer): boolean {
		const now = performance.now();
		if (this.#openSince === 0) this.#bodyBytes += chunk.length;
		else this.shared.recording.received(now, chunk.length);
		if (!this.#isExpected) return true;
		this.#chunkAt = now;
		// Names of fields and ends of lines are ASCII, and more is not looked at.
		this.#parser.feed(chunk.toString("latin1"));
		if (this.#isTooLong) this.#break();
		return true;
	}

	override onError(error: Error): void {
		if (this.#openSince !== 0) this.#close("brokenStreams", performance.now());
		super.onError(error);
	}

	protected override send(): void {
		this.dispatch(this.#nextRequest());
	}

	protected override onAnswer(now: number): void {
		if (this.#openSince !== 0) {
			this.#close("streamsEnded", now);
		} else if (this.sentAt === 0) {
			return;
		} else if (this.#isExpected) {
			this.fail("protocol");
			return;
		} else {
			this.succeeded();
			const serviceNs = Math.round((now - this.sentAt) * 1e6);
			this.shared.recording.unexpected(now, serviceNs, this.#bodyBytes, this.status);
			this.end(now, false);
		}
		this.goOn(() => this.start());
	}

	#onEvent(data: string): void {
		const now = this.#chunkAt;
		this.expire(now);
		if (this.#openSince === 0) {
			if (this.sentAt !== 0 && data !== END_MARK) this.#onFirstEvent(now);
		} else if (this.#doneAt === 0) {
			if (data === END_MARK) this.#doneAt = now;
			else this.#onNextEvent(now);
		}
	}

	#onFirstEvent(now: number): void {
		const { recording } = this.shared;
		const { sentAt } = this;
		recording.ok(now, Math.round((now - sentAt) * 1e6), this.#bodyBytes);
		recording.tally("events", 1);
		this.succeeded();
		this.end(now, true);
		this.#openSince = sentAt;
		this.#lastEventAt = now;
		this.#leaveTimer = setTimeout(() => {
			this.#close("streamsLeft", performance.now());
			this.leave();
		}, this.#streamMs);
	}

	#onNextEvent(now: number): void {
		const { recording } = this.shared;
		recording.also("eventGap", now, now - this.#lastEventAt);
		recording.tally("events", 1);
		this.#lastEventAt = now;
	}

	/** The stream is over and counted. */
	#close(how: StreamEnd, now: number): void {
		const { recording } = this.shared;
		const openSince = this.#openSince;
		this.#openSince = 0;
		this.#clearLeaveTimer();
		const isDone = this.#doneAt !== 0;
		// Rolls the recording's blocks before anything is tallied.
		recording.received(now, 0);
		if (isDone || how === "streamsEnded") recording.also("stream", now, (this.#doneAt || now) - openSince);
		recording.tally(isDone ? "streamsEnded" : how, 1);
	}

	/** An event is longer than any should be: before the first one that is an error, else the stream is broken. */
	#break(): void {
		if (this.#openSince !== 0) this.#close("brokenStreams", this.#chunkAt);
		else if (this.sentAt !== 0) this.fail("protocol");
		this.giveUp("an event is too long");
	}

	#clearLeaveTimer(): void {
		if (this.#leaveTimer !== null) clearTimeout(this.#leaveTimer);
		this.#leaveTimer = null;
	}
}
