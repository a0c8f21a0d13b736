import { once } from "node:events";
import type { Command } from "commander";
import type { Flags } from "#src/gateway/flags.js";
import { endChild, forgetChild, startChild } from "#src/process/child.js";
import { entryPoint } from "#src/process/entry-point.js";
import { parseWhole } from "./parse.js";
import type { CommandContext, ExitCode } from "./terminal.js";

/** The gateway's own flags; one token is enough by hand. */
interface ServeOptions extends Omit<Flags, "token"> {
	readonly token?: string;
}

const END_GRACE_MS = 3_000;

export function defineServe(command: Command): Command {
	return command
		.description("Runs the reference gateway until Ctrl-C. Its layers and configuration: docs/gateway.md.")
		.option("-p, --port <port>", "port (default: 18800, AZ_LOAD_PORT)")
		.option("--host <address>", "address to listen on (default: 127.0.0.1)")
		.option("--no-auth", "no token needed")
		.option("--token <token>", "bearer token (default: AZ_GATEWAY_TOKEN)")
		.option("--config <file>", "configuration (default: agentzero.toml where there is one)")
		.option("--rate-limit-max <requests>", "requests per window; 0 is off")
		.option("--layers <names>", "only these middleware layers, a,b")
		.option("--without <names>", "all but these middleware layers, a,b")
		.option("--log <file>", 'request log; "none" for none')
		.option("--provider <kind>", "who answers chats and runs: static, latency, failing (default: static)")
		.option("--provider-tokens <number>", "tokens of an answer (default: 20)")
		.option("--provider-first-token-ms <ms>", "latency: mean time to the first token (default: 200)")
		.option("--provider-token-ms <ms>", "latency: mean time between two tokens (default: 20)")
		.option("--provider-spread-percent <number>", "latency: standard deviation of both; 0 = constant (default: 25)")
		.option("--provider-seed <number>", "latency: the same seed makes the same delays (default: 1)")
		.option("--provider-fail-every <number>", "failing: every n-th call fails (default: 10)")
		.option("--provider-fail-after-tokens <number>", "failing: tokens that come before (default: 0)")
		.option("--heartbeat-interval-ms <ms>", "between heartbeats of /v1/events (default: 1000)");
}

export async function runServe(
	_: readonly string[],
	options: ServeOptions,
	context: CommandContext,
): Promise<ExitCode> {
	const port = options.port ?? (context.env.AZ_LOAD_PORT || undefined);
	if (port !== undefined) parseWhole(port, options.port === undefined ? "AZ_LOAD_PORT" : "--port", 0, 65_535);
	const flags = options.auth ? [] : ["--no-auth"];
	const passed = {
		port,
		host: options.host,
		config: options.config,
		"rate-limit-max": options.rateLimitMax,
		layers: options.layers,
		without: options.without,
		log: options.log,
		provider: options.provider,
		"provider-tokens": options.providerTokens,
		"provider-first-token-ms": options.providerFirstTokenMs,
		"provider-token-ms": options.providerTokenMs,
		"provider-spread-percent": options.providerSpreadPercent,
		"provider-seed": options.providerSeed,
		"provider-fail-every": options.providerFailEvery,
		"provider-fail-after-tokens": options.providerFailAfterTokens,
		"heartbeat-interval-ms": options.heartbeatIntervalMs,
	};
	for (const [name, value] of Object.entries(passed)) if (value !== undefined) flags.push(`--${name}`, value);
	const child = await startChild({
		argv: [process.execPath, entryPoint("gateway/main"), ...flags],
		env: { ...context.env, ...(options.token === undefined ? {} : { AZ_GATEWAY_TOKEN: options.token }) },
		stdio: "inherit",
	});
	const stop = (): void => void endChild(child.pid, { graceMs: END_GRACE_MS });
	context.signal.addEventListener("abort", stop, { once: true });
	const [code] = (await once(child, "exit")) as [number | null];
	forgetChild(child.pid);
	return code === 0 || context.signal.aborted ? 0 : 2;
}
