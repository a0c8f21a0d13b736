import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CallTreeBuilder } from "#src/analyse/call-tree/call-tree.js";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import { parseCpuProfile, plainCallTree } from "#src/analyse/import/v8/cpu-profile.js";
import { parseFunctionRanges } from "#src/analyse/import/v8/function-ranges.js";
import { putBackInlinedFrames } from "#src/analyse/inlining/inlined-frames.js";
import type { CallTree, Frame } from "#src/model/call-tree.js";
import type { Factor, Layer, LayerEffect } from "#src/model/matrix.js";
import { projectRoot } from "#src/process/entry-point.js";
import { attributeToLayers, attributions, type MeasuredLayers } from "./attribution.js";

const f = (name: string, file: string, line = 1): Frame => describeFrame({ name, url: file, line, column: 1 });
const inPackage = (name: string, file: string, line = 1): Frame => f(name, `/app/node_modules/${file}`, line);

const http = f("parserOnIncoming", "node:_http_server");
const routeHandler = inPackage("routeHandler", "fastify/lib/route.js");
const runner = inPackage("hookRunner", "fastify/lib/hooks.js", 50);
const next = inPackage("next", "fastify/lib/hooks.js", 60);
const handle = inPackage("preHandlerCallback", "fastify/lib/handle-request.js");
const header = inPackage("Reply.header", "fastify/lib/reply.js");
const send = inPackage("Reply.send", "fastify/lib/reply.js", 150);
const onSendEnd = inPackage("onSendEnd", "fastify/lib/reply.js", 600);
const corsHook = inPackage("addCorsHeaders", "@fastify/cors/index.js", 80);
const vary = inPackage("vary", "vary/index.js");
const tenantHook = f("tenantHook", "/app/plugins/tenant.js", 4);
const findTenant = f("findTenant", "/app/lib/tenants.js");
const handler = f("handler", "/app/routes/items.js");
const builtin = f("map", "");
const microtasks = f("runMicrotasks", "");
const collector = f("(garbage collector)", "");

const treeOf = (...stacks: readonly (readonly [ticks: number, ...frames: Frame[]])[]): CallTree => {
	const builder = new CallTreeBuilder();
	for (const [ticks, ...frames] of stacks) builder.addStack(frames, ticks);
	return builder.build();
};

const layer = (id: string, file: string | null, line: number | null = 1, more: Partial<Layer> = {}): Layer => ({
	id,
	name: id,
	kind: "plugin",
	parent: null,
	order: 0,
	hooks: ["onRequest"],
	decorates: [],
	dependsOn: [],
	routes: 0,
	file,
	line,
	package: null,
	files: file === null ? [] : [file],
	keptIn: null,
	...more,
});
const cors = layer("@fastify/cors", "/app/node_modules/@fastify/cors/index.js");
const tenant = layer("tenant", "/app/plugins/tenant.js");
const factorsOf = (layers: readonly Layer[]): Factor[] => layers.map(({ id }) => ({ name: id, layers: [id] }));

function ticksOf(tree: CallTree, layers: readonly Layer[], factors = factorsOf(layers)): Record<string, number> {
	return Object.fromEntries(attributeToLayers(tree, layers, factors).ticks);
}

