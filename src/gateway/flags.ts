import { Command, CommanderError } from "commander";
import { ConfigError } from "./errors.js";
import { layerNames } from "./layers/names.js";
import { providerKinds } from "./providers/settings.js";
import { serviceName } from "./service.js";

/** The command line, as it was written. */
export interface Flags {
	readonly port?: string;
	readonly host?: string;
	/** False with --no-auth. */
	readonly auth: boolean;
	readonly token?: readonly string[];
	readonly config?: string;
	readonly rateLimitMax?: string;
	readonly layers?: string;
	readonly without?: string;
	readonly log?: string;
	readonly provider?: string;
	readonly providerTokens?: string;
	readonly providerFirstTokenMs?: string;
	readonly providerTokenMs?: string;
	readonly providerSpreadPercent?: string;
	readonly providerSeed?: string;
	readonly providerFailEvery?: string;
	readonly providerFailAfterTokens?: string;
	readonly heartbeatIntervalMs?: string;
}

const HELP_AFTER = `
Layers, from the outermost in: ${layerNames.join(", ")}.
Settings come from [gateway] in the configuration file, then the environment, then these flags.`;

/**
 * @param args without node and the script
 * @param print receives the help text
 * @returns undefined after --help
 * @throws ConfigError
 */
export function parseFlags(args: readonly string[], print: (text: string) => void): Flags | undefined {
	const command = new Command(serviceName)
		.description("The reference gateway.")
		.option("--port <number>", "port to listen on; 0 takes any free one (default: 18800; env: PORT)")
		.option("--host <address>", "address to listen on (default: 127.0.0.1)")
		.option("--no-auth", "let everybody in")
		.option("--token <token>", "a token to accept; may be repeated (env: AZ_GATEWAY_TOKEN)", collect)
		.option("--config <file>", "configuration file (default: ./agentzero.toml where it exists)")
		.option("--rate-limit-max <number>", "requests in a window over all clients; 0 = no limit (default: 600)")
		.option("--layers <names>", "only these layers, separated by commas; empty for none")
		.option("--without <names>", "all layers but these, separated by commas")
		.option("--log <file>", 'request log: a file, "stderr", or "none", which drops the lines (default: stderr)')
		.option("--provider <kind>", `who answers: ${providerKinds.join(", ")} (default: static)`)
		.option("--provider-tokens <number>", "tokens of an answer (default: 20)")
		.option("--provider-first-token-ms <ms>", "latency: mean time to the first token (default: 200)")
		.option("--provider-token-ms <ms>", "latency: mean time between two tokens (default: 20)")
		.option("--provider-spread-percent <number>", "latency: standard deviation of both; 0 = constant (default: 25)")
		.option("--provider-seed <number>", "latency: the same seed makes the same delays (default: 1)")
		.option("--provider-fail-every <number>", "failing: every n-th call fails (default: 10)")
		.option("--provider-fail-after-tokens <number>", "failing: tokens that come before (default: 0)")
		.option("--heartbeat-interval-ms <ms>", "between heartbeats of /v1/events (default: 1000)")
		.addHelpText("after", HELP_AFTER)
		.exitOverride()
		.configureOutput({ writeOut: print, writeErr: () => {} });
	try {
		return command.parse(args, { from: "user" }).opts<Flags>();
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		if (error.exitCode === 0) return undefined;
		throw new ConfigError(`${error.message.replace(/^error: /, "").replaceAll("\n", " ")}; see --help`);
	}
}

const collect = (value: string, earlier: readonly string[] = []): readonly string[] => [...earlier, value];
