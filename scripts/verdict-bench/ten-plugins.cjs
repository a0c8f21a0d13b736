// A Fastify app with ten plugins: five published ones and five of the kind that every service writes itself.
const fastify = require("fastify");
const plugin = require("fastify-plugin");
const { randomUUID } = require("node:crypto");

const app = fastify({ logger: false });
app.register(require("@fastify/cors"), { origin: ["http://localhost:3000"] });
app.register(require("@fastify/helmet"));
app.register(require("@fastify/compress"), { threshold: 100_000 });
app.register(require("@fastify/rate-limit"), { max: 1e9, timeWindow: 60_000 });
app.register(require("@fastify/under-pressure"), { maxEventLoopDelay: 10_000 });
const own = (name, hook, work) => app.register(plugin(async (instance) => instance.addHook(hook, work), { name }));
own("request-id", "onRequest", async (request, reply) => {
	request.traceId = request.headers["x-request-id"] ?? randomUUID();
	reply.header("x-request-id", request.traceId);
});
own("tenant", "onRequest", (request, _reply, done) => {
	request.tenant = (request.headers.host ?? "").split(":")[0];
	done();
});
own("timing", "onSend", (_request, reply, payload, done) => {
	reply.header("server-timing", `app;dur=${reply.elapsedTime.toFixed(1)}`);
	done(null, payload);
});
own("audit", "onResponse", (request, reply, done) => {
	app.lastRequest = { id: request.traceId, url: request.url, status: reply.statusCode, at: Date.now() };
	done();
});
own("features", "preHandler", async (request) => {
	request.features = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, request.tenant.length > 3]));
});
const items = Array.from({ length: 20 }, (_, id) => ({ id, name: `item ${id}`, price: id * 1.5 }));
app.get("/", async (request) => ({ features: request.features, items }));
app.listen({ host: "127.0.0.1", port: Number(process.env.PORT ?? 0) });
