import { randomBytes } from "node:crypto";
import { type IncomingMessage, maxHeaderSize, request } from "node:http";
import { messageOf, systemErrorCode } from "#src/errors.js";
import { type EndpointRequest, isWebSocket } from "./endpoint.js";
import { requestOptionsOf } from "./request-options.js";

/** What one try at the endpoint gave. */
export type Answer =
	| {
			readonly kind: "status";
			/** 101 where a WebSocket was opened. */
			readonly status: number;
			/** Its beginning. */
			readonly body: string;
			/** Whether the answer is a stream of server-sent events; it is left at its header, and so has no body here. */
			readonly isEventStream: boolean;
	  }
	/** It was answered, but not with a whole answer of HTTP. */
	| { readonly kind: "broken"; readonly reason: string }
	| { readonly kind: "failed"; readonly reason: string };

const TRY_TIMEOUT_MS = 2_000;
export const BODY_SHOWN = 200;
/** More of the body than is shown, so that no secret is cut before it is recognised. */
const BODY_READ = 64 * 1024;

/** For the whole of an answer, where nothing else is said. */
const ANSWER_LIMIT_MS = 10_000;

/** Asks once, on a connection of its own that is closed afterwards; the answer has so long to end. */
export function askEndpoint(
	origin: string,
	endpoint: EndpointRequest,
	signal: AbortSignal,
	limitMs = ANSWER_LIMIT_MS,
): Promise<Answer> {
	return new Promise((done) => {
		let isAnswered = false;
		const resolve = (answer: Answer): void => {
			clearTimeout(limit);
			done(answer);
		};
		const failed = (error: unknown): void => resolve(failureOf(error));
		const limit = setTimeout(() => {
			const within = `within ${Math.round(limitMs / 10) / 100} s`;
			resolve(
				isAnswered
					? { kind: "broken", reason: `its answer did not end ${within}` }
					: { kind: "failed", reason: `no whole header came ${within}` },
			);
			sent.destroy();
		}, limitMs);
		const { method, path, headers, body } = requestOptionsOf(endpoint);
		const sent = request(new URL(origin), {
			path,
			...(isWebSocket(endpoint)
				? { method: "GET", headers: { ...headers, ...upgradeHeaders() } }
				: { method, headers }),
			agent: false,
			signal,
			timeout: TRY_TIMEOUT_MS,
		});
		sent.on("response", (response) => {
			isAnswered = true;
			read(response).then(resolve, (error) => resolve(brokenBody(error)));
		});
		sent.on("upgrade", (response, socket) => {
			socket.destroy();
			resolve({ kind: "status", status: response.statusCode ?? 0, body: "", isEventStream: false });
		});
		sent.on("timeout", () => sent.destroy(new Error(`no answer within ${TRY_TIMEOUT_MS / 1000} s`)));
		sent.on("error", failed);
		sent.end(isWebSocket(endpoint) ? undefined : (body ?? undefined));
	});
}

/** The parser's errors begin with HPE_: then there is somebody who answers. */
function failureOf(error: unknown): Answer {
	const code = systemErrorCode(error) ?? "";
	if (code === "HPE_HEADER_OVERFLOW") {
		return { kind: "broken", reason: `its headers are larger than ${maxHeaderSize / 1024} KiB` };
	}
	return { kind: code.startsWith("HPE_") ? "broken" : "failed", reason: messageOf(error) };
}

const brokenBody = (error: unknown): Answer => ({
	kind: "broken",
	reason:
		systemErrorCode(error) === "ECONNRESET"
			? "its connection is closed in the middle of the body"
			: `its body is broken (${messageOf(error)})`,
});

const upgradeHeaders = (): Record<string, string> => ({
	connection: "Upgrade",
	upgrade: "websocket",
	"sec-websocket-version": "13",
	"sec-websocket-key": randomBytes(16).toString("base64"),
});

function read(response: IncomingMessage): Promise<Answer> {
	const status = response.statusCode ?? 0;
	if (/^text\/event-stream\b/i.test(response.headers["content-type"] ?? "")) {
		response.destroy();
		return Promise.resolve({ kind: "status", status, body: "", isEventStream: true });
	}
	return new Promise((resolve, reject) => {
		let body = "";
		response.setEncoding("utf8");
		response.on("data", (chunk: string) => {
			if (body.length < BODY_READ) body += chunk;
		});
		response.on("end", () => resolve({ kind: "status", status, body, isEventStream: false }));
		response.on("error", reject);
	});
}
