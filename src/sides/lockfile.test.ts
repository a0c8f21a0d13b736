import { describe, expect, it } from "vitest";
import { packageChanges } from "./lockfile.js";

const lock = (packages: Record<string, object>): string => JSON.stringify({ lockfileVersion: 3, packages });

describe("two lockfiles of npm", () => {
	const base = lock({
		"": { name: "app" },
		"node_modules/same": { version: "1.0.0" },
		"node_modules/fastify": { version: "5.1.0" },
		"node_modules/a/node_modules/@x/deep": { version: "2.0.0" },
		"node_modules/gone": { version: "1.0.0" },
		"node_modules/own": { link: true, resolved: "packages/own" },
	});
	const head = lock({
		"": { name: "app", version: "2.0.0" },
		"node_modules/same": { version: "1.0.0" },
		"node_modules/fastify": { version: "5.6.0" },
		"node_modules/a/node_modules/@x/deep": { version: "2.1.0" },
		"node_modules/@x/deep": { version: "3.0.0" },
	});

	it("differ in packages, each with every place that it lies in", () => {
		expect(packageChanges(base, head)).toEqual([
			{ name: "fastify", base: "5.1.0", head: "5.6.0", places: ["node_modules/fastify"] },
			{
				name: "@x/deep",
				base: null,
				head: "3.0.0",
				places: ["node_modules/@x/deep", "node_modules/a/node_modules/@x/deep"],
			},
			{ name: "gone", base: "1.0.0", head: null, places: ["node_modules/gone"] },
		]);
	});

	it("tell nothing where one cannot be read, and all where one is missing", () => {
		expect(packageChanges("{", head)).toBeNull();
		expect(packageChanges(JSON.stringify({ lockfileVersion: 1, dependencies: {} }), head)).toBeNull();
		expect(packageChanges(null, lock({ "node_modules/a": { version: "1.0.0" } }))).toMatchObject([{ base: null }]);
	});
});
