import type { FastifyInstance } from "fastify";

interface Ping {
	readonly message: string;
}

const schema = {
	body: {
		type: "object",
		required: ["message"],
		properties: { message: { type: "string" } },
	},
	response: {
		"2xx": { type: "object", properties: { ok: { type: "boolean" }, echo: { type: "string" } } },
	},
};

/** POST /v1/ping: the smallest call that needs a token and a body. */
export async function pingRoutes(app: FastifyInstance): Promise<void> {
	app.post<{ Body: Ping }>("/v1/ping", { schema }, (request, reply) => {
		reply.send({ ok: true, echo: request.body.message });
	});
}
