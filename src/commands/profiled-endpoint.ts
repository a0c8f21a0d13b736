import { usageError } from "#src/errors.js";
import type { RunPlan } from "#src/investigate/run.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import { endpointsOf, type RunOptions } from "./run-options.js";
import type { CommandContext } from "./terminal.js";

/** Of the reference gateway, when nothing is said. */
export const DEFAULT_ENDPOINT = "/metrics";

/**
 * The one endpoint of a command that looks into the target.
 * @throws KnownError USAGE for a server that was not started here, or where no endpoint is named
 */
export async function profiledEndpoint(
	text: string | undefined,
	command: string,
	options: RunOptions,
	{ target }: Pick<RunPlan, "target">,
	context: CommandContext,
): Promise<EndpointRequest> {
	if (target.kind === "url") {
		throw usageError(
			`${command} cannot look into a server that it did not start`,
			"give its command after --, or measure it without a profile: az-prof load --url",
		);
	}
	if (text === undefined && target.kind === "command") {
		throw usageError("which endpoint of your server?", `write az-prof ${command} /path -- node server.js`);
	}
	const [request] = await endpointsOf([text ?? DEFAULT_ENDPOINT], options, context);
	if (request === undefined) throw new RangeError("no endpoint");
	return request;
}
