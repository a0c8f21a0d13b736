import type { StackDescription } from "#matrix/target/protocol.js";
import { KnownError } from "#src/errors.js";
import type { Layer } from "#src/model/matrix.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import { layersOf } from "./stack.js";

/**
 * The layers of a described stack, as the route that answered the endpoint sees them.
 * @param endpoint null: no route is looked at
 */
export function layersOfStack(stack: StackDescription | null, endpoint: EndpointRequest | null): Layer[] {
	if (stack === null || stack.framework === null) {
		throw new KnownError({
			code: "TARGET_ANSWER",
			what: "the target's layers cannot be found",
			why: stack === null ? "it is not a Node process" : "it does not use a framework that az-prof knows (Fastify)",
			fix: "say how each is switched off: --layer cors=env:CORS=0 or --layer cors=flag:--no-cors",
		});
	}
	return layersOf(
		stack,
		endpoint === null ? null : (stack.answered[0] ?? { method: endpoint.method, url: endpoint.path }),
	);
}
