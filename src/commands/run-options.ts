import type { Command } from "commander";
import { usageError } from "#src/errors.js";
import type { ClosedRunPlan, RunPlan } from "#src/investigate/run.js";
import { entryPoint } from "#src/process/entry-point.js";
import { temporaryParent } from "#src/process/temporary-folder.js";
import { secretsOfBody } from "#src/secrets/body.js";
import { secretsOfArgv } from "#src/secrets/command-line.js";
import { secretsOfHeaders } from "#src/secrets/redact.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import { loopbackAddressOf } from "#src/target/loopback.js";
import type { TargetSpec } from "#src/target/target.js";
import { layerFlags } from "./gateway-layers.js";
import {
	addConcurrencyOption,
	addWindowOptions,
	closedLoadOf,
	type LoadDefaults,
	type LoadOptions,
	loadOf,
} from "./load-options.js";
import { checkOutputFiles, type OutputFiles } from "./output-files.js";
import {
	parseBody,
	parseDuration,
	parseEndpoint,
	parseHeaders,
	parseMethod,
	parseOrigin,
	parseStatuses,
	parseWhole,
} from "./parse.js";
import type { CommandContext } from "./terminal.js";
import { type TokenOptions, tokensOf } from "./token-options.js";

/** The options that every measuring command has, as commander hands them over. */
export interface RunOptions extends LoadOptions, TokenOptions {
	readonly startTimeout: string;
	readonly port?: string;
	readonly url?: string;
	readonly expect?: string;
	readonly header: readonly string[];
	readonly method: string;
	readonly body?: string;
	readonly layers?: string;
	readonly without?: string;
	readonly out?: string;
	readonly keepLog?: boolean;
	readonly json?: boolean;
	readonly quiet?: boolean;
	readonly open?: boolean;
}

/** For options that may be repeated. */
export const collect = (value: string, before: readonly string[]): string[] => [...before, value];

/**
 * Adds the options that measuring commands share.
 * @param differs what is different for a command; false for `window` where it does not measure one window of a given length
 */
export function addRunOptions(command: Command, differs: LoadDefaults & { readonly window?: boolean } = {}): Command {
	addConcurrencyOption(command, differs);
	if (differs.window !== false) addWindowOptions(command, differs);
	return command
		.option("--timeout <time>", "a request that takes longer counts as a time-out", "10s")
		.option("--start-timeout <time>", "how long the target may take to answer first", "10s")
		.option("-p, --port <port>", "the target's port (default: found by itself, AZ_LOAD_PORT)")
		.option("--url <origin>", "load a server that runs already: http://127.0.0.1:3000")
		.option("-m, --method <method>", "for endpoints without one", "GET")
		.option("-H, --header <header>", 'request header "name: value"; may be repeated', collect, [])
		.option("--token <token>", "bearer token, or @file; AZ_PROF_TOKEN and files stay out of the shell's history")
		.option("--tokens <file>", "many bearer tokens, one on each line, which clients use in turn")
		.option(
			"--body <text>",
			"request body, or @file; {{seq}} and {{uuid}} are new in each request, here, in headers and paths",
		)
		.option("--expect <statuses>", "statuses that count as an answer: 200,429 (default: any 2xx)")
		.option("--layers <names>", "reference gateway: only these middleware layers, a,b")
		.option("--without <names>", "reference gateway: all but these middleware layers, a,b")
		.option("--out <folder>", "where run folders go (default: profiles/runs)")
		.option(
			"--keep-log",
			"keep the target's log, without the secrets, also where it is given a token or another secret",
		)
		.option("--json", "one JSON document on stdout, the run's record")
		.option("-q, --quiet", "no progress")
		.option("--open", "open the HTML report in the browser");
}

/** The plan of a command that measures windows, in a closed or an open loop. */
export async function planWindows(
	options: RunOptions,
	context: CommandContext,
	defaults: LoadDefaults = {},
): Promise<RunPlan> {
	const plan = await planRun(options, context, defaults);
	return { ...plan, load: loadOf(options, context.env, defaults) };
}

/** Everything of a RunPlan that does not depend on the command, with a closed loop. */
export async function planRun(
	options: RunOptions & OutputFiles,
	context: CommandContext,
	defaults: LoadDefaults = {},
): Promise<ClosedRunPlan> {
	const { env } = context;
	checkOutputFiles(options);
	const { remark } = temporaryParent();
	if (remark !== null) context.terminal.err(`az-prof: ${remark}\n`);
	const request = await requestOf(options, context);
	// Only now is there something to be said; the help of a command comes without.
	const [{ sentenceOf }, { progressLine }] = await Promise.all([
		import("#src/report/sentences/finding.js"),
		import("#src/report/sentences/progress.js"),
	]);
	return {
		commandLine: context.commandLine,
		target: await targetOf(options, request.tokens, context),
		load: closedLoadOf(options, env, defaults),
		expectedStatus: options.expect === undefined ? null : parseStatuses(options.expect),
		startTimeoutMs: parseDuration(options.startTimeout, "--start-timeout"),
		out: options.out ?? null,
		secrets: request.secrets,
		keepsLog: options.keepLog ?? request.secrets.length === 0,
		signal: context.signal,
		warn: (finding) => context.terminal.err(`az-prof: ${sentenceOf(finding)}\n`),
		say: (progress) => {
			if (!options.quiet && !options.json) context.terminal.progress(progressLine(progress));
		},
	};
}

