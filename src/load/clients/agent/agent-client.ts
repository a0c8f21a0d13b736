import type { ClientShared } from "#src/load/clients/client.js";
import { ConnectedClient } from "#src/load/clients/connected-client.js";
import type { AnswerReader } from "#src/load/http1/response-parser.js";
import type { Harness } from "#src/load/order/order.js";
import { type HttpRequest, headersWhere, type NextRequest } from "#src/load/requests/request.js";
import type { RequestSource } from "#src/load/requests/request-source.js";
import { providerMsOf } from "./provider-time.js";
import { type AgentRun, runOf, streamPath } from "./run.js";

type Options = Extract<Harness, { kind: "agent" }>;

/** What a request of the loop is for: to start a run, to see how it stands, or to hear when that changes. */
type Step = "start" | "look" | "listen";

/** A body that is longer is a result, and not a few words on how a run stands. */
const LONGEST_STATUS = 1024 * 1024;

/**
 * An agent's loop after the other: a request, and where its answer is a run that is not finished, following it until it
 * is. The service time is that of the whole loop: the first send to the last byte of the answer with the result. A run is
 * looked at `pollMs` after the last look, or its stream is read to the end, and then it is looked at. One deadline holds
 * for all of it.
 *
 * A run that has failed is an unexpected answer of the status of the answer that said so, or of 500 where that was 2xx.
 */
export class AgentClient extends ConnectedClient implements AnswerReader {
	readonly #nextRequest: NextRequest;
	readonly #options: Options;
	/** The loop's first request; null: the next loop has not begun. */
	#first: HttpRequest | null = null;
	#step: Step = "start";
	#runPath: string | null = null;
	/** Of all answers of the loop. */
	#bodyBytes = 0;
	#location: string | null = null;
	#providerMs: number | null = null;
	/** The answer's body, as far as it may be a run; null: it is not kept. */
	#kept: Buffer[] | null = null;
	#keptBytes = 0;

	constructor(shared: ClientShared, requests: RequestSource, options: Options) {
		super(shared);
		this.connection.readWith(this);
		this.#nextRequest = requests.forNextClient();
		this.#options = options;
	}

	override onOpened(openingMs: number, now: number, replacesLost: boolean): void {
		this.shared.recording.also("connect", now, openingMs);
		super.onOpened(openingMs, now, replacesLost);
	}

	override onSent(now: number): void {
		super.onSent(now);
		this.shared.recording.tally("steps", 1);
		this.#forgetAnswer();
	}

	onField(lowerName: string, value: string): void {
		switch (lowerName) {
			case "location":
				this.#location = value;
				return;
			case "server-timing": {
				const ms = providerMsOf(value);
				if (ms !== null) this.#providerMs = (this.#providerMs ?? 0) + ms;
				return;
			}
			case "content-type":
				// What is listened to is not a run, but what becomes of one.
				this.#kept = /[/+]json\b/i.test(value) && this.#step !== "listen" ? [] : null;
		}
	}

	onHeader(status: number): void {
		// The final answer follows.
		if (status < 200) this.#forgetAnswer();
	}

	onBody(piece: Buffer): void {
		this.#bodyBytes += piece.length;
		if (this.#kept === null) return;
		this.#keptBytes += piece.length;
		// Copied: the socket reads the next piece into the same memory.
		if (this.#keptBytes <= LONGEST_STATUS) this.#kept.push(Buffer.from(piece));
		else this.#kept = null;
	}

	override onAnswer(now: number): void {
		this.expire(now);
		// It came after its deadline.
		if (this.sentAt === 0) return;
		this.succeeded();
		const { status } = this.connection.answer;
		const isGood = (status >= 200 && status < 300) || this.shared.expects(status);
		if (this.#step === "listen" && isGood) {
			this.#next("look", 0);
			return;
		}
		const run = isGood ? this.#run(status) : null;
		if (run?.kind === "going") this.#follow(run.path);
		else this.#finish(now, status, run, this.#step === "start" ? this.shared.expects(status) : isGood);
	}

	protected override ask(): void {
		this.#first ??= this.#nextRequest();
		this.send(this.#requestOf(this.#first));
	}

	protected override end(endedAt: number, isRecorded: boolean): void {
		super.end(endedAt, isRecorded);
		this.#first = null;
		this.#step = "start";
		this.#runPath = null;
		this.#bodyBytes = 0;
	}

	#forgetAnswer(): void {
		this.#location = null;
		this.#providerMs = null;
		this.#kept = null;
		this.#keptBytes = 0;
	}

	#run(status: number): AgentRun | null {
		const body = this.#kept === null ? undefined : jsonOf(this.#kept);
		return runOf({ status, location: this.#location, body }, this.#first?.path ?? "/", this.#runPath);
	}

	#follow(runPath: string): void {
		const { follow, pollMs } = this.#options;
		this.#runPath = runPath;
		if (follow === "stream" && this.#step === "start") this.#next("listen", 0);
		else this.#next("look", pollMs);
	}

	#next(step: Step, waitMs: number): void {
		this.#step = step;
		this.askNext(waitMs);
	}

	/** The loop has its result, or an answer that is none. */
	#finish(now: number, status: number, run: AgentRun | null, isExpected: boolean): void {
		const { recording } = this.shared;
		const totalMs = now - this.sentAt;
		const serviceNs = Math.round(totalMs * 1e6);
		const hasFailed = run?.kind === "failed";
		const isOk = isExpected && !hasFailed;
		if (isOk) {
			recording.ok(now, serviceNs, this.#bodyBytes);
			this.#tellProviderTime(now, totalMs);
		} else {
			const isFine = hasFailed && status >= 200 && status < 300;
			recording.unexpected(now, serviceNs, this.#bodyBytes, isFine ? 500 : status);
		}
		this.end(now, isOk);
		this.beginNext(now);
	}

	#tellProviderTime(now: number, totalMs: number): void {
		const { recording } = this.shared;
		const providerMs = this.#providerMs;
		if (providerMs === null) {
			recording.tally("loopsWithoutProviderTime", 1);
			return;
		}
		recording.also("provider", now, providerMs);
		recording.also("overhead", now, Math.max(0, totalMs - providerMs));
	}

	#requestOf(first: HttpRequest): HttpRequest {
		const path = this.#runPath;
		if (this.#step === "start" || path === null) return first;
		const isListening = this.#step === "listen";
		const headers = headersWhere(
			first.headers,
			(name) => !name.startsWith("content-") && !(isListening && name === "accept"),
		);
		if (isListening) headers.push("accept", "text/event-stream");
		return { ...first, method: "GET", path: isListening ? streamPath(path) : path, headers, body: null };
	}
}

function jsonOf(chunks: readonly Buffer[]): unknown {
	try {
		return JSON.parse(Buffer.concat(chunks).toString("utf8"));
	} catch {
		return undefined;
	}
}
