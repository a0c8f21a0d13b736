import type { TallyContext } from "#src/measure/tally.js";
import type { ClosedLoad } from "#src/model/load.js";
import { redactHeaders } from "#src/secrets.js";
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
		path: endpoint.path,
		headers: redactHeaders(endpoint.headers),
		bodyBytes: endpoint.body?.byteLength ?? 0,
	},
	load,
	startedAt: startedAt.toISOString(),
	partial,
});
