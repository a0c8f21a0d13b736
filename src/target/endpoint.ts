import { redactPath } from "#src/secrets/redact.js";

/** What is requested of a target: method, path, headers and body. */
export interface EndpointRequest {
	/** Upper case. */
	readonly method: string;
	/** Begins with "/"; with the query. */
	readonly path: string;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Uint8Array | null;
	/** Bearer tokens that clients use in turn, where there are several. */
	readonly tokens?: readonly string[];
}

/** "GET /metrics"; what its query has of secrets is not in its name. */
export const endpointName = ({ method, path }: Pick<EndpointRequest, "method" | "path">): string =>
	`${method} ${redactPath(path)}`;

/** What stands in place of a method where a WebSocket is opened at the path: "WS:/ws/chat". */
export const WEBSOCKET_METHOD = "WS";

export const isWebSocket = ({ method }: Pick<EndpointRequest, "method">): boolean => method === WEBSOCKET_METHOD;
