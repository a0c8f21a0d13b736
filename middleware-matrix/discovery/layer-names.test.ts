import { expect, it } from "vitest";
import { layerNames } from "./layer-names.js";

const namesOf = (layers: Readonly<Record<string, string>>): Record<string, string> =>
	Object.fromEntries(layerNames(Object.entries(layers).map(([id, name]) => ({ id, name }))));

it("a layer deep within others is called by its own name", () => {
	expect(
		namesOf({
			"app > autoload > @fastify/cors": "@fastify/cors",
			"app > autoload#2 > plugin": "auth/index.js:4",
			onRequest: "onRequest app.js:12",
			"onRequest#2": "onRequest app.js:15",
		}),
	).toEqual({
		"app > autoload > @fastify/cors": "@fastify/cors",
		"app > autoload#2 > plugin": "auth/index.js:4",
		onRequest: "onRequest app.js:12",
		"onRequest#2": "onRequest app.js:15",
	});
});

it("layers of one name are called by as much of their place as tells them apart", () => {
	expect(
		namesOf({
			twin: "twin",
			"api > twin": "twin",
			"api > v1 > twin": "twin",
			"pages > v1 > twin": "twin",
			"api > twin#2": "twin",
		}),
	).toEqual({
		twin: "twin",
		"api > twin": "api > twin",
		"api > v1 > twin": "api > v1 > twin",
		"pages > v1 > twin": "pages > v1 > twin",
		"api > twin#2": "twin#2",
	});
});

it("every name stands for one layer, also where a layer is called as another one's place", () => {
	const layers = { a: "b > c", "b > c": "c", "x > b > c": "c", c: "a" };
	const names = Object.values(namesOf(layers));
	expect(new Set(names).size).toBe(names.length);
});
