import { performance } from "node:perf_hooks";
import { createParser } from "eventsource-parser";
import type { ClientShared } from "#src/load/clients/client.js";
import { ConnectedClient } from "#src/load/clients/connected-client.js";
import type { AnswerReader } from "#src/load/http1/response-parser.js";
import type { ErrorKind, Harness } from "#src/load/order/order.js";
import { type NextRequest, withHeader } from "#src/load/requests/request.js";
import type { RequestSource } from "#src/load/requests/request-source.js";

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
export class SseClient extends ConnectedClient implements AnswerReader {
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
	/** When the piece of the body came that is parsed: all its events came then. */
	#pieceAt = 0;
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
		this.connection.readWith(this);
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
		this.abandon();
		this.beginAfter(0);
	}

	override onOpened(openingMs: number, now: number, replacesLost: boolean): void {
		this.shared.recording.also("connect", now, openingMs);
		super.onOpened(openingMs, now, replacesLost);
	}

	override onSent(now: number): void {
		this.#parser.reset();
		this.#isTooLong = false;
		this.#bodyBytes = 0;
		this.#doneAt = 0;
		super.onSent(now);
	}

	onField(): void {}

	onHeader(status: number): void {
		this.#isExpected = this.shared.expects(status);
	}

	onBody(piece: Buffer): void {
		const now = performance.now();
		if (this.#openSince === 0) this.#bodyBytes += piece.length;
		else this.shared.recording.received(now, piece.length);
		if (!this.#isExpected) return;
		this.#pieceAt = now;
		// Names of fields and ends of lines are ASCII, and more is not looked at.
		this.#parser.feed(piece.toString("latin1"));
		if (this.#isTooLong) this.#break();
	}

	override onAnswer(now: number): void {
		this.expire(now);
		if (this.#openSince !== 0) {
			this.#close("streamsEnded", now);
			this.beginNext(now);
			return;
		}
		// It came after its deadline.
		if (this.sentAt === 0) return;
		if (this.#isExpected) {
			this.fail("protocol");
			return;
		}
		this.succeeded();
		const serviceNs = Math.round((now - this.sentAt) * 1e6);
		this.shared.recording.unexpected(now, serviceNs, this.#bodyBytes, this.connection.answer.status);
		this.end(now, false);
		this.beginNext(now);
	}

	override onLost(kind: ErrorKind): void {
		if (this.#openSince !== 0) this.#close("brokenStreams", performance.now());
		super.onLost(kind);
	}

	protected override ask(): void {
		this.send(this.#nextRequest());
	}

	#onEvent(data: string): void {
		const now = this.#pieceAt;
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
			this.connection.leave();
			this.beginAfter(0);
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
		this.connection.cut();
		if (this.#openSince !== 0) {
			this.#close("brokenStreams", this.#pieceAt);
			this.beginAfter(0);
		} else if (this.sentAt !== 0) {
			this.fail("protocol");
		}
	}

	#clearLeaveTimer(): void {
		if (this.#leaveTimer !== null) clearTimeout(this.#leaveTimer);
		this.#leaveTimer = null;
	}
}
