import { systemErrorCode } from "#src/errors.js";
import type { ErrorKind } from "#src/load/order/order.js";

const resets = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED"]);

/** Neither sockets nor processes can have more files open. */
export const isOutOfDescriptors = (error: Error): boolean =>
	["EMFILE", "ENFILE"].includes(systemErrorCode(error) ?? "");

/** What ended a connection, from the error of its socket. */
export function errorKindOf(error: Error): ErrorKind {
	const code = systemErrorCode(error) ?? "";
	if (code === "ECONNREFUSED") return "refused";
	return resets.has(code) ? "reset" : "other";
}
