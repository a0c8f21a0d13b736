import { frameKey } from "#src/analyse/call-tree/call-tree.js";
import { rebuildCallTree, type SampledProfile } from "#src/analyse/import/v8/cpu-profile.js";
import { type FunctionRange, type FunctionRanges, ownsLine } from "#src/analyse/import/v8/function-ranges.js";
import type { CallTree, Frame } from "#src/model/call-tree.js";
import { shareOut } from "./fit.js";
import { matchProfiles } from "./match.js";

/** What is known of the target from a short run in which V8 inlined nothing. */
export interface InliningReference {
	readonly profile: SampledProfile;
	readonly functions: FunctionRanges;
}

/** A call tree in which every tick is with the function whose line it was on, as far as that can be known. */
export interface PutBack {
	readonly tree: CallTree;
	/** Ticks moved from a caller to a function that V8 had inlined into it. */
	readonly putBack: number;
	/** Ticks on lines for which more than one function came into question; they were shared out. */
	readonly ambiguous: number;
	/** Ticks on lines outside of the function they were charged to, for which no owner was found; they stay there. */
	readonly unresolved: number;
}

/** One line of one node of the profile, and the nodes of the reference whose function has code on such a line. */
interface LineTicks {
	readonly node: number;
	readonly line: number;
	readonly ticks: number;
	readonly candidates: readonly number[];
}

/** Longer chains of inlined calls than this are not built by V8: its budget is used up long before. */
const maxInlinedCalls = 12;
/** JavaScript builtins that TurboFan replaces by a loop or by the call itself, so that their callback is inlined. */
const transparentBuiltins = new Set([
	"forEach",
	"map",
	"filter",
	"reduce",
	"reduceRight",
	"find",
	"findIndex",
	"every",
	"some",
	"apply",
	"call",
]);
/** Weight of a function that has code on the line but no tick there in the reference: it may have been missed. */
const unseenWeight = 0.02;
/** The same for the function that V8 named, which needs no further assumption. */
const unseenSelfWeight = 0.5;
/** From this share of a place's ticks on a second function makes them ambiguous. */
const rivalShare = 0.02;

/**
 * Puts functions that V8 inlined back into the call tree.
 *
 * V8 charges a sample in inlined code to the function around it, but the line it notes is that of the inlined function. In
 * the reference, where nothing is inlined, each function has its own lines, and stands below its callers. So a line of a
 * node belongs to the node's function or to one that is called from it there and has code on that line.
 */
export function putBackInlinedFrames(profile: SampledProfile, reference: InliningReference): PutBack {
	const matches = matchProfiles(profile, reference.profile);
	const ranges = new Map<string, FunctionRange | null>();
	const rangeOf = (frame: Frame): FunctionRange | null => {
		const key = frameKey(frame);
		const known = ranges.get(key);
		if (known !== undefined) return known;
		const found = reference.functions.of(frame);
		ranges.set(key, found);
		return found;
	};
	const placed = new Map<number, { readonly source: number; readonly ticks: number }[]>();
	let ambiguous = 0;
	let unresolved = 0;
	for (const [line, observations] of byLine(profile, reference.profile, matches, rangeOf)) {
		const known = observations.filter(({ candidates }) => candidates.length > 0);
		const shares = shareOut(known, weigh(known, line, matches, reference.profile));
		unresolved += observations.filter((o) => o.candidates.length === 0).reduce((sum, { ticks }) => sum + ticks, 0);
		known.forEach((observation, at) => {
			const given = observation.candidates.map((source, i) => ({ source, ticks: shares[at]?.[i] ?? 0 }));
			if (isAmbiguous(given, observation.ticks, reference.profile)) ambiguous += observation.ticks;
			placed.set(observation.node, [...(placed.get(observation.node) ?? []), ...given]);
		});
	}
	let putBack = 0;
	const tree = rebuildCallTree(profile, (builder, at, node, index) => {
		const own = new Set(matches[index]);
		let left = node.selfTicks;
		for (const { source, ticks } of placed.get(index) ?? []) {
			if (own.has(source) || ticks === 0) continue;
			let place = at;
			for (const inlined of chainTo(reference.profile, own, source)) {
				place = builder.child(place, (reference.profile.nodes[inlined] as { frame: Frame }).frame, true);
			}
			builder.addSelf(place, ticks);
			left -= ticks;
			putBack += ticks;
		}
		builder.addSelf(at, Math.max(0, left));
	});
	return { tree, putBack, ambiguous, unresolved };
}

function byLine(
	profile: SampledProfile,
	reference: SampledProfile,
	matches: readonly (readonly number[])[],
	rangeOf: (frame: Frame) => FunctionRange | null,
): Map<number, LineTicks[]> {
	const lines = new Map<number, LineTicks[]>();
	profile.nodes.forEach(({ frame, lineTicks }, node) => {
		const range = rangeOf(frame);
		const own = matches[node] ?? [];
		if (range === null || lineTicks.size === 0) return;
		const below = inlinable(reference, own);
		for (const [line, ticks] of lineTicks) {
			const candidates = below.filter((at) => {
				const itsRange = rangeOf((reference.nodes[at] as { frame: Frame }).frame);
				return itsRange !== null && ownsLine(itsRange, line);
			});
			// Without a match in the reference the function itself is still known to own its lines.
			if (candidates.length === 0 && ownsLine(range, line)) continue;
			lines.set(line, [...(lines.get(line) ?? []), { node, line, ticks, candidates }]);
		}
	});
	return lines;
}

/** The nodes themselves and everything below them that V8 could have inlined into them. */
function inlinable(reference: SampledProfile, from: readonly number[]): number[] {
	const found = new Set(from);
	let level = from;
	for (let depth = 0; depth < maxInlinedCalls && level.length > 0; depth++) {
		const below = level
			.flatMap((node) => reference.children[node] ?? [])
			.filter((node) => canBeInlined((reference.nodes[node] as { frame: Frame }).frame) && !found.has(node));
		for (const node of below) found.add(node);
		level = below;
	}
	return [...found];
}

const canBeInlined = (frame: Frame): boolean => frame.file !== null || transparentBuiltins.has(frame.name);

function weigh(
	observations: readonly LineTicks[],
	line: number,
	matches: readonly (readonly number[])[],
	reference: SampledProfile,
): Map<number, number> {
	const weights = new Map<number, number>();
	for (const { node, candidates } of observations) {
		const own = new Set(matches[node]);
		for (const source of candidates) {
			const seen = reference.nodes[source]?.lineTicks.get(line) ?? 0;
			const unseen = own.has(source) ? unseenSelfWeight : unseenWeight;
			weights.set(source, Math.max(weights.get(source) ?? 0, seen + unseen));
		}
	}
	return weights;
}

function isAmbiguous(
	given: readonly { readonly source: number; readonly ticks: number }[],
	total: number,
	reference: SampledProfile,
): boolean {
	const byFunction = new Map<string, number>();
	for (const { source, ticks } of given) {
		const key = frameKey((reference.nodes[source] as { frame: Frame }).frame);
		byFunction.set(key, (byFunction.get(key) ?? 0) + ticks);
	}
	return [...byFunction.values()].filter((ticks) => ticks >= rivalShare * total).length > 1;
}

/** The calls from one of `from` (not included) down to `to` (included). */
function chainTo(reference: SampledProfile, from: ReadonlySet<number>, to: number): number[] {
	const chain: number[] = [];
	for (let at = to; at >= 0 && !from.has(at); at = reference.nodes[at]?.parent ?? -1) chain.unshift(at);
	return chain;
}
