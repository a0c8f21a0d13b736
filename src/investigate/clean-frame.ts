import type { TallyContext } from "#src/measure/tally.js";
import type { ClosedLoad } from "#src/model/run-record.js";
import { redactHeaders, redactPath } from "#src/secrets/redact.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import { endpointName } from "./run.js";

/** What a tally does not know of the clean measurement that it becomes. */
export const cleanFrame = (
	variant: string,
	{ endpoint, load }: { readonly endpoint: EndpointRequest; readonly load: ClosedLoad },
	startedAt: Date,
	partial: boolean,
): TallyContext["frame"] => ({
	id: `${variant} clean ${endpointName(endpoint)}`,
	variant,
	collector: null,
	endpoint: {
		method: endpoint.method,
		path: redactPath(endpoint.path),
		headers: redactHeaders(endpoint.headers),
		bodyBytes: endpoint.body?.byteLength ?? 0,
	},
	load,
	startedAt: startedAt.toISOString(),
	partial,
});
