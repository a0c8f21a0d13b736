import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { describe, expect, it } from "vitest";
import { describeStack } from "#matrix/discovery/describe-stack.js";
import { layersOf } from "#matrix/discovery/stack.js";
import type { DescribedLayer, StackDescription } from "#matrix/target/protocol.js";
import { projectRoot } from "#src/process/entry-point.js";
import { ranFor, type Seen, withLayers } from "./fixtures/layers/layered-target.js";

const discover = (argv: readonly string[], path?: string): Promise<StackDescription> =>
	withLayers(argv, { mode: "discover" }, ({ target }) => describeStack(target), path);

/**
 * What the source of ten-plugins.* says, in its order, with the hooks that the plugins' own README or source says they add by
 * default, in the order of a request; and what shows in an answer that a layer has run.
 */
const tenPlugins: readonly { id: string; hooks: string[]; shows: (seen: Seen) => boolean | null }[] = [
	// README: "adds some useful utilities", which are decorators; no hook in its source.
	{ id: "@fastify/sensible", hooks: [], shows: () => null },
	// index.js: addHook("onRequest") where any limit is set; addHook("onClose") is none of a request.
	{ id: "@fastify/under-pressure", hooks: ["onRequest"], shows: () => null },
	// README: "adds an onRequest hook" and a wildcard OPTIONS route.
	{ id: "@fastify/cors", hooks: ["onRequest"], shows: header("access-control-allow-origin") },
	// README: "adds an 'onRequest' hook"; its onRoute hook only reads the route's options.
	{ id: "@fastify/helmet", hooks: ["onRequest"], shows: header("x-dns-prefetch-control") },
	// README: "will add an onRequest hook"; index.js attaches it to each route within onRoute.
	{ id: "@fastify/rate-limit", hooks: ["onRequest"], shows: header("x-ratelimit-limit") },
	// README: parses in "the onRequest hook" by default; plugin.js: addHook("onSend") writes Set-Cookie.
	{ id: "@fastify/cookie", hooks: ["onRequest", "onSend"], shows: () => null },
	// README: "adds a content type parser"; no hook in its source.
	{ id: "@fastify/formbody", hooks: [], shows: () => null },
	// README, option addHook: "onRequest" by default.
	{ id: "@fastify/bearer-auth", hooks: ["onRequest"], shows: () => null },
	// index.js: addHook("onSend"), the only one.
	{ id: "@fastify/etag", hooks: ["onSend"], shows: header("etag") },
	// index.js, to each route within onRoute: onRequest gives reply.compress, onSend compresses; README: "a preParsing hook to
	// decompress the request".
	{ id: "@fastify/compress", hooks: ["onRequest", "preParsing", "onSend"], shows: header("content-encoding") },
	{ id: "onRequest", hooks: ["onRequest"], shows: () => null },
	{ id: "onSend stampServer", hooks: ["onSend"], shows: header("x-served-by") },
];

function header(name: string): (seen: Seen) => boolean {
	return ({ headers }) => headers.has(name);
}

/** That exactly these layers do not show in an answer. */
function expectMissing(seen: Seen, off: readonly string[]): void {
	expect(seen.status).toBe(200);
	for (const { id, shows } of tenPlugins)
		expect([id, shows(seen) ?? !off.includes(id)]).toEqual([id, !off.includes(id)]);
}

describe.each(["layers/ten-plugins.cjs", "layers/ten-plugins.mjs"])("ten real plugins, %s", (file) => {
	it("are found as the source has them", async () => {
		const stack = await discover([file]);
		expect(stack.framework).toMatchObject({ name: "fastify", version: expect.stringMatching(/^5\./) });
		expect(stack.answered).toEqual([{ method: "GET", url: "/" }]);
		const layers = layersOf(stack, { method: "GET", url: "/" });
		expect(layers.map(({ id, hooks }) => ({ id, hooks }))).toEqual(tenPlugins.map(({ id, hooks }) => ({ id, hooks })));
		for (const { id, kind, keptIn, package: from, file: place } of layers) {
			expect(keptIn).toBeNull();
			expect([id, from?.name ?? null]).toEqual([id, kind === "plugin" ? id : null]);
			expect(place).toContain(kind === "plugin" ? `/node_modules/${id}/` : file);
		}
		const named = layers.map(({ name }) => name);
		expect(named.slice(-2)).toEqual([
			`onRequest ${file.split("/")[1]}:${lineOf(file, "async (request)")}`,
			"onSend stampServer",
		]);
		expect(layers.find(({ id }) => id === "@fastify/cookie")?.decorates).toContain("reply.setCookie");
	});

	it("are skipped and run again in one process, those that attach to routes as well", async () => {
		await withLayers([file], { mode: "toggle" }, async ({ ask, toggle }) => {
			expectMissing(await ask(), []);
			for (const { id } of tenPlugins) {
				await toggle([id]);
				expectMissing(await ask(), [id]);
			}
			const all = tenPlugins.map(({ id }) => id);
			await toggle(all);
			expectMissing(await ask("/", {}), all);
			await toggle([]);
			expectMissing(await ask(), []);
			expect(await ask("/", {})).toMatchObject({ status: 401 });
			await expect(toggle(["@fastify/corse"])).rejects.toThrow("no layer has the id @fastify/corse");
		});
	});
});

