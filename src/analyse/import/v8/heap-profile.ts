import * as z from "zod";
import { CallTreeBuilder, frameKey } from "#src/analyse/call-tree/call-tree.js";
import { KnownError } from "#src/errors.js";
import type { CallTree, Frame, TickCounts } from "#src/model/call-tree.js";
import { callFrameSchema, v8Frame } from "./frame.js";

/**
 * V8's sampling heap profile: what DevTools saves as .heapprofile. `selfSize` is what V8 has made of the samples: it
 * stands for all bytes that were allocated there, those between the samples too.
 */
interface HeapNode {
	readonly callFrame: z.infer<typeof callFrameSchema>;
	readonly selfSize: number;
	readonly id?: number | undefined;
	readonly children: readonly HeapNode[];
}

export interface HeapProfile {
	readonly head: HeapNode;
}

/** With each sample by itself. */
export interface SampledHeapProfile extends HeapProfile {
	readonly samples: readonly z.infer<typeof sampleSchema>[];
}

/** What was allocated at one position of an exact profile. */
export interface CountedHeapProfile extends HeapProfile {
	/** Objects by the id of a node. */
	readonly counts: Readonly<Record<string, number>>;
}

const MOST_NODES = 2_000_000;
const headSchema = z.object({ head: z.looseObject({}) });
const nodeSchema = z.object({
	callFrame: callFrameSchema,
	selfSize: z.number().nonnegative(),
	id: z.number().optional(),
	children: z.array(z.unknown()),
});
/** Of an object that was sampled: the bytes that it stands for, those of objects between the samples too. */
const sampleSchema = z.object({ nodeId: z.number(), size: z.number().nonnegative() });
const samplesSchema = z.object({ samples: z.array(sampleSchema) });
const countsSchema = z.record(z.string(), z.number().nonnegative());

/**
 * @throws KnownError COLLECTOR_FAILED for what is not a heap profile, has no sample, or is larger than can be read
 */
export function parseHeapProfile(json: unknown): HeapProfile {
	const shape = headSchema.safeParse(json);
	if (!shape.success) throw unreadable("it is not a .heapprofile: it has no head");
	const { head } = shape.data;
	let bytes = 0;
	const open: unknown[] = [head];
	const seen = new Set<unknown>();
	for (let node = open.pop(); node !== undefined; node = open.pop()) {
		if (seen.has(node)) throw unreadable("a node is its own caller");
		seen.add(node);
		if (seen.size > MOST_NODES) throw unreadable(`it has more than ${MOST_NODES / 1e6} million positions`);
		const parsed = nodeSchema.safeParse(node);
		if (!parsed.success) throw unreadable(`a node has a wrong ${parsed.error.issues[0]?.path.join(".") ?? "shape"}`);
		bytes += parsed.data.selfSize;
		open.push(...parsed.data.children);
	}
	if (bytes === 0) throw unreadable("it has no sample");
	return { head: head as unknown as HeapNode };
}

/** The same, with how many objects each node allocated. */
export function parseCountedHeapProfile(json: unknown): CountedHeapProfile {
	const { head } = parseHeapProfile(json);
	const counts = countsSchema.safeParse((json as { counts?: unknown }).counts);
	if (!counts.success) throw unreadable("it does not say how many objects there are");
	return { head, counts: counts.data };
}

/** The same, with each sample by itself. */
export function parseSampledHeapProfile(json: unknown): SampledHeapProfile {
	const { head } = parseHeapProfile(json);
	const listed = samplesSchema.safeParse(json);
	if (!listed.success) throw unreadable("it does not list its samples");
	return { head, samples: listed.data.samples };
}

/** What one isolate allocated. */
export interface IsolateHeap<Profile extends HeapProfile = HeapProfile> {
	readonly profile: Profile;
	/** The frame that stands for it and its like; null where there is one isolate only. */
	readonly process: Frame | null;
}

/**
 * The call tree of heap profiles of isolates; a tick is one sample, `intervalBytes` of allocated bytes. Positions outside of
 * JavaScript, such as "(V8 API)", count as unknown.
 */
export function heapCallTree(
	isolates: readonly IsolateHeap[],
	intervalBytes: number,
): { tree: CallTree; ticks: TickCounts } {
	let total = 0;
	let unknown = 0;
	const tree = treeOf(isolates, ({ selfSize, callFrame }) => {
		const ticks = selfSize / intervalBytes;
		total += ticks;
		if (callFrame.url === "") unknown += ticks;
		return ticks;
	});
	return {
		tree,
		ticks: { total, idle: 0, busy: total, garbageCollector: 0, unknown, lost: 0, ambiguous: 0, putBack: 0 },
	};
}

