import { setTimeout as sleep } from "node:timers/promises";
import { KnownError } from "#src/errors.js";
import { redactText } from "#src/secrets/redact.js";
import { type Answer, askEndpoint, BODY_SHOWN } from "./ask-endpoint.js";
import { type EndpointRequest, endpointName, isWebSocket } from "./endpoint.js";
import { speaksTls } from "./speaks-tls.js";

const POLL_MS = 25;
/** For one answer, however late it is asked for. */
const FEWEST_MS = 500;
/** A 5xx may be a server that is still starting (503 above all), a 4xx will not get better by waiting. */
const PATIENCE_WITH_5XX_MS = 2_000;

/**
 * Asks for the endpoint itself until the answer has an expected status.
 * @param expected statuses that count as an answer; null: any 2xx
 * @throws KnownError TARGET_ANSWER for another status, UNREACHABLE or TARGET_SILENT when there is no answer in time
 */
export async function waitUntilReady(
	origin: string,
	endpoint: EndpointRequest,
	options: {
		readonly expected: readonly number[] | null;
		/** Not to be repeated from the answer. */
		readonly secrets: readonly string[];
		readonly limitMs: number;
		readonly signal: AbortSignal;
		/** Retry refused connections; false for a server that should be there already. */
		readonly starting: boolean;
	},
): Promise<void> {
	const startedMs = performance.now();
	let isTlsAsked = false;
	for (;;) {
		const leftMs = options.limitMs - (performance.now() - startedMs);
		const answer = await askEndpoint(origin, endpoint, options.signal, Math.max(FEWEST_MS, leftMs));
		const elapsedMs = performance.now() - startedMs;
		options.signal.throwIfAborted();
		if (answer.kind === "status" && isExpected(endpoint, answer.status, options.expected)) return;
		if (answer.kind !== "status" && !isTlsAsked && LIKE_TLS.test(answer.reason)) {
			isTlsAsked = true;
			if (await speaksTls(origin)) throw wantsTls(origin);
		}
		if (elapsedMs > patienceMs(answer, options)) {
			if (answer.kind === "status") throw wrongAnswer(endpoint, answer, options.secrets);
			if (answer.kind === "broken") throw brokenAnswer(endpoint, answer.reason);
			throw noAnswer(origin, endpoint, answer.reason, options);
		}
		await sleep(POLL_MS);
	}
}

/** What a client of HTTP sees where a server waits for a handshake. */
const LIKE_TLS = /socket hang up|ECONNRESET|Parse Error/;

const wantsTls = (origin: string): KnownError =>
	new KnownError({
		code: "TARGET_ANSWER",
		what: `the server at ${origin} speaks HTTPS`,
		why: "only plain HTTP is loaded: else much of what is measured would be encryption",
		fix: "let it listen without TLS while it is measured",
	});

/** How long after the first try such an answer may still get better. */
function patienceMs(answer: Answer, { limitMs, starting }: { limitMs: number; starting: boolean }): number {
	switch (answer.kind) {
		case "status":
			return answer.status < 500 ? 0 : answer.status === 503 ? limitMs : PATIENCE_WITH_5XX_MS;
		case "broken":
			return starting ? PATIENCE_WITH_5XX_MS : 0;
		case "failed":
			return starting ? limitMs : 0;
	}
}

/** Whether this status means that the endpoint can be loaded. */
const isExpected = (endpoint: EndpointRequest, status: number, expected: readonly number[] | null): boolean =>
	isWebSocket(endpoint)
		? status === 101
		: expected === null
			? status >= 200 && status < 300
			: expected.includes(status);

function wrongAnswer(
	endpoint: EndpointRequest,
	answer: { status: number; body: string },
	secrets: readonly string[],
): KnownError {
	const { status } = answer;
	// Before it is cut: half of a token is still too much of it.
	const body = redactText(answer.body, secrets).replace(/\s+/g, " ").trim().slice(0, BODY_SHOWN);
	return new KnownError({
		code: "TARGET_ANSWER",
		what: `${endpointName(endpoint)} answers ${status}${body === "" ? "" : ` (${body})`}`,
		why: "a load on it would measure the error path",
		fix: adviceFor(status, endpoint),
	});
}

/** What a user can do about an endpoint that answers nothing but this status. */
export function adviceFor(status: number, { headers, method }: Pick<EndpointRequest, "headers" | "method">): string {
	if (status === 401 || status === 403) {
		return headers.authorization === undefined
			? "give a token with --token or a header with -H"
			: "the token is refused: check --token, -H or AZ_PROF_TOKEN";
	}
	if (status === 404) return "check the path and the method (METHOD:/path)";
	if (status === 405) return "give the method: POST:/path or -m POST";
	if (status === 400 || status === 415 || status === 422) {
		return 'give what it expects: a body with --body, its type with -H "content-type: …"';
	}
	if (status === 429) return "switch the target's rate limit off";
	if (isWebSocket({ method }) && status < 500)
		return "check that the path takes WebSockets, or load it as METHOD:/path";
	return "make it answer 2xx first";
}

const brokenAnswer = (endpoint: EndpointRequest, reason: string): KnownError =>
	new KnownError({
		code: "TARGET_ANSWER",
		what: `${endpointName(endpoint)} gives no whole answer`,
		why: reason,
		fix: "load an endpoint whose answers end whole",
	});

function noAnswer(
	origin: string,
	endpoint: EndpointRequest,
	reason: string,
	options: { readonly limitMs: number; readonly starting: boolean },
): KnownError {
	return new KnownError({
		code: options.starting ? "TARGET_SILENT" : "UNREACHABLE",
		what: options.starting
			? `${endpointName(endpoint)} was not answered within ${options.limitMs / 1000} s`
			: `nothing answers at ${origin}`,
		why: reason,
		fix: options.starting
			? "--start-timeout gives it more time"
			: "start the server, or leave --url out and give its command after --",
	});
}
