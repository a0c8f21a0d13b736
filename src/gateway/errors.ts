import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";

/** Every kind of error a client can meet, with the status it always comes with. */
export const errorStatus = {
	bad_request: 400,
	auth_required: 401,
	auth_failed: 403,
	not_found: 404,
	payload_too_large: 413,
	rate_limited: 429,
	agent_execution_failed: 500,
	agent_unavailable: 503,
} as const;

export type ErrorType = keyof typeof errorStatus;

/** The body of every error response. */
export interface ErrorBody {
	readonly error: { readonly type: ErrorType; readonly message: string };
}

/** An error the client is to see as it stands. */
export class GatewayError extends Error {
	readonly statusCode: number;

	constructor(type: ErrorType, message: string, options?: ErrorOptions) {
		super(message, options);
		this.name = "GatewayError";
		this.statusCode = errorStatus[type];
	}
}

/** A mistake in flags, environment or configuration file: one sentence for the person who starts the gateway. */
export class ConfigError extends Error {
	override name = "ConfigError";
}

/** The one type that goes with a status; a status outside the table counts as the general error of its class. */
export function errorTypeOf(statusCode: number): ErrorType {
	return typeByStatus.get(statusCode) ?? (statusCode >= 500 ? "agent_execution_failed" : "bad_request");
}

const typeByStatus = new Map<number, ErrorType>(
	Object.entries(errorStatus).map(([type, status]) => [status, type as ErrorType]),
);

const errorBody = (type: ErrorType, message: string): ErrorBody => ({ error: { type, message } });

/** Fastify's error handler: whatever was thrown becomes one of our types. What failed inside stays in the log. */
export function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
	const body = errorBodyOf(error);
	const { type } = body.error;
	if (type === "agent_execution_failed") request.log.error({ err: error }, "a request failed inside the gateway");
	reply.code(errorStatus[type]).send(body);
}

/** What a client may know of an error: the message of one that is meant for clients, else only that there was one. */
export function errorBodyOf(error: unknown): ErrorBody {
	const { statusCode = 500, message } = error as Partial<FastifyError>;
	const type = errorTypeOf(statusCode);
	const isTold = error instanceof GatewayError || type !== "agent_execution_failed";
	return errorBody(type, isTold && message !== undefined ? message : "the gateway failed to answer this request");
}

/** Without the query, which may hold a token. */
export function answerNotFound(request: FastifyRequest, reply: FastifyReply): void {
	const [path] = request.url.split("?");
	reply.code(404).send(errorBody("not_found", `there is no ${request.method} ${path}`));
}

/** For bytes that are not HTTP: there is no request and no reply yet, only the socket. */
export function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Socket): void {
	if (error.code === "ECONNRESET" || !socket.writable) {
		socket.destroy();
		return;
	}
	answerOnSocket(socket, "this is not a complete HTTP request");
}

/** A bad_request for a socket that has no reply; its connection ends. */
export function answerOnSocket(socket: Duplex, message: string): void {
	const body = JSON.stringify(errorBody("bad_request", message));
	socket.end(
		`HTTP/1.1 400 Bad Request\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
	);
}