describe("a function belongs to", () => {
	it("the layer of its package or file, with all that it calls", () => {
		const tree = treeOf(
			[1, http, routeHandler, runner],
			[2, http, routeHandler, runner, corsHook],
			[4, http, routeHandler, runner, corsHook, vary],
			[8, http, routeHandler, runner, corsHook, header],
			[16, http, routeHandler, runner, tenantHook, findTenant, builtin],
			[32, http, routeHandler, runner, tenantHook, f("randomUUID", "node:internal/crypto/random")],
			[64, collector],
		);
		const found = attributeToLayers(tree, [cors, tenant], factorsOf([cors, tenant]));
		expect(Object.fromEntries(found.ticks)).toEqual({ "@fastify/cors": 14, tenant: 48 });
		expect(found.total).toBe(127);
	});

	it("another layer where that one calls its code", () => {
		const tree = treeOf([3, runner, tenantHook, corsHook, vary]);
		expect(ticksOf(tree, [cors, tenant])).toEqual({ "@fastify/cors": 3, tenant: 0 });
	});

	it("no layer, where its layer is not switched, or the caller's file is no layer's", () => {
		const tree = treeOf([3, runner, tenantHook, corsHook], [5, handle, handler, findTenant]);
		expect(ticksOf(tree, [cors, tenant], factorsOf([tenant]))).toEqual({ tenant: 0 });
	});

	it("the factor that switches the layer around its own", () => {
		const security = layer("security", "/app/plugins/security.js");
		const within = { ...cors, parent: "security" };
		expect(ticksOf(treeOf([2, runner, corsHook]), [security, within], factorsOf([security]))).toEqual({ security: 2 });
	});

	it("the layer that registers its file or package within it", () => {
		const files = ["/app/plugins/security.js", cors.file ?? "", "/app/plugins/inner.js"];
		const security = layer("security", "/app/plugins/security.js", 1, { files });
		const tree = treeOf(
			[1, runner, f("inner", "/app/plugins/inner.js")],
			[2, runner, corsHook],
			[4, runner, tenantHook],
		);
		expect(ticksOf(tree, [security, tenant])).toEqual({ security: 3, tenant: 4 });
	});

	it("a factor of several layers", () => {
		const tree = treeOf([1, runner, tenantHook], [2, runner, corsHook]);
		expect(ticksOf(tree, [cors, tenant], [{ name: "both", layers: [cors.id, tenant.id] }])).toEqual({ both: 3 });
	});
});

describe("done() carries the request on from inside of a hook", () => {
	const inside = [http, routeHandler, runner, tenantHook] as const;

	it("what comes then is not the hook's", () => {
		const tree = treeOf(
			[1, ...inside],
			[2, ...inside, next],
			[4, ...inside, next, corsHook, header],
			[8, ...inside, next, handle, handler],
			[16, ...inside, next, handle, handler, builtin],
			[32, ...inside, next, handle, handler, findTenant],
			[64, ...inside, next, handle, handler, send, onSendEnd, f("end", "node:_http_outgoing")],
		);
		expect(ticksOf(tree, [cors, tenant])).toEqual({ tenant: 1, "@fastify/cors": 4 });
	});

	it("also through Node's own functions, and in Fastify 4", () => {
		const run = f("run", "node:async_hooks");
		const old = inPackage("handleRequest", "fastify/lib/handleRequest.js");
		const tree = treeOf([2, ...inside, run], [4, ...inside, run, next, handler], [8, ...inside, old, handler]);
		expect(ticksOf(tree, [tenant])).toEqual({ tenant: 2 });
	});

	it("and where a hook answers by itself: what sends the answer is nobody's, the layers in it are their own", () => {
		const onSendHook = inPackage("onSendHook", "fastify/lib/reply.js", 565);
		const tree = treeOf(
			[2, ...inside, send],
			[4, ...inside, send, onSendHook],
			[8, ...inside, send, onSendHook, runner, corsHook],
		);
		expect(ticksOf(tree, [cors, tenant])).toEqual({ tenant: 2, "@fastify/cors": 8 });
	});

	it("an async hook that goes on after an await is its own caller", () => {
		const resolved = inPackage("handleResolve", "fastify/lib/hooks.js", 90);
		const tree = treeOf([2, microtasks, tenantHook, findTenant], [4, microtasks, resolved, next, handle, handler]);
		expect(ticksOf(tree, [tenant])).toEqual({ tenant: 2 });
	});
});

