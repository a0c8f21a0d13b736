import { buildingHooks, callbackIndex, type FastifyInstance } from "./fastify-types.js";
import { type AnyFunction, type LayerRecord, LayerTree } from "./layer-tree.js";
import type { LayerOrder } from "./protocol.js";

const META = Symbol.for("plugin-meta");
const SKIP_OVERRIDE = Symbol.for("skip-override");
const DISPLAY_NAME = Symbol.for("fastify.display-name");

interface PluginMeta {
	readonly name?: unknown;
	readonly dependencies?: unknown;
}

/** What fastify-plugin calls a plugin that was given no name counts all such plugins of the process: not the same in every start. */
const counted = /-auto-\d+$/;
/** It is called after its file then, and many files have this name. */
const countedIndex = /^index-auto-\d+$/;
/** Names of functions that say nothing. */
const nameless = new Set(["", "default", "anonymous"]);

/** One application: its layers, and what the order says about each. */
export class FastifyApp {
	readonly tree: LayerTree;
	readonly routes: { readonly method: string; readonly url: string; readonly within: LayerRecord | null }[] = [];
	readonly #answered = new Map<string, { readonly method: string; readonly url: string }>();
	readonly #without: ReadonlySet<string>;

	constructor(
		readonly order: LayerOrder,
		readonly version: string,
		prefix: string,
	) {
		this.tree = new LayerTree(prefix);
		this.#without = new Set(order.mode === "absent" ? order.without : []);
	}

	get answered(): readonly { readonly method: string; readonly url: string }[] {
		return [...this.#answered.values()];
	}

	noteAnswer(method: string, url: string): void {
		this.#answered.set(`${method} ${url}`, { method, url });
	}

	leavesOut(record: LayerRecord): boolean {
		return this.#without.has(record.id);
	}

	/** @param order its place in the order of registration, where that was earlier */
	addPlugin(plugin: AnyFunction, parent: LayerRecord | null, order: number, registration: Error | null): LayerRecord {
		const symbols = plugin as unknown as Record<symbol, unknown>;
		const meta = (symbols[META] ?? {}) as PluginMeta;
		const givenName = pluginName(meta, symbols[DISPLAY_NAME], plugin.name);
		return this.tree.add({
			kind: "plugin",
			parent,
			givenName,
			stableName: givenName ?? "plugin",
			encapsulated: symbols[SKIP_OVERRIDE] !== true,
			dependsOn: Array.isArray(meta.dependencies) ? meta.dependencies.map(String) : [],
			source: registration === null ? null : { code: plugin, registration },
			order,
		});
	}

	/** A hook of the layer that is running; of a hook that attaches others, one more kind of hook. */
	addHook(name: string, hook: AnyFunction, instance: FastifyInstance, registration: Error | null): LayerRecord {
		const { current } = this.tree;
		reachesBeyond(current, instance);
		if (current?.kind === "hook") {
			if (callbackIndex(name) !== null) current.hooks.add(name);
			return current;
		}
		const givenName = nameless.has(hook.name) ? null : hook.name;
		const record = this.tree.add({
			kind: "hook",
			parent: current,
			givenName: givenName === null ? name : `${name} ${givenName}`,
			stableName: givenName === null ? name : `${name} ${givenName}`,
			source: registration === null ? null : { code: hook, registration },
		});
		if (!buildingHooks.has(name)) record.hooks.add(name);
		record.instance = instance;
		return record;
	}
}

function pluginName(meta: PluginMeta, displayName: unknown, functionName: string): string | null {
	for (const name of [meta.name, displayName, functionName]) {
		if (typeof name !== "string" || countedIndex.test(name)) continue;
		const stable = name.replace(counted, "");
		if (!nameless.has(stable)) return stable;
	}
	return null;
}

/** A plugin with an instance of its own that adds hooks to one around it: they run for other routes than its own as well. */
function reachesBeyond(current: LayerRecord | null, instance: FastifyInstance): void {
	for (let each = current; each !== null && each.kind === "plugin" && each.instance !== instance; each = each.parent) {
		if (isAround(instance, each.instance)) each.encapsulated = false;
	}
}

const isAround = (outer: object, inner: unknown): boolean =>
	typeof inner === "object" && inner !== null && Object.prototype.isPrototypeOf.call(outer, inner);
