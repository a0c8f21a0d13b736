import type { FastifyApp } from "./fastify-app.js";
import { attachingHook, switchable } from "./fastify-hooks.js";
import { observedPlugin } from "./fastify-plugins.js";
import { buildingHooks, callbackIndex, type FastifyInstance, type RouteOptions } from "./fastify-types.js";
import type { AnyFunction, LayerRecord } from "./layer-tree.js";

/** Wraps the methods by which an application gets its layers. All of them are called while it is built, none for a request. */
export function observeRegistrations(root: FastifyInstance, app: FastifyApp): void {
	const { register, addHook, after } = root;
	if (app.order.mode === "discover") discover(root, app);

	root.register = function (this: FastifyInstance, plugin, ...options) {
		return register.call(this, observedPlugin(plugin, app, registrationStack(app)), ...options);
	};

	root.addHook = function (this: FastifyInstance, name, hook) {
		const known = callbackIndex(name) !== null || buildingHooks.has(name);
		if (!known || typeof hook !== "function") return addHook.call(this, name, hook);
		const record = app.addHook(name, hook as AnyFunction, this, registrationStack(app));
		if (app.leavesOut(record)) return this;
		return addHook.call(this, name, hookToAdd(name, hook as AnyFunction, record, app));
	};

	// Its callback runs after the code around it has ended, and belongs to it all the same.
	root.after = function (this: FastifyInstance, callback) {
		if (typeof callback !== "function") return after.call(this, callback);
		const { current } = app.tree;
		const doneAt = callback.length >= 2 ? callback.length - 1 : null;
		const observed = new Proxy(callback as AnyFunction, {
			apply: (target, self, args) => app.tree.run(current, target, self, args, doneAt),
		});
		return after.call(this, observed);
	};
}

function hookToAdd(name: string, hook: AnyFunction, record: LayerRecord, app: FastifyApp): AnyFunction {
	if (buildingHooks.has(name)) return attachingHook(hook, record, app);
	return app.order.mode === "toggle" ? switchable(name, hook, record) : hook;
}

/** Formatted only when it is looked at. */
const registrationStack = (app: FastifyApp): Error | null => (app.order.mode === "discover" ? new Error() : null);

interface Request {
	readonly method: string;
	readonly is404?: boolean;
	readonly routeOptions?: { readonly url?: string };
	readonly routerPath?: string;
}

/** Notes routes, decorations and which routes answer; in a target that is looked at, not measured. */
function discover(root: FastifyInstance, app: FastifyApp): void {
	root.addHook("onRoute", ({ method, url }: RouteOptions) => {
		for (const each of [method].flat()) app.routes.push({ method: each, url, within: app.tree.current });
	});
	root.addHook("onRequest", (request: Request, _reply: unknown, done: () => void) => {
		const url = request.routeOptions?.url ?? request.routerPath;
		if (url !== undefined && request.is404 !== true) app.noteAnswer(request.method, url);
		done();
	});
	for (const [method, of] of [
		["decorate", "instance"],
		["decorateRequest", "request"],
		["decorateReply", "reply"],
	] as const) {
		const original = root[method];
		root[method] = function (this: FastifyInstance, name, ...rest) {
			app.tree.current?.decorates.add(`${of}.${String(name)}`);
			return original.call(this, name, ...rest);
		};
	}
}
