import type { CallNode, CallTree, Frame } from "#src/model/call-tree.js";
import { frameKey } from "./call-tree.js";

/**
 * How well two profiles agree, 0…1: Σ over groups of the smaller of the two shares, that is 1 − total variation
 * distance. 1: the same shares everywhere; 0: nothing in common. Time in frames without a source (native code, builtins)
 * counts for the nearest caller that has one, because one profiler shows such frames where another charges the caller;
 * what has no such caller (garbage collector, "(program)") is left out on both sides.
 */
export interface ProfileAgreement {
	/** Grouped by function: file, name and line. */
	readonly selfOverlap: number;
	/** Grouped by package, and the rest by kind of code. */
	readonly packageOverlap: number;
}

export function agreementOf(a: CallTree, b: CallTree): ProfileAgreement {
	return {
		selfOverlap: overlap(shares(a, functionGroup), shares(b, functionGroup)),
		packageOverlap: overlap(shares(a, packageGroup), shares(b, packageGroup)),
	};
}

// Columns are left out: not every profiler has them right.
const functionGroup = (frame: Frame): string => frameKey({ ...frame, column: null });
const packageGroup = (frame: Frame): string => frame.package ?? frame.kind;

function shares(tree: CallTree, groupOf: (frame: Frame) => string): Map<string, number> {
	const sums = new Map<string, number>();
	let all = 0;
	for (const node of tree.nodes) {
		const frame = nearestWithSource(tree, node);
		if (frame === null || node.selfTicks === 0) continue;
		const group = groupOf(frame);
		sums.set(group, (sums.get(group) ?? 0) + node.selfTicks);
		all += node.selfTicks;
	}
	return new Map([...sums].map(([group, ticks]) => [group, all === 0 ? 0 : ticks / all]));
}

function nearestWithSource(tree: CallTree, from: CallNode): Frame | null {
	for (let node: CallNode | undefined = from; node !== undefined; node = tree.nodes[node.parent]) {
		const frame = tree.frames[node.frame];
		if (frame !== undefined && frame.file !== null) return frame;
	}
	return null;
}

function overlap(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
	let common = 0;
	for (const [group, share] of a) common += Math.min(share, b.get(group) ?? 0);
	return Math.min(1, common);
}
