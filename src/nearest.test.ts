import { describe, expect, it } from "vitest";
import { nearest } from "./nearest.js";

describe("nearest", () => {
	const layers = ["@fastify/cors", "@fastify/helmet", "@fastify/compress", "tenant", "timing"];

	it.each([
		["cors", "@fastify/cors"],
		["@fastify/kors", "@fastify/cors"],
		["Tenant", "tenant"],
		["tennant", "tenant"],
		["tnenat", "tenant"],
		["timings", "timing"],
	])("takes %s for %s", (written, meant) => {
		expect(nearest(written, layers)).toBe(meant);
	});

	it("prefers the whole word to one that contains it, and the closest of those that do", () => {
		expect(nearest("cors", ["cors-headers", "cors", "corsair"])).toBe("cors");
		expect(nearest("cor", ["cors-headers", "cors"])).toBe("cors");
	});

	it("suggests nothing where nothing is near", () => {
		expect(nearest("authentication", ["cors", "tenant"])).toBeUndefined();
		expect(nearest("x", ["@fastify/express"])).toBeUndefined();
		expect(nearest("anything", [])).toBeUndefined();
	});

	it("takes the first among equals", () => {
		expect(nearest("layer0", ["layer1", "layer2"])).toBe("layer1");
	});
});
