import type { GatewayConfig } from "../config.js";
import { auth } from "./auth.js";
import { bodyLimit } from "./body-limit.js";
import { compress } from "./compress.js";
import { correlationId } from "./correlation-id.js";
import { cors } from "./cors.js";
import { hsts } from "./hsts.js";
import type { Layer } from "./layer.js";
import { logger } from "./logger.js";
import { type LayerName, layerNames } from "./names.js";
import { rateLimit } from "./rate-limit.js";
import { requestMetrics } from "./request-metrics.js";
import { securityHeaders } from "./security-headers.js";
import { underPressure } from "./under-pressure.js";

const layers: Readonly<Record<LayerName, Layer>> = {
	hsts,
	cors,
	"rate-limit": rateLimit,
	"body-limit": bodyLimit,
	"request-metrics": requestMetrics,
	"correlation-id": correlationId,
	"security-headers": securityHeaders,
	logger,
	auth,
	compress,
	"under-pressure": underPressure,
};

/** The chosen layers, outermost first whatever the order they were chosen in. */
export function chosenLayers(config: GatewayConfig): Layer[] {
	return layerNames.filter((name) => config.layers.includes(name)).map((name) => layers[name]);
}
