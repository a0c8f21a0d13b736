import type { Command } from "commander";
import { usageError } from "#src/errors.js";
import { addDesignOptions, COMPARED_CLIENTS, type DesignOptions, designOf } from "./comparison-design.js";
import { measuringParts } from "./measuring-parts.js";
import { addRunOptions, endpointsOf, planRun, type RunOptions } from "./run-options.js";
import type { CommandContext, ExitCode } from "./terminal.js";

interface CalibrateOptions extends RunOptions, DesignOptions {}

const DEFAULT_ENDPOINT = "/metrics";

export function defineCalibrate(command: Command): Command {
	return addDesignOptions(
		addRunOptions(
			command
				.description(
					"How small a change can this machine see? Compares one code with itself, says what it could have found in 10, 30, 60\nand 120 s, and keeps that for this machine, so that compare can tell.",
				)
				.argument("[endpoint]", `/path or METHOD:/path (default: ${DEFAULT_ENDPOINT} of the reference gateway)`)
				.option("--within <time>", "how long to measure", "60s"),
			{ clients: COMPARED_CLIENTS, window: false },
		),
	);
}

export async function runCalibrate(
	[text]: readonly string[],
	options: CalibrateOptions,
	context: CommandContext,
): Promise<ExitCode> {
	const plan = await planRun(options, context, { clients: COMPARED_CLIENTS });
	const { target } = plan;
	if (target.kind === "url") {
		throw usageError("calibrate starts a server again and again", "give its command after --, not --url");
	}
	if (target.port !== null) {
		const how = options.port === undefined ? "unset AZ_LOAD_PORT" : "leave --port out";
		throw usageError("calibrate runs two servers at once", `${how}: ports are found`);
	}
	if (text === undefined && target.kind === "command") {
		throw usageError("which endpoint of your server?", "write az-prof calibrate /path -- node server.js");
	}
	const [endpoint] = await endpointsOf([text ?? DEFAULT_ENDPOINT], options, context);
	if (endpoint === undefined) throw new RangeError("no endpoint");
	const { argv, env } = target;
	const work = {
		...plan,
		endpoint,
		sides: { kind: "environments", argv, baseEnv: env, headEnv: env, cwd: process.cwd() } as const,
		design: { ...designOf(options, plan, null), untilTimeIsOver: true },
	};
	const { investigateCalibration, realWorld, showOutcome } = await measuringParts(
		import("#src/investigate/calibrate.js"),
	);
	const outcome = await investigateCalibration(work, realWorld);
	return showOutcome(outcome, options, context);
}
