import type { Readable } from "node:stream";
import type { AnswerDifference, JsonType } from "#src/model/answer-difference.js";
import type { EndpointRequest } from "./endpoint.js";
import { requestOptionsOf } from "./request-options.js";

/** One whole answer, to be compared with another server's. */
export interface Answer {
	readonly status: number;
	/** Without its parameters; null where there is none. */
	readonly contentType: string | null;
	readonly body: string;
}

const TIMEOUT_MS = 10_000;
const MOST_BODY = 1_000_000;

/** Asks once. Rejects where there is no whole answer within 10 s, or the signal aborts before. */
export async function fetchAnswer(origin: string, endpoint: EndpointRequest, signal?: AbortSignal): Promise<Answer> {
	const { method, path, headers, body: sentBody } = requestOptionsOf(endpoint);
	const deadline = AbortSignal.timeout(TIMEOUT_MS);
	// Most commands never ask in this way, and loading it takes a tenth of a second. A client of its own leaves nothing for the next
	// request.
	const { Client } = await import("undici");
	const client = new Client(origin);
	try {
		const {
			statusCode,
			headers: answered,
			body,
		} = await client.request({
			method,
			path,
			headers,
			body: sentBody,
			signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
		});
		const contentType = [answered["content-type"]].flat()[0]?.split(";")[0]?.trim() ?? null;
		return { status: statusCode, contentType, body: await beginningOf(body) };
	} catch (error) {
		throw deadline.aborted ? new Error(`no whole answer within ${TIMEOUT_MS / 1e3} s`) : error;
	} finally {
		await client.destroy();
	}
}

/** All of the body is read, and its beginning kept. */
async function beginningOf(body: Readable): Promise<string> {
	let beginning = "";
	body.setEncoding("utf8");
	for await (const chunk of body as AsyncIterable<string>) {
		if (beginning.length < MOST_BODY) beginning += chunk;
	}
	return beginning;
}

/** Bodies without a structure are called different when their lengths differ by more than this share. */
const LENGTH_TOLERANCE = 0.1;

/**
 * What tells two answers apart, or null. Values may differ (a clock, an id); status, type and shape may not: then it is not the
 * same work that is compared.
 */
export function answerDifference(base: Answer, head: Answer): AnswerDifference | null {
	if (base.status !== head.status) return { kind: "status", base: base.status, head: head.status };
	if (base.contentType !== head.contentType) {
		return { kind: "content type", base: base.contentType, head: head.contentType };
	}
	const shapes = [jsonOf(base.body), jsonOf(head.body)] as const;
	if (shapes[0] !== undefined && shapes[1] !== undefined) return shapeDifference(shapes[0], shapes[1], "");
	const [baseCharacters, headCharacters] = [base.body.length, head.body.length];
	const tolerance = LENGTH_TOLERANCE * Math.max(baseCharacters, headCharacters);
	if (Math.abs(baseCharacters - headCharacters) <= tolerance) return null;
	return { kind: "length", baseCharacters, headCharacters };
}

function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function shapeDifference(base: unknown, head: unknown, path: string): AnswerDifference | null {
	const [a, b] = [typeOf(base), typeOf(head)];
	if (a !== b) return { kind: "JSON type", path, base: a, head: b };
	if (Array.isArray(base) && Array.isArray(head)) {
		if (base.length !== head.length) return { kind: "elements", path, base: base.length, head: head.length };
		return base.length === 0 ? null : shapeDifference(base[0], head[0], `${path}[0]`);
	}
	if (a !== "object") return null;
	const [left, right] = [base as Record<string, unknown>, head as Record<string, unknown>];
	const missing = Object.keys(left).find((key) => !Object.hasOwn(right, key));
	if (missing !== undefined) return { kind: "key", path, key: missing, onlyIn: "base" };
	const added = Object.keys(right).find((key) => !Object.hasOwn(left, key));
	if (added !== undefined) return { kind: "key", path, key: added, onlyIn: "head" };
	for (const key of Object.keys(left)) {
		const difference = shapeDifference(left[key], right[key], `${path}.${key}`);
		if (difference !== null) return difference;
	}
	return null;
}

function typeOf(value: unknown): JsonType {
	if (value === null) return "null";
	return Array.isArray(value) ? "list" : (typeof value as JsonType);
}
