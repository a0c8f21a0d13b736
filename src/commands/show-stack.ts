import { listLayers } from "#matrix/discovery/list-layers.js";
import { renderStack } from "#src/report/terminal/stack.js";
import type { MatrixOptions } from "./matrix.js";
import { endpointsOf, planRun } from "./run-options.js";
import type { CommandContext, ExitCode } from "./terminal.js";

/** `matrix --list`: the layers of the target as a tree. */
export async function showStack(
	text: string | undefined,
	options: MatrixOptions,
	context: CommandContext,
): Promise<ExitCode> {
	const { terminal } = context;
	const [endpoint = null] = text === undefined ? [] : await endpointsOf([text], options, context);
	const plan = await planRun(options, context);
	plan.say("looking for layers");
	const { framework, layers } = await listLayers(plan, endpoint);
	terminal.progress("");
	if (options.json) terminal.out(`${JSON.stringify({ framework, layers })}\n`);
	else terminal.out(`${renderStack(layers, framework, { ...terminal, cwd: process.cwd() })}\n`);
	return 0;
}
