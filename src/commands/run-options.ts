import type { Command } from "commander";
import { usageError } from "../errors.js";
import type { RunPlan } from "../investigate/run.js";
import type { ClosedLoad, RunRecord } from "../model/run-record.js";
import { entryPoint } from "../process/entry-point.js";
import { secretsOf } from "../secrets.js";
import type { EndpointRequest } from "../target/endpoint.js";
import type { TargetSpec } from "../target/target.js";
import {
	parseBody,
	parseDuration,
	parseDurationOrZero,
	parseEndpoint,
	parseHeader,
	parseList,
	parseMethod,
	parseOrigin,
	parseWhole,
} from "./parse.js";
import type { CommandContext } from "./terminal.js";

/** The options that every measuring command has, as commander hands them over. */
export interface RunOptions {
	readonly concurrency?: string;
	readonly duration?: string;
	readonly warmup?: string;
	readonly timeout: string;
	readonly startTimeout: string;
	readonly port?: string;
	readonly url?: string;
	readonly token?: string;
	readonly header: readonly string[];
	readonly method: string;
	readonly body?: string;
	readonly layers?: string;
	readonly without?: string;
	readonly out?: string;
	readonly json?: boolean;
	readonly quiet?: boolean;
	readonly open?: boolean;
}

const MOST_CLIENTS = 10_000;
const DEFAULT_CLIENTS = "64";
const DEFAULT_DURATION = "10s";
const DEFAULT_WARMUP = "2s";
/** A warm-up may take this many times what was asked for, until the cost of a request is flat. */
const WARMUP_STRETCH = 3;

/** For options that may be repeated. */
export const collect = (value: string, before: readonly string[]): string[] => [...before, value];

/** What a command takes where neither an option nor the environment says so, if not what the others take. */
export interface RunDefaults {
	readonly clients?: string;
	readonly duration?: string;
	readonly warmup?: string;
}

/**
 * Adds the options that measuring commands share.
 * @param differs what is different for a command; false for `window` where it does not measure one window of a given length
 */
export function addRunOptions(command: Command, differs: RunDefaults & { readonly window?: boolean } = {}): Command {
	command.option(
		"-c, --concurrency <clients>",
		`connections, one request each (default: ${differs.clients ?? DEFAULT_CLIENTS}, AZ_LOAD_CONCURRENCY)`,
	);
	if (differs.window !== false) addWindowOptions(command, differs);
	return command
		.option("--timeout <time>", "a request that takes longer counts as a time-out", "10s")
		.option("--start-timeout <time>", "how long the target may take to answer first", "10s")
		.option("-p, --port <port>", "the target's port (default: found by itself, AZ_LOAD_PORT)")
		.option("--url <origin>", "load a server that runs already: http://127.0.0.1:3000")
		.option("-m, --method <method>", "for endpoints without one", "GET")
		.option("-H, --header <header>", 'request header "name: value"; may be repeated', collect, [])
		.option("--token <token>", "bearer token (default: AZ_PROF_TOKEN, which stays out of the shell's history)")
		.option("--body <text>", "request body, or @file")
		.option("--layers <names>", "reference gateway: only these middleware layers, a,b")
		.option("--without <names>", "reference gateway: all but these middleware layers, a,b")
		.option("--out <folder>", "where run folders go (default: profiles/runs)")
		.option("--json", "one JSON document on stdout, the run's record")
		.option("-q, --quiet", "no progress")
		.option("--open", "open the HTML report in the browser");
}

function addWindowOptions(command: Command, { duration, warmup }: RunDefaults): void {
	command
		.option(
			"-d, --duration <time>",
			`measured window: 500ms, 10s, 2m (default: ${duration ?? DEFAULT_DURATION}, AZ_LOAD_DURATION_SECS)`,
		)
		.option(
			"--warmup <time>",
			`shortest warm-up; goes on until flat, at most ${WARMUP_STRETCH} times as long (default: ${warmup ?? DEFAULT_WARMUP})`,
		);
}