it("each of the ten plugins and hooks is left out alone, all else runs and has the same id", async () => {
	const file = "layers/ten-plugins.cjs";
	const whole = await discover([file]);
	const waiting = [...tenPlugins];
	const work = async (): Promise<void> => {
		for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
			const { id } = each;
			await withLayers([file], { mode: "absent", without: [id] }, async ({ target, ask }) => {
				expectMissing(await ask("/", id === "@fastify/bearer-auth" ? {} : undefined), [id]);
				const stack = await describeStack(target);
				const others = whole.layers.filter(({ parent }) => parent !== id);
				expect(stack.layers.map((layer) => layer.id)).toEqual(others.map((layer) => layer.id));
			});
		}
	};
	await Promise.all([work(), work()]);
});

describe("an application of its own layers", () => {
	const file = "layers/nested.cjs";
	const path = "/api/v1/items/3";
	/** Every layer that can run for the endpoint, by its id: what shows that it has. */
	const shown: Readonly<Record<string, readonly string[]>> = {
		preHandler: ["first"],
		"preHandler#2": ["second"],
		"from-import": ["from-import"],
		bundled: ["bundled"],
		dependent: ["dependent"],
		nested: ["inner", "outer", "outer-after"],
		"per-route": ["around", "per-route"],
		leaky: ["leaky"],
		"api > onRequest": ["api"],
		"api > v1 > twin": ["twin"],
		"api > v1 > twin#2": ["twin-2"],
		late: ["late"],
	};
	const all = [...Object.values(shown).flat(), "route"].sort();
	const without = (off: readonly string[]): string[] =>
		all.filter((each) => !off.some((id) => shown[id]?.includes(each)));

	it("is found whole: promises, bundled modules, nested and late plugins, twins", async () => {
		const stack = await discover([file], path);
		const layers = layersOf(stack, stack.answered[0] ?? null);
		const switched = layers.filter(({ keptIn }) => keptIn === null).map(({ id }) => id);
		expect(switched.sort()).toEqual(Object.keys(shown).sort());
		const kept = layers.flatMap(({ id, keptIn }) => (keptIn === null ? [] : [[id, keptIn.reason]]));
		expect(Object.fromEntries(kept)).toEqual({
			api: "container",
			"api > admin": "off path",
			"api > v1": "container",
			"api > v1 > plugin": "container",
			pages: "off path",
			health: "off path",
		});
		expect(layers.find(({ id }) => id === "dependent")?.dependsOn).toEqual(["bundled"]);
		expect(layers.find(({ id }) => id === "api > v1 > plugin")?.name).toBe(
			`nested.cjs:${lineOf(file, "async (innermost) => innermost.get")}`,
		);
		for (const layer of stack.layers) expectPlace(layer);
	});

	it("skips and runs any of them, with what is within it", async () => {
		await withLayers(
			[file],
			{ mode: "toggle" },
			async ({ ask, toggle }) => {
				for (const off of [[], ...Object.keys(shown).map((id) => [id]), Object.keys(shown), []]) {
					await toggle(off);
					expect(ranFor(await ask())).toEqual(without(off));
				}
				await toggle(["api"]);
				expect(ranFor(await ask())).toEqual(without(["api > onRequest", "api > v1 > twin", "api > v1 > twin#2"]));
			},
			path,
		);
	});

	it("starts without any of them, and without all", async () => {
		const ids = Object.keys(shown);
		for (const off of [
			["bundled", "nested", "api > v1 > twin", "preHandler"],
			["from-import", "per-route", "late"],
			ids,
		]) {
			const ran = await withLayers(
				[file],
				{ mode: "absent", without: off },
				async ({ ask }) => ranFor(await ask()),
				path,
			);
			expect(ran).toEqual(without(off));
		}
	});
});

