import { type FastifyInstance, fastify, LogController } from "fastify";
import type { GatewayConfig } from "./config.js";
import { decorate } from "./decorations.js";
import { answerBrokenRequest, answerError, answerNotFound } from "./errors.js";
import { chosenLayers } from "./layers/index.js";
import { chosenProvider } from "./providers/index.js";
import { chatRoutes } from "./routes/chat.js";
import { chatSocketRoutes } from "./routes/chat-socket.js";
import { completionsRoutes } from "./routes/completions.js";
import { eventsRoutes } from "./routes/events.js";
import { healthRoutes } from "./routes/health.js";
import { metricsRoutes } from "./routes/metrics.js";
import { modelsRoutes } from "./routes/models.js";
import { pingRoutes } from "./routes/ping.js";
import { runsRoutes } from "./routes/runs.js";
import { RunFeed } from "./runs/run-feed.js";
import { RunStore } from "./runs/run-store.js";
import { boundClosing } from "./shutdown.js";

const REQUEST_TIMEOUT_MS = 30_000;

/**
 * The gateway, ready to listen or to be called with inject(). Layers come before routes, since several of them attach
 * to each route as it is added.
 *
 * @throws ConfigError where a layer cannot work as configured (the log file cannot be opened)
 */
export async function buildApp(config: GatewayConfig): Promise<FastifyInstance> {
	const app = fastify({
		requestTimeout: REQUEST_TIMEOUT_MS,
		// The logger layer writes one line a request; Fastify's own two would come on top.
		logController: new LogController({ disableRequestLogging: true }),
		// A number is not a message: say so instead of turning it into one.
		ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
		frameworkErrors: answerError,
		clientErrorHandler: answerBrokenRequest,
		// Requests that are already here when the gateway is told to stop are still answered.
		return503OnClosing: false,
	});
	decorate(app);
	boundClosing(app);
	app.setErrorHandler(answerError);
	for (const layer of chosenLayers(config)) {
		if (layer.idleBecause(config) === undefined) await app.register(layer.plugin, config);
	}
	// It keeps the request logger that is there when it is set.
	app.setNotFoundHandler(answerNotFound);
	await app.register(healthRoutes);
	await app.register(metricsRoutes);
	await app.register(pingRoutes);
	await registerAgent(app, config);
	await app.ready();
	return app;
}

/** All that needs the provider. */
async function registerAgent(app: FastifyInstance, config: GatewayConfig): Promise<void> {
	const provider = chosenProvider(config.provider);
	app.readiness.set("provider", provider.isReady);
	const feed = new RunFeed(config.heartbeatIntervalMs);
	const runs = new RunStore(provider, config.maxRuns, (run) => feed.publish(run));
	app.addHook("preClose", async () => {
		runs.stop();
		feed.close();
	});
	await app.register(chatRoutes, { provider });
	await app.register(completionsRoutes, { provider });
	await app.register(modelsRoutes, { provider });
	await app.register(runsRoutes, { runs });
	await app.register(eventsRoutes, { feed });
	await app.register(chatSocketRoutes, { provider, times: config.conversation });
}
