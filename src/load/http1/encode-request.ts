import { validateHeaderName, validateHeaderValue } from "node:http";
import type { HttpRequest } from "#src/load/requests/request.js";

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What may be in a request line: no blanks, no control characters, nothing beyond latin1. */
const TARGET = /^[\u0021-\u00ff]+$/;
/** Methods whose requests have a length also where they have no body (RFC 9110, section 8.6). */
const WITH_LENGTH = new Set(["POST", "PUT", "PATCH"]);
/** They would make something else of the connection or of the body than a load does. */
const FORBIDDEN = new Set(["transfer-encoding", "upgrade", "expect"]);

/**
 * A request as HTTP/1.1 writes it, in one piece.
 * @param host of the target, with its port
 * @param upgrade the protocol that the connection is to go on with
 * @throws Error with a sentence where HTTP does not allow it
 */
export function encodeRequest(request: HttpRequest, host: string, upgrade: string | null = null): Buffer {
	const { method, path, headers, body } = request;
	if (!TOKEN.test(method)) throw new Error(`"${method}" is no method`);
	if (!TARGET.test(path)) throw new Error(`the path "${path}" has characters that must be percent-encoded`);
	const given = new Map<string, string>();
	let lines = upgrade === null ? "" : `upgrade: ${upgrade}\r\n`;
	for (let i = 0; i < headers.length; i += 2) {
		const [name, value] = [headers[i] as string, headers[i + 1] as string];
		validateHeaderName(name);
		validateHeaderValue(name, value);
		const lowerName = name.toLowerCase();
		if (FORBIDDEN.has(lowerName)) throw new Error(`the header ${lowerName} cannot be sent by a load`);
		given.set(lowerName, value);
		if (lowerName !== "host") lines += `${name}: ${value}\r\n`;
	}
	const length = body?.length ?? 0;
	const saidLength = given.get("content-length");
	if (saidLength !== undefined && Number(saidLength) !== length) {
		throw new Error(`the header content-length says ${saidLength} and the body has ${length} bytes`);
	}
	if (saidLength === undefined && (body !== null || WITH_LENGTH.has(method))) lines += `content-length: ${length}\r\n`;
	if (!given.has("connection")) lines = `connection: keep-alive\r\n${lines}`;
	const head = Buffer.from(
		`${method} ${path} HTTP/1.1\r\nhost: ${given.get("host") ?? host}\r\n${lines}\r\n`,
		"latin1",
	);
	return body === null ? head : Buffer.concat([head, body]);
}