describe("in an application of one file", () => {
	const app = "/app/app.js";
	const first = layer("onRequest app.js:10", app, 10, { kind: "hook" });
	const second = layer("onRequest app.js:20", app, 20, { kind: "hook" });
	const at = (line: number, name = "(anonymous)"): Frame => f(name, app, line);

	it("hooks are told apart by their lines, and what they call is theirs", () => {
		const tree = treeOf(
			[1, runner, at(10)],
			[2, runner, at(10), at(90, "shared")],
			[4, runner, at(20), at(90, "shared")],
		);
		expect(ticksOf(tree, [first, second])).toEqual({ [first.id]: 3, [second.id]: 4 });
	});

	it("the handler is no layer's, nor what it calls, nor where it goes on after an await", () => {
		const plugin = layer("tenant", app, 5);
		const tree = treeOf(
			[1, runner, at(6)],
			[2, runner, at(6), builtin, at(8)],
			[4, handle, at(50)],
			[8, handle, at(50), at(60, "query")],
			[16, handle, at(50), builtin, at(61)],
			[32, microtasks, at(50), at(60, "query")],
		);
		expect(ticksOf(tree, [plugin])).toEqual({ tenant: 3 });
	});

	it("a hook belongs to the last plugin that begins above it", () => {
		const [one, two] = [layer("one", app, 10), layer("two", app, 20)];
		const tree = treeOf([1, runner, at(5)], [2, runner, at(12)], [4, runner, at(20)], [8, runner, at(28)]);
		expect(ticksOf(tree, [one, two])).toEqual({ one: 2, two: 12 });
	});

	it("plugins that one function makes are told apart by the hooks within them", () => {
		const plugins = ["a", "b"].map((id) => layer(id, app, 10));
		const hooks = ["a", "b"].map((parent, index) =>
			layer(`hook of ${parent}`, app, 20 + index, { kind: "hook", parent }),
		);
		const tree = treeOf([1, runner, at(20)], [2, runner, at(21), at(90, "shared")]);
		expect(ticksOf(tree, [...plugins, ...hooks], factorsOf(plugins))).toEqual({ a: 1, b: 2 });
	});

	it("what stands above a plugin that is alone in its file is the plugin's", () => {
		const plugin = layer("tenant", tenant.file, 4);
		const hook = layer("its hook", tenant.file, 5, { kind: "hook", parent: "tenant" });
		const [above, within] = [1, 5].map((line) => f("each", "/app/plugins/tenant.js", line)) as [Frame, Frame];
		const tree = treeOf([1, handle, handler, above], [2, runner, within]);
		expect(ticksOf(tree, [plugin, hook], factorsOf([plugin]))).toEqual({ tenant: 3 });
	});

	it("two hooks on one line are told apart by name, or not at all, which is said", () => {
		const [a, b] = [
			layer("onRequest checkA", app, 10, { kind: "hook" }),
			layer("onSend checkB", app, 10, { kind: "hook" }),
		];
		expect(ticksOf(treeOf([1, runner, at(10, "checkA")]), [a, b])).toEqual({ [a.id]: 1, [b.id]: 0 });
		const found = attributeToLayers(treeOf([1, runner, at(10)]), [a, b], factorsOf([a, b]));
		expect([...found.ticks.values()]).toEqual([0, 0]);
		expect(Object.fromEntries(found.untold)).toEqual({ [a.id]: [b.id], [b.id]: [a.id] });
	});
});

it("a package that is registered twice cannot be told apart from itself, except as one factor", () => {
	const again = { ...cors, id: "@fastify/cors#2" };
	const tree = treeOf([4, runner, corsHook, vary]);
	expect(ticksOf(tree, [cors, again])).toEqual({ "@fastify/cors": 0, "@fastify/cors#2": 0 });
	expect(ticksOf(tree, [cors, again], [{ name: "cors", layers: [cors.id, again.id] }])).toEqual({ cors: 4 });
});

describe("with a profile of V8's", () => {
	const folder = join(projectRoot, "profiles/fixtures/v8");
	const hooks = { hook: "hooks/burn.cjs", nested: "hooks/delegating.cjs" };
	const cases = readdirSync(folder).flatMap((version) =>
		(["hook", "nested"] as const).map((variant) => ({ version, variant })),
	);

	it.each(cases)(
		"$variant, Node $version: the hook's share is what it took, though the handler runs within done()",
		(each) => {
			const recording = JSON.parse(readFileSync(join(folder, each.version, `${each.variant}.json`), "utf8"));
			const sampled = parseCpuProfile(recording.profile);
			const { tree } = putBackInlinedFrames(sampled, {
				profile: parseCpuProfile(recording.reference),
				functions: parseFunctionRanges(recording.functions),
			});
			const at = sampled.nodes.find(({ frame }) => frame.file?.includes("/routes/"))?.frame.file ?? "";
			const file = at.replace(/routes\/.*$/, hooks[each.variant]);
			const hook = layer("hook", file, 1, { kind: "plugin" });
			const route = layer("route", at, 1, { kind: "plugin" });
			const spent: Record<string, number> = recording.spentMs;
			const layersMs = (spent.burnInHook ?? 0) + (spent.middleWork ?? 0) + (spent.innerWork ?? 0);
			const truth = layersMs / (layersMs + (spent.shortAnswer ?? 0));
			const share = (of: CallTree): number => {
				// The handler is called by Fastify and so nobody's; its own ticks are all that the other loops took.
				const handlers = of.nodes.reduce(
					(sum, node) => (of.frames[node.frame]?.file === route.file ? sum + node.selfTicks : sum),
					0,
				);
				const ticks = ticksOf(of, [hook]).hook ?? 0;
				return ticks / (ticks + handlers);
			};
			expect(Math.abs(share(tree) - truth)).toBeLessThan(0.05);
			// Without the inlined hook put back, Fastify would have its ticks; what is inlined within a hook stays
			// there anyway.
			if (each.variant === "hook") expect(Math.abs(share(plainCallTree(sampled)) - truth)).toBeGreaterThan(0.1);
		},
	);
});