/** Everything of a RunPlan that does not depend on the command. */
export function planRun(
	command: RunRecord["command"],
	options: RunOptions,
	context: CommandContext,
	defaults: RunDefaults = {},
): RunPlan {
	const { env } = context;
	const headers = headersOf(options, env);
	const secrets = secretsOf(headers);
	const ofEnvironment = env.AZ_LOAD_DURATION_SECS ? `${env.AZ_LOAD_DURATION_SECS}s` : undefined;
	const duration = options.duration ?? ofEnvironment ?? defaults.duration ?? DEFAULT_DURATION;
	const warmupMs = parseDurationOrZero(options.warmup ?? defaults.warmup ?? DEFAULT_WARMUP, "--warmup");
	const clients = parseWhole(
		options.concurrency ?? (env.AZ_LOAD_CONCURRENCY || (defaults.clients ?? DEFAULT_CLIENTS)),
		options.concurrency === undefined && env.AZ_LOAD_CONCURRENCY ? "AZ_LOAD_CONCURRENCY" : "--concurrency",
		1,
		MOST_CLIENTS,
	);
	const load: ClosedLoad = {
		kind: "closed",
		clients,
		durationMs: parseDuration(duration, options.duration === undefined ? "AZ_LOAD_DURATION_SECS" : "--duration"),
		warmupMs,
		warmupMaxMs: warmupMs * WARMUP_STRETCH,
		timeoutMs: parseDuration(options.timeout, "--timeout"),
	};
	return {
		command,
		commandLine: context.commandLine,
		target: targetOf(options, context),
		load,
		expectedStatus: null,
		startTimeoutMs: parseDuration(options.startTimeout, "--start-timeout"),
		out: options.out ?? null,
		secrets,
		signal: context.signal,
		warn: (sentence) => context.terminal.err(`az-prof: ${sentence}\n`),
		say: (phase) => {
			if (!options.quiet && !options.json) context.terminal.progress(phase);
		},
	};
}

/** The endpoints of a command line, with the common method, headers and body. */
export function endpointsOf(texts: readonly string[], options: RunOptions, context: CommandContext): EndpointRequest[] {
	const body = options.body === undefined ? null : parseBody(options.body);
	const method = parseMethod(options.method);
	const headers = headersOf(options, context.env);
	if (body !== null && headers["content-type"] === undefined) headers["content-type"] = contentTypeOf(body);
	return texts.map((text) => parseEndpoint(text, { method, headers, body }));
}

const contentTypeOf = (body: Uint8Array): string => {
	try {
		JSON.parse(new TextDecoder().decode(body));
		return "application/json";
	} catch {
		return "application/octet-stream";
	}
};

function headersOf(options: RunOptions, env: Readonly<NodeJS.ProcessEnv>): Record<string, string> {
	const headers = Object.fromEntries(options.header.map(parseHeader));
	const token = tokenOf(options, env);
	return token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` };
}

const tokenOf = (options: RunOptions, env: Readonly<NodeJS.ProcessEnv>): string | undefined =>
	options.token ?? (env.AZ_PROF_TOKEN || undefined);

function targetOf(options: RunOptions, context: CommandContext): TargetSpec {
	const { targetArgv, env } = context;
	const portText = options.port ?? (env.AZ_LOAD_PORT || undefined);
	const port = portText === undefined ? null : parseWhole(portText, "--port", 1, 65_535);
	const layered = options.layers !== undefined || options.without !== undefined;
	if (options.url !== undefined) {
		if (targetArgv !== null) throw usageError("both --url and a command after -- name a target", "give one of them");
		if (layered) throw usageError("--layers and --without are for the reference gateway", "leave them out with --url");
		return { kind: "url", origin: parseOrigin(options.url) };
	}
	if (targetArgv === null) return gatewayTarget(options, port, tokenOf(options, env));
	if (targetArgv.length === 0) throw usageError("there is no command after --", "write -- node server.js");
	if (layered) {
		throw usageError(
			"--layers and --without are for the reference gateway",
			"leave them out with a command of your own",
		);
	}
	return { kind: "command", argv: targetArgv, env: {}, cwd: process.cwd(), port };
}

/** The reference gateway as the published baseline was captured: no auth unless a token is given, no rate limit. */
function gatewayTarget(options: RunOptions, port: number | null, token: string | undefined): TargetSpec {
	const flags = ["--host", "127.0.0.1", "--port", String(port ?? 0), "--rate-limit-max", "0", "--log", "none"];
	if (token === undefined) flags.push("--no-auth");
	if (options.layers !== undefined) flags.push("--layers", parseList(options.layers).join(","));
	if (options.without !== undefined) flags.push("--without", parseList(options.without).join(","));
	return {
		kind: "gateway",
		argv: [process.execPath, entryPoint("src/gateway/main"), ...flags],
		env: {
			NODE_ENV: "production",
			// An agentzero.toml in the current folder may limit identities as well.
			AZ_GATEWAY_RATE_LIMIT_PER_IDENTITY: "0",
			...(token === undefined ? {} : { AZ_GATEWAY_TOKEN: token }),
		},
		port,
	};
}
