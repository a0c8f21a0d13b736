import type { CallTree, Frame } from "../model/call-tree.js";
import { frameKey, functionTicks } from "./call-tree.js";

/**
 * How well two profiles agree, 0…1: Σ over groups of the smaller of the two shares, that is 1 − total variation
 * distance. 1: the same shares everywhere; 0: nothing in common. Frames without a source (garbage collector, native
 * code, unknown code) are left out on both sides, because profilers name those states each in their own way.
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
	for (const { frame, selfTicks } of functionTicks(tree)) {
		if (frame.file === null) continue;
		const group = groupOf(frame);
		sums.set(group, (sums.get(group) ?? 0) + selfTicks);
		all += selfTicks;
	}
	return new Map([...sums].map(([group, ticks]) => [group, all === 0 ? 0 : ticks / all]));
}

function overlap(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
	let common = 0;
	for (const [group, share] of a) common += Math.min(share, b.get(group) ?? 0);
	return Math.min(1, common);
}
