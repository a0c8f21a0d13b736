import type { FastifyPluginAsync } from "fastify";
import fastifyPlugin from "fastify-plugin";
import type { GatewayConfig } from "../config.js";
import type { LayerName } from "./names.js";

/** One piece of middleware that can be left out without changing the rest. */
export interface Layer {
	readonly name: LayerName;
	readonly plugin: FastifyPluginAsync<GatewayConfig>;
	/** Why the layer would have nothing to do under this configuration; it is then not registered at all. */
	readonly idleBecause: (config: GatewayConfig) => string | undefined;
}

/** A layer from its plugin function. Through fastify-plugin its hooks reach every route, and it carries its name. */
export function defineLayer(
	name: LayerName,
	register: FastifyPluginAsync<GatewayConfig>,
	idleBecause: Layer["idleBecause"] = () => undefined,
): Layer {
	return { name, plugin: fastifyPlugin(register, { name, fastify: "5.x" }), idleBecause };
}
