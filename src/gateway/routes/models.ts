import type { FastifyInstance } from "fastify";
import type { Provider } from "../providers/provider.js";
import { serviceName } from "../service.js";

/** GET /v1/models: the one model there is, under the name of the provider, in OpenAI's shape. */
export async function modelsRoutes(app: FastifyInstance, { provider }: { readonly provider: Provider }): Promise<void> {
	const created = Math.floor(Date.now() / 1000);
	const models = { object: "list", data: [{ id: provider.name, object: "model", created, owned_by: serviceName }] };
	app.get("/v1/models", (_, reply) => {
		reply.send(models);
	});
}