/** The endpoints of a command line, with the common method, headers and body. */
export async function endpointsOf(
	texts: readonly string[],
	options: RunOptions,
	context: CommandContext,
	takesWebSockets = false,
): Promise<EndpointRequest[]> {
	const method = parseMethod(options.method);
	const { tokens, headers, body } = await requestOf(options, context);
	return texts.map((text) => ({
		...parseEndpoint(text, { method, headers, body }, takesWebSockets),
		...(tokens.length > 1 ? { tokens } : {}),
	}));
}

/** What all requests of a command line have in common, and the secrets in it and in the command line itself. */
interface CommonRequest {
	readonly tokens: readonly string[];
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Uint8Array | null;
	readonly secrets: readonly string[];
}

async function requestOf(options: RunOptions, context: CommandContext): Promise<CommonRequest> {
	const tokens = await tokensOf(options, context.env, context.signal);
	const body = options.body === undefined ? null : await parseBody(options.body, context.signal);
	const headers = headersOf(options, tokens);
	const secrets = [
		...new Set([
			...secretsOfArgv(context.commandLine),
			...secretsOfHeaders(headers),
			...tokens,
			...(body === null ? [] : secretsOfBody(body)),
		]),
	];
	// From here on nothing that is printed may hold them, whatever goes wrong.
	context.terminal.conceal(secrets);
	if (body !== null && headers["content-type"] === undefined) headers["content-type"] = contentTypeOf(body);
	return { tokens, headers, body, secrets };
}

const contentTypeOf = (body: Uint8Array): string => {
	try {
		JSON.parse(new TextDecoder().decode(body));
		return "application/json";
	} catch {
		return "application/octet-stream";
	}
};

function headersOf({ header, url }: RunOptions, [token]: readonly string[]): Record<string, string> {
	const origin = url === undefined ? null : parseOrigin(url);
	const headers = parseHeaders(header);
	if (token !== undefined && (headers.authorization !== undefined || origin?.authorization)) {
		throw usageError(
			`a token and ${headers.authorization === undefined ? "the user of --url" : "-H authorization"} both say who asks`,
			"give one of them (AZ_PROF_TOKEN is a token, too)",
		);
	}
	return {
		...(origin?.host ? { host: origin.host } : {}),
		...(origin?.authorization ? { authorization: origin.authorization } : {}),
		...headers,
		...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
	};
}

async function targetOf(options: RunOptions, tokens: readonly string[], context: CommandContext): Promise<TargetSpec> {
	const { targetArgv, env } = context;
	const portText = options.port ?? (env.AZ_LOAD_PORT || undefined);
	const portOption = options.port === undefined ? "AZ_LOAD_PORT" : "--port";
	const port = portText === undefined ? null : parseWhole(portText, portOption, 1, 65_535);
	const layered = options.layers !== undefined || options.without !== undefined;
	if (options.url !== undefined) {
		if (targetArgv !== null) throw usageError("both --url and a command after -- name a target", "give one of them");
		if (layered) throw usageError("--layers and --without are for the reference gateway", "leave them out with --url");
		return { kind: "url", origin: await originOf(parseOrigin(options.url).url, context.signal) };
	}
	if (targetArgv === null) return gatewayTarget(options, port, tokens);
	if (targetArgv.length === 0) throw usageError("there is no command after --", "write -- node server.js");
	if (layered) {
		throw usageError(
			"--layers and --without are for the reference gateway",
			"leave them out with a command of your own",
		);
	}
	return { kind: "command", argv: targetArgv, env: {}, cwd: process.cwd(), port };
}

/** The origin by its address, so that nothing is ever sent to where its name may lead later. */
async function originOf(url: URL, signal: AbortSignal): Promise<string> {
	const address = await loopbackAddressOf(url, signal);
	return new URL(`http://${address.includes(":") ? `[${address}]` : address}:${url.port || 80}`).origin;
}

/** The reference gateway as the published baseline was captured: no auth unless a token is given, no rate limit. */
function gatewayTarget(options: RunOptions, port: number | null, tokens: readonly string[]): TargetSpec {
	const flags = ["--host", "127.0.0.1", "--port", String(port ?? 0), "--rate-limit-max", "0", "--log", "none"];
	if (tokens.length === 0) flags.push("--no-auth");
	flags.push(...layerFlags(options));
	return {
		kind: "gateway",
		argv: [process.execPath, entryPoint("gateway/main"), ...flags],
		env: {
			NODE_ENV: "production",
			// An agentzero.toml in the current folder may limit identities as well.
			AZ_GATEWAY_RATE_LIMIT_PER_IDENTITY: "0",
			...(tokens.length === 0 ? {} : { AZ_GATEWAY_TOKEN: tokens.join(",") }),
		},
		port,
	};
}
