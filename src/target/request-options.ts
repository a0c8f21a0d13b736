import { fillRequest } from "#src/load/requests/placeholders.js";
import type { EndpointRequest } from "./endpoint.js";

/** What node:http is given to ask for an endpoint once. */
export interface RequestOptions {
	/** Not to be resolved against an origin: one that begins with two slashes would name another host. */
	readonly path: string;
	readonly method: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Uint8Array | null;
}

/** Placeholders are filled in. Node sends the body of a GET without its length, a second, broken request; so it is said. */
export function requestOptionsOf(endpoint: EndpointRequest): RequestOptions {
	const { method, path, headers, body } = fillRequest(endpoint, 0);
	const length = body === null ? {} : { "content-length": String(body.byteLength) };
	return { method, path, headers: { ...headers, ...length }, body };
}
