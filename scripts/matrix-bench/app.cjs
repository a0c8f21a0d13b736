// A Fastify app whose layers cost what MATRIX_TRUTH says, see layers.cjs. LOOP_UNITS_PER_PERCENT: rounds of the loop
// that take 1 % of a bare request.
const fastify = require("fastify");
const plugin = require("fastify-plugin");
const { layersOf } = require("./layers.cjs");
const { burn } = require("./loop.cjs");

const { layers, spareRounds } = layersOf(
	process.env.MATRIX_TRUTH ?? "ground",
	Number(process.env.LOOP_UNITS_PER_PERCENT ?? 500),
);
const app = fastify({ logger: false });
let kept = null;

app.decorateRequest("spared", false);
for (const { name, ...does } of layers) {
	app.register(
		plugin(
			async (instance) => {
				instance.addHook("onRequest", hookOf(does));
			},
			{ name },
		),
	);
}

// All in callback style: a promise has a cost of its own. Each is a function of its own kind, as in an application.
function hookOf({ rounds, bytes, waitMs, spares }) {
	if (spares) {
		return (request, _reply, done) => {
			request.spared = true;
			done();
		};
	}
	if (bytes > 0) {
		// An array's head is 32 bytes, its store 16 and 8 for each element.
		const elements = (bytes - 48) / 8;
		return (_request, _reply, done) => {
			kept = new Array(elements);
			done();
		};
	}
	if (waitMs > 0) return (_request, _reply, done) => setTimeout(done, waitMs);
	if (rounds > 0) {
		return (_request, _reply, done) => {
			burn(rounds);
			done();
		};
	}
	return (_request, _reply, done) => done();
}

const items = Array.from({ length: 20 }, (_, id) => ({ id, name: `item ${id}`, price: id * 1.5 }));
app.get(
	"/",
	{
		// Without any hook Fastify skips the hook runner, and with one V8 puts the hook's code into the runner; whichever
		// layer comes first would be charged for the end of that, a microsecond. The route has hooks of its own.
		onRequest: [
			(_request, _reply, done) => done(),
			(request, _reply, done) => (request.spared === null ? done(new Error("never")) : done()),
		],
	},
	(request, reply) => {
		if (!request.spared) burn(spareRounds);
		reply.send({ items });
	},
);
app.listen({ host: "127.0.0.1", port: Number(process.env.PORT ?? 0) }, (error, address) => {
	if (error) throw error;
	process.stdout.write(`${address}\n`);
});

process.on("exit", () => {
	if (kept === items) throw new Error("never");
});
