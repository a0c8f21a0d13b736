import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Layer, Missed } from "#src/model/matrix.js";
import { findFactors } from "./leave-out.js";

const layer = (id: string, order: number, dependsOn: readonly string[] = []): Layer => ({
	id,
	name: id,
	kind: "plugin",
	parent: null,
	order,
	hooks: ["onRequest"],
	decorates: [],
	dependsOn: [...dependsOn],
	routes: 0,
	file: null,
	line: null,
	package: null,
	files: [],
	keptIn: null,
});

const notFound: Missed = { kind: "other answer", difference: { kind: "status", base: 200, head: 404 } };
const noAnswer = (why: string): Missed => ({ kind: "no answer", why });

/** An application that needs some layers, by rules on what is left out. */
function application(broken: (without: ReadonlySet<string>) => string | null) {
	const tried: string[][] = [];
	let atOnce = 0;
	let mostAtOnce = 0;
	const tryWithout = async (ids: readonly string[]): Promise<Missed | null> => {
		tried.push([...ids]);
		atOnce++;
		mostAtOnce = Math.max(mostAtOnce, atOnce);
		await setImmediate();
		atOnce--;
		const problem = broken(new Set(ids));
		return problem === null ? null : problem === "404" ? notFound : noAnswer(problem);
	};
	return { tried, tryWithout, most: () => mostAtOnce };
}

const names = (factors: readonly { name: string }[]): string[] => factors.map(({ name }) => name);

describe("which layers can be left out", () => {
	const layers = [layer("cors", 0), layer("cookie", 1), layer("session", 2, ["cookie"]), layer("etag", 3)];

	it("is all of them where nothing misses any, and every one is tried alone, and all together", async () => {
		const { tryWithout, tried } = application(() => null);
		const { factors, needed } = await findFactors(layers, tryWithout, 1);
		expect(names(factors)).toEqual(["cors", "cookie", "session", "etag"]);
		expect(needed.size).toBe(0);
		expect(tried).toEqual([["cors"], ["cookie"], ["session"], ["etag"], ["cors", "cookie", "session", "etag"]]);
	});

	it("is not one that the target does not start without, or without which the answer is another", async () => {
		const { tryWithout } = application((without) =>
			without.has("etag") ? "404" : without.has("cors") ? "the target exited with code 1 before it answered" : null,
		);
		const { factors, needed } = await findFactors(layers, tryWithout, 2);
		expect(names(factors)).toEqual(["cookie", "session"]);
		expect(needed.get("etag")).toEqual({ reason: "needed", without: notFound, besides: [] });
		expect(needed.get("cors")?.without).toEqual(noAnswer("the target exited with code 1 before it answered"));
	});

	it("is one together with what declares to depend on it, as one factor", async () => {
		const { tryWithout } = application((without) =>
			without.has("cookie") && !without.has("session") ? "reply.setCookie is not a function" : null,
		);
		const { factors, needed } = await findFactors(layers, tryWithout, 1);
		expect(factors).toEqual([
			{ name: "cors", layers: ["cors"] },
			{ name: "cookie + session", layers: ["cookie", "session"] },
			{ name: "etag", layers: ["etag"] },
		]);
		expect(needed.size).toBe(0);
	});

	it("is found for a pair that declares nothing as well", async () => {
		const { tryWithout } = application((without) => (without.has("cors") && !without.has("etag") ? "404" : null));
		expect(names((await findFactors(layers, tryWithout, 1)).factors)).toEqual(["cors + etag", "cookie", "session"]);
	});

	it("keeps what breaks it only when others are left out as well", async () => {
		const { tryWithout } = application((without) => (without.has("cors") && without.has("etag") ? "404" : null));
		const { factors, needed } = await findFactors(layers, tryWithout, 1);
		expect(names(factors)).toEqual(["cors", "cookie", "session"]);
		expect(needed.get("etag")).toEqual({ reason: "needed", without: notFound, besides: ["cors", "cookie", "session"] });
	});

	it("is called by its own name, however deep it is registered", async () => {
		const deep = ["app > cors", "app > autoload > cookie", "app > autoload > session"].map((id, order) => ({
			...layer(id, order),
			name: id.split(" > ").at(-1) ?? id,
		}));
		const { tryWithout } = application((without) =>
			without.has("app > autoload > cookie") && !without.has("app > autoload > session") ? "404" : null,
		);
		expect((await findFactors(deep, tryWithout, 1)).factors).toEqual([
			{ name: "cors", layers: ["app > cors"] },
			{ name: "cookie + session", layers: ["app > autoload > cookie", "app > autoload > session"] },
		]);
	});

	it.each([1, 2, 3, 4])("is not said of a trial that was cut short, the %ith: that ends the search", async (last) => {
		let tried = 0;
		let underWay = 0;
		const interrupted = new Error("interrupted");
		const search = findFactors(
			layers,
			async () => {
				underWay++;
				await setImmediate();
				underWay--;
				if (++tried >= last) throw interrupted;
				return null;
			},
			3,
		);
		await expect(search).rejects.toBe(interrupted);
		expect(underWay).toBe(0);
		expect(tried).toBeLessThanOrEqual(last + 2);
	});

	it("tries no more at once than it may", async () => {
		const many = Array.from({ length: 12 }, (_, index) => layer(`layer ${index}`, index));
		const { tryWithout, most } = application(() => null);
		await findFactors(many, tryWithout, 3);
		expect(most()).toBe(3);
	});
});
