import type { AnyFunction } from "./layer-tree.js";

/** As much of Fastify's instance as is wrapped. Methods that return it can be chained. */
export interface FastifyInstance {
	readonly version: string;
	register(plugin: unknown, ...options: unknown[]): unknown;
	addHook(name: string, hook: unknown): unknown;
	after(callback?: unknown): unknown;
	decorate(name: PropertyKey, ...value: unknown[]): unknown;
	decorateRequest(name: PropertyKey, ...value: unknown[]): unknown;
	decorateReply(name: PropertyKey, ...value: unknown[]): unknown;
}

/** What onRoute hooks are given, and may change. */
export interface RouteOptions {
	method: string | string[];
	url: string;
	handler: AnyFunction;
	[hook: string]: unknown;
}

/** Position of the callback among the arguments of each hook that runs for requests. */
const callbackAt: Readonly<Record<string, 1 | 2 | 3>> = {
	onRequest: 2,
	preParsing: 3,
	preValidation: 2,
	preHandler: 2,
	preSerialization: 3,
	onSend: 3,
	onResponse: 2,
	onError: 3,
	onTimeout: 2,
	onRequestAbort: 1,
};

export const requestHooks: readonly string[] = Object.keys(callbackAt);

/** Null for a hook that does not run for requests. */
export const callbackIndex = (hook: string): 1 | 2 | 3 | null => callbackAt[hook] ?? null;

/** Hooks that run while the application is built, and may attach others that run for requests. */
export const buildingHooks: ReadonlySet<string> = new Set(["onRoute", "onRegister"]);
