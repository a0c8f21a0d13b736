import type { FastifyApp } from "./fastify-app.js";
import type { FastifyInstance } from "./fastify-types.js";
import type { AnyFunction, LayerRecord } from "./layer-tree.js";

/** A plugin's callback is its third argument; with fewer it ends with its return or its promise. */
const DONE_AT = 2;

/** The symbols of fastify-plugin by which a plugin is known to others. */
const identity = [Symbol.for("skip-override"), Symbol.for("fastify.display-name")];
const META = Symbol.for("plugin-meta");

/** The same plugin for Fastify, in whatever form it was given, but known to the tree; or an empty one where it is left out. */
export function observedPlugin(given: unknown, app: FastifyApp, registration: Error | null): unknown {
	const parent = app.tree.current;
	const plugin = unbundled(given);
	if (typeof plugin === "function") {
		return observed(plugin as AnyFunction, parent, app.tree.nextOrder(), app, registration);
	}
	if (!isThenable(plugin)) return given;
	const order = app.tree.nextOrder();
	// Fastify looks at a promise when its turn has come. To look earlier would number plugins in the order of their loading, and
	// call a rejection handled that is not.
	return {
		// biome-ignore lint/suspicious/noThenProperty: Fastify expects what it would get from import().
		then: (resolve: (plugin: unknown) => void, reject: (reason: unknown) => void) =>
			plugin.then((loaded) => {
				const inner = defaultExport(loaded);
				const isPlugin = typeof inner === "function";
				resolve(isPlugin ? observed(inner as AnyFunction, parent, order, app, registration) : loaded);
			}, reject),
	};
}

function observed(
	plugin: AnyFunction,
	parent: LayerRecord | null,
	order: number,
	app: FastifyApp,
	registration: Error | null,
): AnyFunction {
	const record = app.addPlugin(plugin, parent, order, registration);
	if (app.leavesOut(record)) return emptyPlugin(plugin);
	const doneAt = plugin.length > DONE_AT ? DONE_AT : null;
	// A proxy has the name, length, symbols and kind of the plugin, all of which Fastify looks at.
	const proxy: AnyFunction = new Proxy(plugin, {
		apply(target, self, args) {
			record.instance = args[0] as FastifyInstance;
			return app.tree.run(record, target, self, args, doneAt);
		},
		get(target, key) {
			// fastify-plugin makes a function its own default export, and Fastify takes that.
			if (key === "default" && typeof Reflect.get(target, key) === "function") return proxy;
			// Without a name, Fastify shows the beginning of the code.
			if (key === "toString") return () => Function.prototype.toString.call(target);
			return Reflect.get(target, key);
		},
	});
	return proxy;
}

/** Others that depend on the plugin still find it by its name; it depends on nothing itself. */
function emptyPlugin(plugin: AnyFunction): AnyFunction {
	const empty = ((_instance: unknown, _options: unknown, done: () => void) => done()) as AnyFunction;
	const [from, to] = [plugin, empty] as unknown as Record<symbol, unknown>[] as [
		Record<symbol, unknown>,
		Record<symbol, unknown>,
	];
	for (const symbol of identity) if (from[symbol] !== undefined) to[symbol] = from[symbol];
	const meta = from[META];
	if (typeof meta === "object" && meta !== null) {
		const { dependencies: _dependencies, decorators: _decorators, ...known } = meta as Record<string, unknown>;
		to[META] = known;
	}
	Object.defineProperty(empty, "name", { value: plugin.name });
	return empty;
}

/** As Fastify does it: only an object's default export is taken here, a function's only once it came out of a promise. */
function unbundled(given: unknown): unknown {
	if (typeof given !== "object" || given === null) return given;
	const { default: inner } = given as { default?: unknown };
	return typeof inner === "function" ? inner : given;
}

function defaultExport(loaded: unknown): unknown {
	const inner = (loaded as { default?: unknown } | null | undefined)?.default;
	return typeof inner === "function" ? inner : loaded;
}

interface Thenable {
	then(resolve: (value: unknown) => void, reject: (reason: unknown) => void): unknown;
}

const isThenable = (value: unknown): value is Thenable =>
	typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