describe("attributed by profile, beside measured by ablation", () => {
	const effect = (
		factor: string,
		change: number,
		low: number | null,
		high: number | null,
		metric: "cpu" | "alloc" = "cpu",
	) =>
		({
			factor,
			way: "absent",
			metric,
			unit: "ns",
			change,
			share: 0,
			low,
			high,
			p: null,
			holmP: null,
			verdict: "costs",
		}) satisfies LayerEffect;
	const measured = (layers: readonly Layer[], ...effects: LayerEffect[]): MeasuredLayers => ({
		layers,
		factors: factorsOf(layers),
		effects,
		cpuNsPerRequest: 100_000,
		bytesPerRequest: 20_000,
	});
	/** 1,000 ticks: 100 ns each. */
	const tree = treeOf([40, runner, tenantHook], [760, handle, handler], [200, collector]);
	const only = (measurement: MeasuredLayers) => attributions(tree, measurement)[0];

	it("is the share of busy ticks of the CPU time of a request", () => {
		expect(attributions(tree, measured([tenant], effect("tenant", 4_200, 3_500, 4_900)))).toEqual([
			{
				factor: "tenant",
				profiledNsPerRequest: 4_000,
				measuredNsPerRequest: 4_200,
				lowNs: 3_500,
				highNs: 4_900,
				disagreement: null,
			},
		]);
	});

	it.each([
		["chance, with few ticks", [effect("tenant", 5_300, 5_100, 5_500)], "more", { kind: "few ticks", ticks: 40 }],
		[
			"the garbage that is collected elsewhere",
			[effect("tenant", 9_000, 8_500, 9_500), effect("tenant", 5_000, 4_000, 6_000, "alloc")],
			"more",
			{ kind: "collections", bytes: 5_000, collectorNs: 5_000 },
		],
		["the work of others", [effect("tenant", 9_000, 8_500, 9_500)], "more", { kind: "work of others", by: "headers" }],
		["what runs without it as well", [effect("tenant", 1_000, 500, 1_500)], "less", { kind: "done without it" }],
		["what it spares others", [effect("tenant", -5_000, -5_500, -4_500)], "less", { kind: "spares others" }],
	] as const)("disagreement by %s", (_reason, effects, more, reason) => {
		expect(only(measured([tenant], ...effects))?.disagreement).toEqual({ measured: more, reasons: [reason] });
	});

	it("says that none of its functions was seen", () => {
		const found = only(measured([cors], effect(cors.id, 9_000, 8_500, 9_500)));
		expect(found).toMatchObject({ profiledNsPerRequest: 0, disagreement: { reasons: [{ kind: "not seen" }] } });
	});

	it("says which layers it cannot tell it from", () => {
		const [a, b] = [layer("a", tenant.file, 4, { kind: "hook" }), layer("b", tenant.file, 4, { kind: "hook" })];
		const found = only(measured([a, b], effect("a", 4_000, 3_000, 5_000)));
		expect(found?.disagreement?.reasons).toEqual([{ kind: "same place", layers: ["b"] }]);
	});

	it("disagrees with nothing without an interval, and says nothing of what has no code or no measurement", () => {
		expect(only(measured([tenant], effect("tenant", 9_000, null, null)))?.disagreement).toBeNull();
		expect(attributions(tree, measured([layer("flag", null, null)], effect("flag", 1, 0, 2)))).toEqual([]);
		expect(attributions(tree, measured([tenant]))).toEqual([]);
		expect(attributions(treeOf(), measured([tenant], effect("tenant", 1, 0, 2)))).toEqual([]);
	});
});
