import { diffTrees, functionDifferences, type TreeDifference } from "../analyse/tree-difference.js";
import type { CallTree } from "../model/call-tree.js";
import type { RunRecord } from "../model/run-record.js";
import { ownerLabel, sourceLabel } from "./frame-label.js";
import type { ChangedFunction } from "./terminal/changed-functions.js";

/** The call trees of both sides as one, scaled by what each side costs; null where one of them is missing. */
function treeDifferenceOf(run: RunRecord, trees: ReadonlyMap<string, CallTree>): TreeDifference | null {
	if (run.comparison === null) return null;
	const [base, head] = run.comparison.sides.map((side) => {
		const profile = run.profiles.find(({ variant, id }) => variant === side.name && trees.has(id));
		const tree = profile === undefined ? undefined : trees.get(profile.id);
		const clean = run.measurements.find(({ id }) => id === profile?.cleanMeasurementId);
		return tree === undefined || clean?.cpu == null
			? null
			: { tree, nsPerRequest: clean.cpu.nsPerRequest, root: side.cwd };
	});
	return base == null || head == null ? null : diffTrees(base, head);
}

const SHOWN = 8;
/** A function whose difference is a smaller share of a request than this is not worth a line. */
const SMALLEST_SHARE = 0.002;

/** The functions whose own time differs most. */
export function changedFunctions(run: RunRecord, trees: ReadonlyMap<string, CallTree>): ChangedFunction[] {
	const difference = treeDifferenceOf(run, trees);
	if (difference === null) return [];
	const cwd = run.comparison?.sides[1].cwd ?? null;
	const smallestNs = SMALLEST_SHARE * difference.nodes.reduce((sum, { headSelfNs }) => sum + headSelfNs, 0);
	return functionDifferences(difference)
		.filter(({ self }) => Math.abs(self.differenceNs) >= smallestNs)
		.slice(0, SHOWN)
		.flatMap(({ frame: index, self }) => {
			const frame = difference.frames[index];
			if (frame === undefined) return [];
			return [
				{
					name: frame.name,
					where: sourceLabel(frame, cwd) ?? ownerLabel(frame),
					baseNs: self.baseNs,
					headNs: self.headNs,
					differenceNs: self.differenceNs,
					clear: self.clear,
				},
			];
		});
}
