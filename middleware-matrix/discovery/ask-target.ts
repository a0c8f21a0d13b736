import { KnownError, messageOf } from "#src/errors.js";
import type { World } from "#src/investigate/world.js";
import type { Answer } from "#src/target/answer.js";
import { type EndpointRequest, endpointName } from "#src/target/endpoint.js";
import type { RunningTarget } from "#src/target/target.js";

/** Asks a target that has answered before once more. @throws KnownError where it does not; the signal's reason when it aborts */
export async function askTarget(
	{ fetchAnswer }: Pick<World, "fetchAnswer">,
	target: RunningTarget,
	endpoint: EndpointRequest,
	signal: AbortSignal,
): Promise<Answer> {
	try {
		return await fetchAnswer(target.origin, endpoint, signal);
	} catch (error) {
		signal.throwIfAborted();
		throw new KnownError({
			code: "TARGET_SILENT",
			what: `the target answered ${endpointName(endpoint)} once and then no more`,
			why: messageOf(error),
			details: target.logTail(),
			cause: error,
		});
	}
}
