import { expect, it } from "vitest";
import type { DescribedLayer, StackDescription } from "#matrix/target/protocol.js";
import { layersOf } from "./stack.js";

const layer = (id: string, parts: Partial<DescribedLayer> = {}): DescribedLayer => ({
	id,
	name: id,
	kind: "plugin",
	parent: null,
	encapsulated: false,
	hooks: [],
	decorates: [],
	dependsOn: [],
	file: null,
	line: null,
	package: null,
	...parts,
});

const hook = (id: string, parent: string | null, hooks: readonly string[]): DescribedLayer =>
	layer(id, { kind: "hook", parent, hooks });

const endpoint = { method: "GET", url: "/metrics" };

const stack = (layers: readonly DescribedLayer[], routes: StackDescription["routes"]): StackDescription => ({
	framework: { name: "fastify", version: "5.0.0" },
	layers,
	routes,
	answered: [endpoint],
});

const kept = (description: StackDescription): (string | null)[][] =>
	layersOf(description, endpoint).map(({ id, keptIn }) => [id, keptIn?.reason ?? null]);

it("a plugin with all that is within it is one layer", () => {
	const [whole, ...others] = layersOf(
		stack(
			[
				layer("auth", { hooks: ["onRequest"], dependsOn: ["cookie", "session"] }),
				hook("auth > onRequest", "auth", ["onRequest"]),
				layer("session", { parent: "auth", decorates: ["request.session"], dependsOn: ["store"] }),
				hook("session > onSend", "session", ["onSend"]),
				layer("login", { parent: "auth", encapsulated: true, decorates: ["request.form"] }),
				hook("login > preParsing", "login", ["preParsing"]),
			],
			[
				{ ...endpoint, within: null },
				{ method: "POST", url: "/login", within: "login" },
			],
		),
		endpoint,
	);
	expect(others).toEqual([]);
	// What is in an instance of its own cannot reach the endpoint.
	expect(whole).toMatchObject({
		hooks: ["onRequest", "onSend"],
		decorates: ["request.session"],
		routes: 1,
		keptIn: null,
	});
	expect(whole?.dependsOn).toEqual(["cookie", "store"]);
});

it("what holds the endpoint is looked into, what cannot run for it stays", () => {
	const description = stack(
		[
			layer("app"),
			hook("app > onRequest", "app", ["onRequest"]),
			hook("app > onRoute", "app", []),
			layer("cors", { parent: "app", hooks: ["onRequest"] }),
			layer("api", { parent: "app", encapsulated: true }),
			hook("api > onRequest", "api", ["onRequest"]),
			layer("health", { parent: "app" }),
			layer("ops", { parent: "app", encapsulated: true }),
			layer("metrics", { parent: "ops" }),
			hook("ops > onRequest", "ops", ["onRequest"]),
			layer("formats", { parent: "app" }),
		],
		[
			{ ...endpoint, within: "metrics" },
			{ method: "GET", url: "/health", within: "health" },
			{ method: "GET", url: "/api", within: "api" },
		],
	);
	expect(kept(description)).toEqual([
		["app", "container"],
		["app > onRequest", null],
		["app > onRoute", "off path"],
		["cors", null],
		["api", "off path"],
		["health", "off path"],
		["ops", "container"],
		["metrics", "container"],
		["ops > onRequest", null],
		["formats", null],
	]);
});

it("a plugin that only registers several others is looked into", () => {
	const parts = [layer("all"), layer("cors", { parent: "all" }), layer("helmet", { parent: "all" })];
	const routes = [{ ...endpoint, within: null }];
	expect(kept(stack(parts, routes))).toEqual([
		["all", "container"],
		["cors", null],
		["helmet", null],
	]);
	expect(kept(stack(parts.slice(0, 2), routes))).toEqual([["all", null]]);
	const autoload = { ...layer("all"), package: { name: "@fastify/autoload", version: "6.5.0" } };
	expect(kept(stack([autoload, ...parts.slice(1, 2)], routes))).toEqual([
		["all", "container"],
		["cors", null],
	]);
});

it("a route that is registered for another method only is found by its pattern", () => {
	const parts = [layer("ops", { encapsulated: true })];
	expect(kept(stack(parts, [{ ...endpoint, method: "HEAD", within: "ops" }]))).toEqual([["ops", "container"]]);
});

it("without a route everything is listed by itself", () => {
	const parts = [layer("app", { encapsulated: true }), hook("app > onSend", "app", ["onSend"])];
	const layers = layersOf(stack(parts, [{ ...endpoint, within: "app" }]), null);
	expect(layers.map(({ id, keptIn, routes }) => [id, keptIn, routes])).toEqual([
		["app", null, 1],
		["app > onSend", null, 0],
	]);
});
