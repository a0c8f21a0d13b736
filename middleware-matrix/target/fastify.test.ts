import { type FastifyInstance, fastify } from "fastify";
import plugin from "fastify-plugin";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { watchFastify } from "./fastify.js";
import type { WatchedFramework } from "./framework.js";
import type { LayerOrder } from "./protocol.js";

// A watch cannot be taken back, so each test looks at the applications of its own.
const watches = new Map<LayerOrder["mode"], WatchedFramework>();
let created: FastifyInstance[] = [];

beforeEach(() => {
	created = [];
});

afterEach(() => Promise.all(created.map((app) => app.close())));

function watched(order: LayerOrder): { app: FastifyInstance; watch: WatchedFramework } {
	const watch = watches.get(order.mode) ?? watchFastify(order);
	watches.set(order.mode, watch);
	const app = fastify();
	created.push(app);
	return { app, watch };
}

const nothing = (_request: unknown, _reply: unknown, done: () => void): void => done();

/** The functions that Fastify will call for a request. */
function hooksOf(app: FastifyInstance, name: string): unknown[] {
	const symbol = Object.getOwnPropertySymbols(app).find(({ description }) => description === "fastify.hooks") as symbol;
	return (app as unknown as Record<symbol, Record<string, unknown[]>>)[symbol]?.[name] ?? [];
}

describe("mode absent", () => {
	it("leaves nothing of its own where requests pass", async () => {
		const { app } = watched({ mode: "absent", without: ["onRequest#2"] });
		const attached = [nothing, (..._args: Parameters<typeof nothing>): void => _args[2]()];
		let route: { preHandler?: unknown; handler?: unknown } = {};
		const handler = async (): Promise<string> => "answer";
		app.addHook("onRequest", (_request, _reply, done) => done());
		app.addHook("onRequest", (_request, _reply, done) => done());
		app.addHook("onRequest", nothing);
		app.addHook("onRoute", (options) => {
			options.preHandler = attached;
			route = options as typeof route;
		});
		app.get("/", handler);
		await app.ready();
		expect(hooksOf(app, "onRequest")).toHaveLength(2);
		expect(hooksOf(app, "onRequest")[1]).toBe(nothing);
		expect(hooksOf(app, "onSend")).toEqual([]);
		expect(route.preHandler).toBe(attached);
		expect(route.handler).toBe(handler);
	});
});

describe("what Fastify refuses is refused", () => {
	it.each<[string, (app: FastifyInstance) => unknown, RegExp]>([
		[
			"an async hook with a callback",
			(app) => app.addHook("onRequest", (async (_a: unknown, _b: unknown, _c: unknown) => {}) as never),
			/Async function/,
		],
		[
			"no hook at all",
			(app) => app.addHook("onRequest", "hook" as never),
			/hook callback|must be a function|Function/i,
		],
		["an unknown hook", (app) => app.addHook("onSomething" as never, nothing as never), /not supported/],
		["no plugin at all", (app) => app.register("plugin" as never), /plugin/i],
		["a plugin that throws", (app) => app.register(async () => Promise.reject(new Error("mine"))), /^mine$/],
		["a promise that fails", (app) => app.register(rejectedLater()), /^not there$/],
		[
			"a plugin for another version",
			(app) => app.register(plugin(async () => {}, { fastify: "3.x" })),
			/expected '3\.x'/,
		],
		[
			"a plugin without what it depends on",
			(app) => app.register(plugin(async () => {}, { name: "b", dependencies: ["a"] })),
			/dependency 'a' of plugin 'b'/,
		],
	])("%s", async (_, build, message) => {
		const { app } = watched({ mode: "toggle" });
		const start = async (): Promise<unknown> => {
			build(app);
			return app.ready();
		};
		await expect(start()).rejects.toThrow(message);
	});
});

function rejectedLater(): Promise<never> {
	const promise = Promise.reject<never>(new Error("not there"));
	promise.catch(() => {});
	return promise;
}

it("plugins that wait for each other, call back late and register late stay whose they are", async () => {
	const { app, watch } = watched({ mode: "toggle" });
	app.register(
		plugin(
			(instance, _options, done) => {
				setImmediate(() => {
					instance.addHook("onRequest", nothing);
					done();
					instance.addHook("onSend", (_a, _b, _c, next) => next());
				});
			},
			{ name: "late" },
		),
	);
	const inner = plugin(async (instance) => void instance.addHook("preHandler", nothing), { name: "inner" });
	const waits = async (instance: FastifyInstance): Promise<void> => {
		await new Promise((resolve) => setImmediate(resolve));
		await instance.register(inner);
		await new Promise((resolve) => setImmediate(resolve));
		instance.addHook("onResponse", nothing);
	};
	await app.register(plugin(waits, { name: "waits" }));
	app.addHook("onTimeout", nothing);
	await app.ready();
	const layers = watch.describe()?.layers ?? [];
	const mine = layers.slice(layers.findIndex(({ name }) => name === "late"));
	const prefix = /^app \d+: /;
	expect(mine.map(({ id }) => id.replace(prefix, "")).sort()).toEqual(
		[
			"late",
			"late > onRequest nothing",
			"waits",
			"waits > inner",
			"waits > inner > preHandler nothing",
			"waits > onResponse nothing",
			"onTimeout nothing",
			// Behind its callback a plugin that called back later has ended; it is the application's.
			"onSend",
		].sort(),
	);
});

it("what fastify-plugin calls a plugin after its file is its name, unless the file is an index", async () => {
	const { app, watch } = watched({ mode: "toggle" });
	for (const name of ["before", "session-auto-7", "index-auto-8", "index"])
		app.register(plugin(async () => {}, { name }));
	await app.ready();
	const ids = watch.describe()?.layers.map(({ id }) => id.replace(/^app \d+: /, "")) ?? [];
	expect(ids.slice(ids.lastIndexOf("before"))).toEqual(["before", "session", "plugin", "index"]);
});
