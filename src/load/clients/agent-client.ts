import type { Dispatcher } from "undici";
import { headersOf, headersWhere } from "#src/load/http1/request-headers.js";
import type { Harness } from "#src/load/order/order.js";
import { providerMsOf } from "./agent-provider-time.js";
import { type AgentRun, runOf, streamPath } from "./agent-run.js";
import type { ClientShared } from "./client.js";
import { ConnectionClient } from "./connection-client.js";
import type { NextRequest, RequestSource } from "./request-source.js";

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
export class AgentClient extends ConnectionClient {
	readonly #nextRequest: NextRequest;
	readonly #options: Options;
	/** The loop's first request; null: the next loop has not begun. */
	#first: Dispatcher.DispatchOptions | null = null;
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
		this.#nextRequest = requests.forNextClient();
		this.#options = options;
	}

	override onConnect(abort: (error?: Error) => void): void {
		super.onConnect(abort);
		if (this.sentAt !== 0) this.shared.recording.tally("steps", 1);
	}

	override onHeaders(status: number, headers: readonly Buffer[]): boolean {
		this.#location = null;
		this.#providerMs = null;
		this.#keptBytes = 0;
		let isJson = false;
		for (let i = 0; i + 1 < headers.length; i += 2) {
			const value = (headers[i + 1] as Buffer).toString("latin1");
			switch ((headers[i] as Buffer).toString("latin1").toLowerCase()) {
				case "location":
					this.#location = value;
					break;
				case "server-timing": {
					const ms = providerMsOf(value);
					if (ms !== null) this.#providerMs = (this.#providerMs ?? 0) + ms;
					break;
				}
				case "content-type":
					isJson = /[/+]json\b/i.test(value);
			}
		}
		this.#kept = isJson && this.#step !== "listen" ? [] : null;
		return super.onHeaders(status, headers);
	}

	override onData(chunk: Buffer): boolean {
		this.#bodyBytes += chunk.length;
		if (this.#kept === null) return true;
		this.#keptBytes += chunk.length;
		// Copied: the socket reads the next chunk into the same memory.
		if (this.#keptBytes <= LONGEST_STATUS) this.#kept.push(Buffer.from(chunk));
		else this.#kept = null;
		return true;
	}

	protected override send(): void {
		this.#first ??= this.#nextRequest();
		this.dispatch(this.#requestOf(this.#first));
	}

	protected override end(endedAt: number, isRecorded: boolean): void {
		super.end(endedAt, isRecorded);
		this.#first = null;
		this.#step = "start";
		this.#runPath = null;
		this.#bodyBytes = 0;
		this.#kept = null;
	}

	protected override onAnswer(now: number): void {
		if (this.sentAt === 0) return;
		this.succeeded();
		const { status } = this;
		const isGood = (status >= 200 && status < 300) || this.shared.expects(status);
		if (this.#step === "listen" && isGood) {
			this.#next("look", 0);
			return;
		}
		const run = isGood ? this.#run() : null;
		if (run?.kind === "going") this.#follow(run.path);
		else this.#finish(now, run, this.#step === "start" ? this.shared.expects(status) : isGood);
	}

	#run(): AgentRun | null {
		const { status } = this;
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
		const send = (): void => this.send();
		if (waitMs === 0) this.goOn(send);
		else this.later(waitMs, send);
	}

	/** The loop has its result, or an answer that is none. */
	#finish(now: number, run: AgentRun | null, isExpected: boolean): void {
		const { recording } = this.shared;
		const totalMs = now - this.sentAt;
		const serviceNs = Math.round(totalMs * 1e6);
		const hasFailed = run?.kind === "failed";
		const isOk = isExpected && !hasFailed;
		if (isOk) {
			recording.ok(now, serviceNs, this.#bodyBytes);
			this.#tellProviderTime(now, totalMs);
		} else {
			const isFine = hasFailed && this.status >= 200 && this.status < 300;
			recording.unexpected(now, serviceNs, this.#bodyBytes, isFine ? 500 : this.status);
		}
		this.end(now, isOk);
		this.goOn(() => this.start());
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

	#requestOf(first: Dispatcher.DispatchOptions): Dispatcher.DispatchOptions {
		const path = this.#runPath;
		if (this.#step === "start" || path === null) return first;
		const isListening = this.#step === "listen";
		const headers = headersWhere(
			headersOf(first),
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
