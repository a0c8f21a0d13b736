import type { TallyContext } from "#src/measure/tally.js";
import type { Regime, SlicedLoad } from "#src/model/load.js";
import { redactHeaders, redactPath } from "#src/secrets/redact.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import { endpointName } from "#src/target/endpoint.js";

/** What a tally does not know of the slices that it adds up. */
export const slicesFrame = (
	variant: string,
	{
		endpoint,
		regime,
		load,
	}: { readonly endpoint: EndpointRequest; readonly regime: Regime; readonly load: SlicedLoad },
	startedAt: Date,
	partial: boolean,
): TallyContext["frame"] => ({
	id: `${variant} ${regime === "light" ? "light" : "clean"} ${endpointName(endpoint)}`,
	variant,
	regime,
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
