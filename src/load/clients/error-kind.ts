import { systemErrorCode } from "#src/errors.js";
import type { ErrorKind } from "#src/load/order/order.js";

/** Errors of the request itself (a header that HTTP forbids, a wrong length): sending it again cannot help. */
const ownFaults = new Set(["UND_ERR_INVALID_ARG", "UND_ERR_NOT_SUPPORTED", "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH"]);
const resets = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);
const malformed = new Set(["UND_ERR_RES_CONTENT_LENGTH_MISMATCH", "UND_ERR_HEADERS_OVERFLOW"]);

export const isFaultOfRequest = (error: Error): boolean => ownFaults.has(systemErrorCode(error) ?? "");

/** Neither sockets nor processes can have more files open. */
export const isOutOfDescriptors = (error: Error): boolean =>
	["EMFILE", "ENFILE"].includes(systemErrorCode(error) ?? "");

/** What ended an attempt, from the error of Node's sockets or of undici. Time-outs are ours and never come here. */
export function errorKindOf(error: Error): ErrorKind {
	const code = systemErrorCode(error) ?? "";
	if (code === "ECONNREFUSED") return "refused";
	if (resets.has(code)) return "reset";
	// undici's parser error carries no code for some faults.
	if (malformed.has(code) || error.name === "HTTPParserError") return "protocol";
	// undici's SocketError: "bad response" and "bad upgrade" are answers nobody asked for; all others are closed connections.
	if (code === "UND_ERR_SOCKET") return error.message.startsWith("bad ") ? "protocol" : "reset";
	return "other";
}

const FIRST_WAIT_MS = 10;
const LONGEST_WAIT_MS = 1_000;

/**
 * How long a client waits before it tries again after its n-th failure in a row (n ≥ 1). A refused connection costs nothing
 * to try, so without a wait a dead server would be tried tens of thousands of times a second. One closed connection is
 * replaced at once; a time-out has waited already.
 */
export function waitAfterFailureMs(kind: ErrorKind, inARow: number): number {
	switch (kind) {
		case "timeout":
			return 0;
		case "refused":
		case "other":
			return doubled(inARow);
		case "reset":
		case "protocol":
			return inARow === 1 ? 0 : doubled(inARow - 1);
	}
}

const doubled = (times: number): number => Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (times - 1));
