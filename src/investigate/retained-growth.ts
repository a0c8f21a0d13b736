import * as z from "zod";
import { growthOf } from "#src/analyse/allocation/growth.js";
import { concurrencyOf } from "#src/analyse/latency/concurrency.js";
import { errorsOf, interruptionOf } from "#src/measure/live-set.js";
import type { RetainedGrowth } from "#src/model/allocation.js";
import type { Window } from "#src/model/measurement.js";
import type { EndpointRequest } from "#src/target/endpoint.js";
import type { AgentConnection, RunningTarget } from "#src/target/target.js";
import type { KeepEvidence } from "./found.js";
import { type GrowingHeap, keepersOnHeap } from "./keepers-on-heap.js";
import type { OpenRun } from "./open-run.js";
import { slicedOrder } from "./process-start.js";

const STRETCHES = 16;
const STRETCH_MS = 250;
/** V8 counts what is left of some pages as used. */
const HEAP_NOISE_BYTES = 1_024;
/** Buffers are counted byte by byte. */
const OUTSIDE_NOISE_BYTES = 64;
const COLLECTION_TIMEOUT_MS = 30_000;
const settledSchema = z.object({ heapBytes: z.number().nonnegative(), outsideBytes: z.number().nonnegative() });

/** Loads the target for some time, waits for what is in flight, and says how many requests it had by then. */
type LoadStretch = (durationMs: number) => Promise<number>;

/**
 * Follows what stays in memory: stretches of load, each until its last answer has come, and between them, without any, full
 * collections. So neither are requests under way taken for a leak nor is one that was worked on left uncounted, and the clean
 * window before is not touched. All isolates of the target count together. Where the heap leaks, two snapshots of it tell who keeps what
 * came. Null for a target without the agent, and where requests were answered in too few stretches.
 */
export async function measureRetainedGrowth(
	run: OpenRun,
	endpoint: EndpointRequest,
	target: RunningTarget,
	clean: Window,
	keep: KeepEvidence,
): Promise<RetainedGrowth | null> {
	if (target.agent === null) return null;
	// One that comes meanwhile would be taken for growth.
	const agents = target.agents.now();
	return loadedInStretches(run, endpoint, target, clean, async (load) => {
		// What it still had to compile or to open does not count.
		await load(STRETCH_MS);
		let requests = 0;
		const first = await memoryOfEach(agents);
		let last = first;
		const points = [{ requests, ...sumOf(first) }];
		for (let stretch = 1; stretch <= STRETCHES; stretch++) {
			run.plan.say(`what stays in memory, ${stretch} of ${STRETCHES}`);
			requests += await load(STRETCH_MS);
			last = await memoryOfEach(agents);
			points.push({ requests, ...sumOf(last) });
		}
		const growthIn = (place: "heapBytes" | "outsideBytes", leastNoiseBytes: number) =>
			growthOf(
				points.map((point) => ({ requests: point.requests, bytes: point[place] })),
				leastNoiseBytes,
			);
		const heap = growthIn("heapBytes", HEAP_NOISE_BYTES);
		const outside = growthIn("outsideBytes", OUTSIDE_NOISE_BYTES);
		if (heap === null || outside === null) return null;
		const growing = heap.verdict === "leaks" ? mostGrown(agents, first, last) : null;
		const loadMore = (): Promise<number> => load(STRETCH_MS);
		const keepers = growing === null ? null : await keepersOnHeap(run, growing, loadMore, keep);
		return { points, heap, outside, keepers };
	});
}

/** The isolate whose heap grew most. */
function mostGrown(agents: readonly AgentConnection[], first: Memories, last: Memories): GrowingHeap | null {
	const grown = agents.flatMap((agent, index) => {
		const [before, after] = [first[index], last[index]];
		return before == null || after == null
			? []
			: [{ agent, heapBytes: after.heapBytes, by: after.heapBytes - before.heapBytes }];
	});
	return grown.toSorted((a, b) => b.by - a.by)[0] ?? null;
}

/** By isolate; null of one that has ended. */
type Memories = readonly (z.infer<typeof settledSchema> | null)[];

const memoryOfEach = (agents: readonly AgentConnection[]): Promise<Memories> =>
	Promise.all(
		agents.map(async (agent) => {
			if (!agent.connected) return null;
			return settledSchema.parse(await agent.call("memory.settled", {}, COLLECTION_TIMEOUT_MS));
		}),
	);

/** Of all isolates together; one that has ended holds nothing. */
function sumOf(readings: Memories): z.infer<typeof settledSchema> {
	return {
		heapBytes: readings.reduce((sum, reading) => sum + (reading?.heapBytes ?? 0), 0),
		outsideBytes: readings.reduce((sum, reading) => sum + (reading?.outsideBytes ?? 0), 0),
	};
}

/** As many clients as the clean window had; their connections stay open between stretches. */
async function loadedInStretches<T>(
	run: OpenRun,
	endpoint: EndpointRequest,
	target: RunningTarget,
	clean: Window,
	use: (load: LoadStretch) => Promise<T>,
): Promise<T> {
	const { plan } = run;
	const generator = await run.generator();
	const clients = Math.max(1, Math.round(concurrencyOf(clean)));
	const order = slicedOrder(target, endpoint, plan.expectedStatus, { kind: "closed", clients }, plan.load.timeoutMs);
	const { interruption, forget } = interruptionOf([{ name: "the target", target }], plan.signal);
	const load = async (durationMs: number): Promise<number> => {
		const slice = generator.slice(0, { durationMs, answers: null });
		slice.catch(() => {});
		const raw = await Promise.race([slice, interruption]);
		return raw.ok + errorsOf(raw);
	};
	try {
		await generator.beginSlices([order]);
		return await use(load);
	} finally {
		forget();
		await generator.end();
	}
}
