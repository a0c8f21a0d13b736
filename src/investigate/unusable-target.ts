import { KnownError } from "#src/errors.js";
import { type EndpointRequest, endpointName } from "#src/target/endpoint.js";

/** The clean load ended in silence, so that what would follow says nothing. @param consequence of that, in words */
export const targetHung = (endpoint: EndpointRequest, consequence: string): KnownError =>
	new KnownError({
		code: "TARGET_SILENT",
		what: `the target stopped answering ${endpointName(endpoint)} during the clean load`,
		fix: `see the target's log; ${consequence}`,
	});

/** Nobody of ours is inside the target. @param limit what can be looked into, of Node */
export const targetWithoutAgent = (what: string, limit: string): KnownError =>
	new KnownError({
		code: "COLLECTOR_FAILED",
		what,
		why: "the server that listens is not a Node process that carries the agent",
		fix: `start it with node directly; only Node's ${limit}`,
	});
