import fastifyUnderPressure from "@fastify/under-pressure";
import { defineLayer } from "./layer.js";

const RETRY_AFTER_SECS = 10;

/**
 * Refuses work while the event loop is late by more than the limit, on average over some seconds. Being busy is no
 * reason: a loop at 100 % that keeps its queue short goes on answering.
 */
export const underPressure = defineLayer(
	"under-pressure",
	async (app, { maxEventLoopDelayMs }) => {
		await app.register(fastifyUnderPressure, {
			maxEventLoopDelay: maxEventLoopDelayMs,
			// The plugin takes a stall that covers a whole sample as endless, so one sample must outlast the limit by far.
			sampleInterval: Math.max(1000, 3 * maxEventLoopDelayMs),
			retryAfter: RETRY_AFTER_SECS,
			message: "the gateway is overloaded: try again later",
		});
		app.readiness.set("event_loop", () => !app.isUnderPressure());
		app.addHook("onRoute", (route) => {
			if (route.config?.probe === true) Object.assign(route.config, { pressureHandler: letThrough });
		});
	},
	({ maxEventLoopDelayMs }) => (maxEventLoopDelayMs === 0 ? "max_event_loop_delay_ms is 0" : undefined),
);

/** Who asks whether the gateway is well must get an answer. */
function letThrough(): void {}
