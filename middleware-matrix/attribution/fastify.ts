import { basename } from "node:path";
import type { Frame } from "#src/model/call-tree.js";

/*
 * A hook in callback style calls done(), and Fastify then runs the next hook, the handler and the sending of the answer
 * from inside of that call: all of it stands below the first hook's frame. So some of Fastify's functions mean that the
 * request goes on.
 */

/** Files of fastify/lib that do nothing but carry a request on; the second spelling is version 4's. */
const CARRYING_ON: ReadonlySet<string> = new Set([
	"hooks.js",
	"handle-request.js",
	"handleRequest.js",
	"route.js",
	"wrap-thenable.js",
	"wrapThenable.js",
	"four-oh-four.js",
	"fourOhFour.js",
]);

/**
 * In reply.js these do as well; its methods (header, send, serialize) are services, and their work belongs to who
 * calls them.
 */
const CARRYING_ON_IN_REPLY: ReadonlySet<string> = new Set([
	"preSerializationHook",
	"preSerializationHookEnd",
	"onSendHook",
	"wrapOnSendEnd",
	"onSendEnd",
	"onErrorHook",
	"onResponseCallback",
]);

/** True where the request leaves whatever called the function: the next hooks, the handler or the answer come below. */
export function carriesRequestOn(frame: Frame): boolean {
	const file = fileOfFastify(frame);
	return file !== null && (CARRYING_ON.has(file) || (file === "reply.js" && CARRYING_ON_IN_REPLY.has(frame.name)));
}

/** True for the functions of which the route's handler is called. */
export function callsHandler(frame: Frame): boolean {
	const file = fileOfFastify(frame);
	return file === "handle-request.js" || file === "handleRequest.js";
}

const fileOfFastify = ({ package: name, file }: Frame): string | null =>
	name === "fastify" && file !== null ? basename(file) : null;
