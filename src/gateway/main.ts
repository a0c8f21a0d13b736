import type { FastifyInstance } from "fastify";
import { buildApp } from "./app.js";
import { type GatewayConfig, resolveConfig } from "./config.js";
import { ConfigError } from "./errors.js";
import { parseFlags } from "./flags.js";
import { chosenLayers } from "./layers/index.js";

try {
	const flags = parseFlags(process.argv.slice(2), (text) => process.stdout.write(text));
	if (flags !== undefined) {
		const { config, notes } = resolveConfig(flags, process.env);
		for (const note of notes) tell(note);
		if (flags.layers !== undefined) for (const note of idleNotes(config)) tell(note);
		const app = await buildApp(config);
		for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop(app));
		process.stdout.write(`listening on ${await listen(app, config)}\n`);
	}
} catch (error) {
	if (!(error instanceof ConfigError)) throw error;
	tell(error.message);
	process.exitCode = 2;
}

/** @returns the URL it listens at */
async function listen(app: FastifyInstance, { host, port }: GatewayConfig): Promise<string> {
	try {
		await app.listen({ host, port });
	} catch (error) {
		await app.close();
		throw new ConfigError(whyNotListening(error, host, port), { cause: error });
	}
	const address = app.server.address();
	const boundPort = typeof address === "object" && address !== null ? address.port : port;
	return `http://${host.includes(":") ? `[${host}]` : host}:${boundPort}`;
}

function whyNotListening(error: unknown, host: string, port: number): string {
	switch ((error as NodeJS.ErrnoException).code) {
		case "EADDRINUSE":
			return `port ${port} on ${host} is taken; choose another with --port (0 takes any free one)`;
		case "EACCES":
			return `port ${port} needs more rights than this process has; choose one above 1023 with --port`;
		default:
			return `cannot listen on ${host}, port ${port}: ${(error as Error).message}; check --host and --port`;
	}
}

/** Layers asked for by name that have nothing to do. */
function idleNotes(config: GatewayConfig): string[] {
	return chosenLayers(config).flatMap((layer) => {
		const because = layer.idleBecause(config);
		return because === undefined ? [] : [`layer ${layer.name} is left out: ${because}`];
	});
}

async function stop(app: FastifyInstance): Promise<void> {
	await app.close();
	process.exit(0);
}

function tell(sentence: string): void {
	process.stderr.write(`${sentence}\n`);
}
