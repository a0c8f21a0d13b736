import { type FunctionTicks, functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import { isClearlyMore } from "#src/analyse/call-tree/self-interval.js";
import type { CallTree } from "#src/model/call-tree.js";
import type { ProfileRecord } from "#src/model/profile.js";
import { briefSourceLabel, ownerLabel } from "#src/report/labels/frame.js";
import { type CostUnit, costUnitOf } from "#src/report/numbers/cost-unit.js";
import { formatWholePercent } from "#src/report/numbers/shares.js";
import { briefName } from "#src/report/sentences/brief-name.js";

/** What a profile says in short. Shares are of busy ticks; costs are those shares of what a request costs. */

export function hasTicks(trees: ReadonlyMap<string, CallTree>, profile: ProfileRecord): boolean {
	const tree = trees.get(profile.id);
	return tree !== undefined && totalTicks(tree) > 0;
}

/** A part beside the sampled thread that is larger than this is told with what it costs. */
const TOLD_PART = 0.05;

/** Whether much of the cost is in threads that no sampler looks at. */
export const hasLargeParts = (tree: CallTree): boolean => {
	const all = totalTicks(tree);
	return functionTicks(tree).some(
		({ frame, totalTicks: ticks }) => frame.kind === "threads" && ticks > TOLD_PART * all,
	);
};

/** The three owners with the largest share of self time; those that no sampler looks at with what they cost. */
export function ownersClause(tree: CallTree, cost: Cost): string {
	const all = totalTicks(tree);
	const byOwner = new Map<string, number>();
	const measured = new Set<string>();
	for (const { frame, selfTicks } of functionTicks(tree)) {
		byOwner.set(ownerLabel(frame), (byOwner.get(ownerLabel(frame)) ?? 0) + selfTicks);
		if (frame.kind === "threads") measured.add(ownerLabel(frame));
	}
	return [...byOwner]
		.filter(([, ticks]) => ticks > 0)
		.sort((a, b) => b[1] - a[1])
		.slice(0, 3)
		.map(([owner, ticks], rank) => {
			const share = ticks / all;
			const isTold = measured.has(owner) && cost.perRequest !== null && share > TOLD_PART;
			const amount = isTold ? ` (${cost.unit.format(share * (cost.perRequest ?? 0))})` : "";
			return `${formatWholePercent(share)} ${rank === 0 ? "in " : ""}${owner}${amount}`;
		})
		.join(", ");
}

/** What a request costs, null where it is not known. */
interface Cost {
	readonly perRequest: number | null;
	readonly unit: CostUnit;
}

/**
 * The function with the largest cost of its own, and that cost; with the second one where samples of CPU do not tell which of them is
 * the larger. A function is something that can be opened in an editor, so the collector's own states do not compete.
 */
export function dearestClause(title: string, tree: CallTree, cwd: string | null, cost: Cost): string {
	const [dearest, second] = functionTicks(tree).filter(({ frame, selfTicks }) => frame.file !== null && selfTicks > 0);
	if (dearest === undefined) return "No function with a source was seen.";
	const named = ({ frame, selfTicks }: FunctionTicks): string => {
		const share = selfTicks / totalTicks(tree);
		const percent = formatWholePercent(share);
		const amount = cost.perRequest === null ? percent : `${cost.unit.format(share * cost.perRequest)} (${percent})`;
		return `${briefName(frame.name)} (${briefSourceLabel(frame, cwd)}), ${amount}`;
	};
	const isClear =
		second === undefined || cost.unit !== costUnitOf("cpu") || isClearlyMore(dearest.selfTicks, second.selfTicks);
	return isClear ? `${title}: ${named(dearest)}.` : `${title}: ${named(dearest)}, or as likely ${named(second)}.`;
}