/** What a sampler saw allocated in a stretch of load: a tick is `intervalBytes` of allocated bytes. */
export interface SampledBytes {
	readonly tree: CallTree;
	/**
	 * The same positions with the sum over their samples of what each stands for, in ticks, squared. V8 takes an object of s bytes with
	 * probability 1 − exp(−s / interval) and has it stand for s divided by that: for one tick where it is small, for itself where it is
	 * large. What such samples add up to varies by the root of these sums at most.
	 */
	readonly squares: CallTree;
	readonly intervalBytes: number;
}

export function sampledBytes(
	isolates: readonly IsolateHeap<SampledHeapProfile>[],
	intervalBytes: number,
): SampledBytes {
	const squares = new Map<HeapProfile, ReadonlyMap<number, number>>();
	for (const { profile } of isolates) squares.set(profile, squaresOf(profile, intervalBytes));
	return {
		tree: heapCallTree(isolates, intervalBytes).tree,
		squares: treeOf(isolates, ({ id }, profile) => squares.get(profile)?.get(id ?? -1) ?? 0),
		intervalBytes,
	};
}

function squaresOf({ samples }: SampledHeapProfile, intervalBytes: number): Map<number, number> {
	const squares = new Map<number, number>();
	for (const { nodeId, size } of samples) {
		squares.set(nodeId, (squares.get(nodeId) ?? 0) + (size / intervalBytes) ** 2);
	}
	return squares;
}

function treeOf(isolates: readonly IsolateHeap[], ticksOf: (node: HeapNode, profile: HeapProfile) => number): CallTree {
	const builder = new CallTreeBuilder();
	for (const { profile, process } of isolates) {
		const top = process === null ? builder.root : builder.child(builder.root, process);
		for (const { node, at } of walk(profile, builder, top)) {
			const ticks = ticksOf(node, profile);
			if (ticks === 0) continue;
			// What V8 allocated with nobody on the stack hangs on its root, which in a call tree owns nothing.
			const owner = at === top ? builder.child(at, nobody) : at;
			builder.addSelf(owner, ticks);
		}
	}
	return builder.build();
}

/** Bytes and objects of one function. */
export interface FunctionObjects {
	readonly frame: Frame;
	readonly objects: number;
	readonly bytes: number;
}

/** What each function allocated itself, in all of these isolates, those with most bytes first. */
export function functionObjects(profiles: readonly CountedHeapProfile[]): FunctionObjects[] {
	const byFunction = new Map<string, { frame: Frame; objects: number; bytes: number }>();
	for (const { head, counts } of profiles) {
		const open: HeapNode[] = [head];
		for (let node = open.pop(); node !== undefined; node = open.pop()) {
			open.push(...node.children);
			if (node.selfSize === 0) continue;
			const frame = frameOf(node);
			const key = frameKey(frame);
			const sum = byFunction.get(key) ?? { frame, objects: 0, bytes: 0 };
			sum.objects += counts[String(node.id)] ?? 0;
			sum.bytes += node.selfSize;
			byFunction.set(key, sum);
		}
	}
	return [...byFunction.values()].sort((a, b) => b.bytes - a.bytes);
}

const nobody: Frame = {
	name: "(outside of JavaScript)",
	file: null,
	line: null,
	column: null,
	kind: "native",
	package: null,
};

function* walk(
	{ head }: HeapProfile,
	builder: CallTreeBuilder,
	top: number,
): Generator<{ node: HeapNode; at: number }> {
	const open: { node: HeapNode; at: number }[] = [{ node: head, at: top }];
	for (let next = open.pop(); next !== undefined; next = open.pop()) {
		yield next;
		for (const child of next.node.children) {
			open.push({ node: child, at: builder.child(next.at, frameOf(child)) });
		}
	}
}

const frameOf = ({ callFrame }: HeapNode): Frame => (callFrame.functionName === "(root)" ? nobody : v8Frame(callFrame));

const unreadable = (why: string): KnownError =>
	new KnownError({
		code: "COLLECTOR_FAILED",
		what: "the heap profile cannot be read",
		why,
		fix: "measure again; a longer --duration gives more samples",
	});
