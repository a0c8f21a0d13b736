import { openSync } from "node:fs";
import { devNull } from "node:os";
import type { FastifyRequest } from "fastify";
import { destination, pino } from "pino";
import { ConfigError } from "../errors.js";
import { serviceName } from "../service.js";
import { defineLayer } from "./layer.js";

const STDERR = 2;
const BUFFER_BYTES = 4096;
const FLUSH_EVERY_MS = 1000;

/** One line a request, and request.log for everything else. Without this layer Fastify's silent logger stays. */
export const logger = defineLayer("logger", async (app, config) => {
	const output = openLog(config.log);
	const log = pino({ base: { service: serviceName } }, output);
	app.setChildLoggerFactory((_silent, bindings, options) => log.child(bindings, options));
	app.addHook("onResponse", (request, reply, done) => {
		request.log.info({
			method: request.method,
			path: pathOf(request),
			status: reply.statusCode,
			ms: Math.round(reply.elapsedTime * 1000) / 1000,
		});
		done();
	});
	app.addHook("onClose", () => end(output));
});

/** The query may hold a token. */
function pathOf({ url }: FastifyRequest): string {
	const query = url.indexOf("?");
	return query === -1 ? url : url.slice(0, query);
}

type Output = ReturnType<typeof destination>;

function openLog(log: string): Output {
	try {
		const fd = log === "stderr" ? STDERR : openSync(log === "none" ? devNull : log, "a");
		const output = destination({ fd, sync: false, minLength: BUFFER_BYTES, periodicFlush: FLUSH_EVERY_MS });
		// A full disk costs log lines, not the service.
		output.on("error", () => {});
		return output;
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		throw new ConfigError(`cannot write the log: ${reason}; choose another file with --log, or --log none`);
	}
}

/** Resolves when all lines are written, or cannot be. (flushSync would not wait for a write that is under way.) */
function end(output: Output): Promise<void> {
	return new Promise((resolve) => {
		output.once("close", resolve);
		output.once("error", () => resolve());
		output.end();
	});
}
