import { validateHeaderName, validateHeaderValue } from "node:http";
import type { NextRequest } from "#src/load/clients/request-source.js";
import { headersOf } from "./request-headers.js";

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What may be in a request line: no blanks, no control characters, nothing beyond latin1. */
const TARGET = /^[\u0021-\u00ff]+$/;
/** Methods whose requests have a length also where they have no body (RFC 9110, section 8.6). */
const WITH_LENGTH = new Set(["POST", "PUT", "PATCH"]);
/** They would make something else of the connection or of the body than this client does. */
const FORBIDDEN = new Set(["transfer-encoding", "upgrade", "expect"]);

/**
 * A request as HTTP/1.1 writes it, in one piece.
 * @param host of the target, with its port
 * @throws Error with a sentence where HTTP does not allow it
 */
export function encodeRequest(request: ReturnType<NextRequest>, host: string): Buffer {
	const { method, path } = request;
	if (!TOKEN.test(method)) throw new Error(`"${method}" is no method`);
	if (!TARGET.test(path)) throw new Error(`the path "${path}" has characters that must be percent-encoded`);
	const payload = request.body as Buffer | null;
	const given = new Map<string, string>();
	let lines = "";
	const flat = headersOf(request);
	for (let i = 0; i < flat.length; i += 2) {
		const [name, value] = [flat[i] as string, flat[i + 1] as string];
		validateHeaderName(name);
		validateHeaderValue(name, value);
		const lowerName = name.toLowerCase();
		if (FORBIDDEN.has(lowerName)) throw new Error(`the header ${lowerName} cannot be sent by a load`);
		given.set(lowerName, value);
		if (lowerName !== "host") lines += `${name}: ${value}\r\n`;
	}
	const length = payload?.length ?? 0;
	const saidLength = given.get("content-length");
	if (saidLength !== undefined && Number(saidLength) !== length) {
		throw new Error(`the header content-length says ${saidLength} and the body has ${length} bytes`);
	}
	if (saidLength === undefined && (payload !== null || WITH_LENGTH.has(method)))
		lines += `content-length: ${length}\r\n`;
	if (!given.has("connection")) lines = `connection: keep-alive\r\n${lines}`;
	const head = Buffer.from(
		`${method} ${path} HTTP/1.1\r\nhost: ${given.get("host") ?? host}\r\n${lines}\r\n`,
		"latin1",
	);
	return payload === null ? head : Buffer.concat([head, payload]);
}