it("Fastify 4, with plugins of its time", async () => {
	const file = "layers/fastify-4.cjs";
	const stack = await discover([file]);
	expect(stack.framework).toMatchObject({ name: "fastify", version: expect.stringMatching(/^4\./) });
	const layers = layersOf(stack, stack.answered[0] ?? null).filter(({ keptIn }) => keptIn === null);
	const ids = ["@fastify/cors", "@fastify/rate-limit", "from-import", "onRequest", "preParsing", "routes > preHandler"];
	expect(layers.map(({ id }) => id)).toEqual(ids);
	const shows = (seen: Seen): string[] =>
		[
			...(seen.headers.has("access-control-allow-origin") ? ["@fastify/cors"] : []),
			...(seen.headers.has("x-ratelimit-limit") ? ["@fastify/rate-limit"] : []),
			...ranFor(seen).map(
				(name) => ({ own: "onRequest", parsing: "preParsing", inside: "routes > preHandler" })[name] ?? name,
			),
		].sort();
	await withLayers([file], { mode: "toggle" }, async ({ ask, toggle }) => {
		for (const id of ids) {
			await toggle([id]);
			expect(shows(await ask())).toEqual(ids.filter((each) => each !== id));
		}
	});
	await withLayers([file], { mode: "absent", without: ids.slice(1, 4) }, async ({ ask }) => {
		expect(shows(await ask())).toEqual(ids.filter((_, index) => index < 1 || index > 3));
	});
});

it("TypeScript through a loader", async () => {
	const argv = ["--import", "tsx", "layers/typescript/app.ts"];
	const stack = await discover(argv);
	const layers = layersOf(stack, stack.answered[0] ?? null);
	expect(layers.map(({ name }) => name)).toEqual([
		"stamp",
		`onSend app.ts:${lineOf("layers/typescript/app.ts", 'addHook("onSend"')}`,
	]);
	const seen = await withLayers(argv, { mode: "absent", without: ["stamp"] }, ({ ask }) => ask());
	expect([seen.status, seen.headers.has("x-stamp"), seen.headers.get("x-own")]).toEqual([200, false, "yes"]);
});

it("an application that is one plugin and loads its parts from folders", async () => {
	const file = "layers/autoload/server.cjs";
	const stack = await discover([file]);
	const layers = layersOf(stack, stack.answered[0] ?? null);
	expect(layers.map(({ name, keptIn }) => [name, keptIn?.reason ?? null])).toEqual([
		["server", "container"],
		["autoload", "container"],
		["autoload", "container"],
		["headers", null],
		["support", null],
		["root.cjs:1", "container"],
		["items/index.cjs:3", "off path"],
	]);
	const [headers, support] = layers.filter(({ keptIn }) => keptIn === null).map(({ id }) => id) as [string, string];
	const bare = await withLayers([file], { mode: "absent", without: [headers] }, ({ ask }) => ask());
	expect([bare.status, ranFor(bare)]).toEqual([200, []]);
	// What the routes call is missing: the endpoint itself says that this layer is needed.
	expect(await withLayers([file], { mode: "absent", without: [support] }, ({ ask }) => ask())).toMatchObject({
		status: 500,
	});
});

it("two applications in one process have their own layers", async () => {
	const stack = await discover(["layers/two-apps.mjs"]);
	const layers = layersOf(stack, stack.answered[0] ?? null);
	expect(layers.map(({ id, keptIn }) => [id, keptIn?.reason ?? null])).toEqual([
		["app 1", "container"],
		["onRequest", null],
		["api", "off path"],
		["app 2", "off path"],
	]);
	expect(stack.layers.filter(({ parent }) => parent === "app 2").map(({ id }) => id)).toEqual([
		"app 2: onRequest",
		"app 2: api",
	]);
});

it("a server without a framework has no layers", async () => {
	const stack = await discover(["servers/ok.cjs"]);
	expect(stack).toEqual({ framework: null, layers: [], routes: [], answered: [] });
});

function lineOf(file: string, text: string): number {
	const lines = readFileSync(`${projectRoot}/test/fixtures/${file}`, "utf8").split("\n");
	return lines.findIndex((line) => line.includes(text)) + 1;
}

/** That a function begins on the line. */
function expectPlace({ file, line, id }: DescribedLayer): void {
	expect([id, file === null]).toEqual([id, false]);
	const code = readFileSync(file ?? "", "utf8").split("\n")[(line ?? 0) - 1];
	expect(`${relative(projectRoot, file ?? "")}:${line} ${code}`).toMatch(/=>|function/);
}
