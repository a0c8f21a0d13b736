import type { FastifyApp } from "./fastify-app.js";
import { callbackIndex, type RouteOptions, requestHooks } from "./fastify-types.js";
import type { AnyFunction, LayerRecord } from "./layer-tree.js";
import { HANDLER } from "./protocol.js";

type Callback = () => void;

/**
 * A hook that goes on to the next one while its layer is off. Fastify gives every hook the callback, also one that returns a promise,
 * so calling it is the way on for both kinds. Name, length and `this` stay those of the hook.
 */
export function switchable(name: string, hook: AnyFunction, layer: LayerRecord): AnyFunction {
	const at = callbackIndex(name);
	// Fastify refuses an async hook that takes the callback too. Let it see that one.
	if (at === null || (hook.constructor.name === "AsyncFunction" && hook.length > at)) return hook;
	const wrapped = wrappers[at](hook, layer);
	Object.defineProperty(wrapped, "length", { value: hook.length, configurable: true });
	Object.defineProperty(wrapped, "name", { value: hook.name, configurable: true });
	return wrapped;
}

/** By the position of the callback: a fixed number of arguments is passed on faster than any. */
const wrappers: Readonly<Record<1 | 2 | 3, (hook: AnyFunction, layer: LayerRecord) => AnyFunction>> = {
	1: (hook, layer) =>
		function (request, next) {
			return layer.on ? hook.call(this, request, next) : (next as Callback)();
		},
	2: (hook, layer) =>
		function (request, reply, next) {
			return layer.on ? hook.call(this, request, reply, next) : (next as Callback)();
		},
	3: (hook, layer) =>
		function (request, reply, payload, next) {
			return layer.on ? hook.call(this, request, reply, payload, next) : (next as Callback)();
		},
};

/**
 * An onRoute or onRegister hook, whose own additions count as its layer's. What onRoute attaches to a route is noted, and made
 * switchable in mode toggle.
 */
export function attachingHook(hook: AnyFunction, layer: LayerRecord, app: FastifyApp): AnyFunction {
	const attaching: AnyFunction = function (...args) {
		const route = args[0] as RouteOptions | undefined;
		const before = attachedTo(route);
		const result = app.tree.run(layer, hook, this, args, null);
		if (route !== undefined && app.order.mode !== "absent") noteAttached(route, before, layer, app);
		return result;
	};
	Object.defineProperty(attaching, "length", { value: hook.length, configurable: true });
	Object.defineProperty(attaching, "name", { value: hook.name, configurable: true });
	return attaching;
}

interface Attached {
	readonly hooks: ReadonlyMap<string, readonly unknown[]>;
	readonly handler: AnyFunction | undefined;
}

function attachedTo(route: RouteOptions | undefined): Attached {
	return {
		hooks: new Map(requestHooks.map((name) => [name, [route?.[name] ?? []].flat()])),
		handler: route?.handler,
	};
}

function noteAttached(route: RouteOptions, before: Attached, layer: LayerRecord, app: FastifyApp): void {
	const switched = app.order.mode === "toggle";
	for (const name of requestHooks) {
		const attached = route[name];
		const hooks = [attached ?? []].flat();
		const isOwn = newAmong(hooks, before.hooks.get(name) ?? []);
		if (!isOwn.includes(true)) continue;
		layer.hooks.add(name);
		if (!switched) continue;
		const wrapped = hooks.map((each, index) => (isOwn[index] ? switchable(name, each as AnyFunction, layer) : each));
		route[name] = Array.isArray(attached) ? wrapped : wrapped[0];
	}
	const { handler } = route;
	if (before.handler === undefined || handler === before.handler) return;
	layer.hooks.add(HANDLER);
	if (switched) route.handler = switchedHandler(handler, before.handler, layer);
}

/** Each that was there before is met once; a function that is attached a second time is new. */
function newAmong(hooks: readonly unknown[], before: readonly unknown[]): boolean[] {
	const old = [...before];
	return hooks.map((each) => {
		const at = old.indexOf(each);
		if (at >= 0) old.splice(at, 1);
		return at < 0 && typeof each === "function";
	});
}

const switchedHandler = (around: AnyFunction, within: AnyFunction, layer: LayerRecord): AnyFunction =>
	function (request, reply) {
		return layer.on ? around.call(this, request, reply) : within.call(this, request, reply);
	};
