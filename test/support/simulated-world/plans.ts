import type { CollectedTree, Collector } from "#src/collect/collector.js";
import type { RunPlan } from "#src/investigate/run.js";
import type { ClosedLoad } from "#src/model/load.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import type { SimulatedWorld } from "./world.js";

export const endpoint: EndpointRequest = { method: "GET", path: "/items", headers: {}, body: null };

export const load: ClosedLoad = {
	kind: "closed",
	clients: 16,
	durationMs: 1_000,
	warmupMs: 250,
	warmupMaxMs: 2_000,
	timeoutMs: 1_000,
};

/** The plan of a story in a simulated world: it listens to the world's Ctrl-C. */
export const planFor = (world: SimulatedWorld): RunPlan & { readonly load: ClosedLoad } => ({
	commandLine: ["az-prof"],
	target: { kind: "command", argv: ["node", "server.js"], env: {}, cwd: "/code", port: null },
	load,
	expectedStatus: null,
	startTimeoutMs: 1_000,
	out: null,
	secrets: [],
	keepsLog: true,
	signal: world.signal,
	warn: () => {},
	say: () => {},
});

/** A profiler that takes one window and says that one function, in this file, did it all. */
export const simulatedCollector = (
	name: string,
	measures: "cpu" | "allocation" = "cpu",
	file = "/code/server.js",
): Collector<CollectedTree> => ({
	name,
	title: name,
	needsProcess: true,
	needsNode: true,
	seesEveryIsolate: true,
	unavailable: async () => null,
	collect: (context) =>
		context.withTarget({ label: name }, async (target) => ({
			measurement: await context.measure(target, {
				onWindowOpens: async () => void (await target.agent?.call("profiler.begin")),
				onWindowClosed: async () => void (await target.agent?.call("profiler.end")),
			}),
			measures,
			tree: {
				frames: ["(root)", "work"].map((frame) => ({
					name: frame,
					file: frame === "work" ? file : null,
					line: frame === "work" ? 1 : null,
					column: null,
					kind: "app" as const,
					package: null,
				})),
				nodes: [
					{ frame: 0, parent: -1, selfTicks: 0 },
					{ frame: 1, parent: 0, selfTicks: 100 },
				],
			},
			ticks: {
				total: 100,
				idle: 0,
				busy: 100,
				garbageCollector: 0,
				unknown: 0,
				lost: 0,
				ambiguous: 0,
				putBack: 0,
			},
			files: [],
			notes: [],
			findings: [],
		})),
});
