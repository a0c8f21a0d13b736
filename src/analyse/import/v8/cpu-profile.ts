import * as z from "zod";
import { CallTreeBuilder } from "#src/analyse/call-tree/call-tree.js";
import { KnownError } from "#src/errors.js";
import type { CallTree, Frame, TickCounts } from "#src/model/call-tree.js";
import { callFrameSchema, v8Frame } from "./frame.js";

/**
 * A .cpuprofile as V8's inspector writes it, read into what we need: per node its function, how often it was on top of
 * the stack, and on which lines.
 */
export interface SampledNode {
	readonly frame: Frame;
	/** Index of the caller; always smaller than the node's own index. -1 for the root, which is node 0. */
	readonly parent: number;
	/** Whole, unless several isolates were joined. */
	readonly selfTicks: number;
	/**
	 * Ticks by line, counted from 1. They add up to selfTicks or less. The line is that of the innermost function at
	 * that place in the code, which V8 may have inlined from another file.
	 */
	readonly lineTicks: ReadonlyMap<number, number>;
}

export interface SampledProfile {
	readonly nodes: readonly SampledNode[];
	readonly children: readonly (readonly number[])[];
	/** Length of the window in microseconds. */
	readonly windowUs: number;
}

const nodeSchema = z.object({
	id: z.number(),
	callFrame: callFrameSchema,
	hitCount: z.number().nonnegative().optional(),
	children: z.array(z.number()).optional(),
	positionTicks: z.array(z.object({ line: z.number(), ticks: z.number().nonnegative() })).optional(),
});
type RawNode = z.infer<typeof nodeSchema>;

/** Times are V8's own fields, in microseconds. */
const profileSchema = z.object({
	nodes: z.array(nodeSchema).min(1),
	// biome-ignore lint/plugin: V8's name
	startTime: z.number(),
	// biome-ignore lint/plugin: V8's name
	endTime: z.number(),
});

/**
 * Reads a parsed .cpuprofile.
 *
 * @throws KnownError COLLECTOR_FAILED when it is not one
 */
export function parseCpuProfile(json: unknown): SampledProfile {
	const parsed = profileSchema.safeParse(json);
	if (!parsed.success) {
		throw new KnownError({
			code: "COLLECTOR_FAILED",
			what: "the target's CPU profile cannot be read",
			why: parsed.error.issues[0]?.message ?? "it has another form",
			fix: "run again; if it stays, try another version of Node",
		});
	}
	const { nodes: rawNodes, startTime, endTime } = parsed.data;
	const byId = new Map(rawNodes.map((node) => [node.id, node]));
	const nodes: SampledNode[] = [];
	const children: number[][] = [];
	// Callers before callees, whatever the order in the file.
	const waiting: { raw: RawNode; parent: number }[] = [{ raw: rawNodes[0] as RawNode, parent: -1 }];
	for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
		const index = nodes.length;
		nodes.push(sampledNode(next.raw, next.parent));
		children.push([]);
		children[next.parent]?.push(index);
		for (const id of [...(next.raw.children ?? [])].reverse()) {
			const raw = byId.get(id);
			// A node that two callers claim would make this loop endless.
			if (raw !== undefined && byId.delete(id)) waiting.push({ raw, parent: index });
		}
	}
	return { nodes, children, windowUs: endTime - startTime };
}

function sampledNode({ callFrame, hitCount, positionTicks }: RawNode, parent: number): SampledNode {
	return {
		frame: v8Frame(callFrame),
		parent,
		selfTicks: hitCount ?? 0,
		lineTicks: new Map((positionTicks ?? []).map(({ line, ticks }) => [line, ticks])),
	};
}

export const isIdle = (frame: Frame): boolean => frame.file === null && frame.name === "(idle)";
const isGarbageCollector = (frame: Frame): boolean => frame.file === null && frame.name === "(garbage collector)";
const isUnknown = (frame: Frame): boolean =>
	frame.file === null && (frame.name === "(program)" || frame.name === "(unresolved function)");

/** The profile as V8 tells it, inlined functions still hidden in their callers. Idle time is left out. */
export function plainCallTree(profile: SampledProfile): CallTree {
	return rebuildCallTree(profile, (builder, at, node) => builder.addSelf(at, node.selfTicks));
}

/** Copies the tree without idle time; `addTicks` says where the ticks of each node go. */
export function rebuildCallTree(
	profile: SampledProfile,
	addTicks: (builder: CallTreeBuilder, at: number, node: SampledNode, index: number) => void,
): CallTree {
	const builder = new CallTreeBuilder();
	const places: number[] = [];
	profile.nodes.forEach((node, index) => {
		const caller = places[node.parent];
		if (caller === undefined) {
			places.push(builder.root);
			return;
		}
		if (isIdle(node.frame)) {
			places.push(builder.root);
			return;
		}
		const at = builder.child(caller, node.frame);
		places.push(at);
		addTicks(builder, at, node, index);
	});
	return builder.build();
}

/**
 * Counts of the window. `lost` is what a clock of exactly `intervalUs` would have taken more: V8's sampling thread
 * sleeps between two samples, and what it oversleeps is never made up for.
 */
export function countTicks(
	profile: SampledProfile,
	intervalUs: number,
	moved: { readonly putBack: number; readonly ambiguous: number } = { putBack: 0, ambiguous: 0 },
): TickCounts {
	const sumOf = (wanted: (frame: Frame) => boolean): number =>
		profile.nodes.reduce((sum, { frame, selfTicks }) => (wanted(frame) ? sum + selfTicks : sum), 0);
	const taken = sumOf(() => true);
	const idle = sumOf(isIdle);
	const lost = Math.max(0, Math.round(profile.windowUs / intervalUs) - taken);
	return {
		total: taken + lost,
		idle,
		busy: taken - idle,
		garbageCollector: sumOf(isGarbageCollector),
		unknown: sumOf(isUnknown),
		lost,
		...moved,
	};
}
