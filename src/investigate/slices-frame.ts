import type { TallyContext } from "#src/measure/tally.js";
import { redactHeaders, redactPath } from "#src/secrets/redact.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import { endpointName } from "#src/target/endpoint.js";

/** What a tally does not know of the slices that it adds up. */
export const slicesFrame = (
	variant: string,
	{
		endpoint,
		clients,
		timeoutMs,
	}: { readonly endpoint: EndpointRequest; readonly clients: number; readonly timeoutMs: number },
	startedAt: Date,
	partial: boolean,
): TallyContext["frame"] => ({
	id: `${variant} clean ${endpointName(endpoint)}`,
	variant,
	endpoint: {
		method: endpoint.method,
		path: redactPath(endpoint.path),
		headers: redactHeaders(endpoint.headers),
		bodyBytes: endpoint.body?.byteLength ?? 0,
	},
	load: { kind: "closed", clients, timeoutMs },
	startedAt: startedAt.toISOString(),
	partial,
});
