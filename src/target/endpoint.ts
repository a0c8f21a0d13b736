/** What is requested of a target: method, path, headers and body. */
export interface EndpointRequest {
	/** Upper case. */
	readonly method: string;
	/** Begins with "/"; with the query. */
	readonly path: string;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Uint8Array | null;
}
