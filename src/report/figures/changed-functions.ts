import { diffTrees, functionDifferences, type ScaledTree } from "#src/analyse/call-tree/difference.js";
import { withoutProcesses } from "#src/analyse/call-tree/processes.js";
import type { CallTree, ProfileMeasure } from "#src/model/call-tree.js";
import type { Side } from "#src/model/comparison.js";
import type { CompareRun } from "#src/model/run.js";
import { placeLabel } from "#src/report/labels/frame.js";
import { costPerRequest } from "./profile-cost.js";

/** A function whose own cost per request differs between the profiles of two sides, in nanoseconds of CPU or in bytes. */
export interface ChangedFunction {
	readonly name: string;
	/** Source and line, or whose code it is where there is no source. */
	readonly where: string;
	readonly base: number;
	readonly head: number;
	readonly difference: number;
	/** False where two profiles of the same code may differ as much. */
	readonly clear: boolean;
}

/** The functions that changed most by one measure, the largest difference first. */
export interface ChangedFunctions {
	readonly measures: ProfileMeasure;
	readonly functions: readonly ChangedFunction[];
}

const SHOWN: Readonly<Record<ProfileMeasure, number>> = { cpu: 8, allocation: 5 };
/** A function whose difference is a smaller share of a request than this is not worth a line. */
const SMALLEST_SHARE = 0.002;

/** By CPU, then by allocated bytes; a measure without a profile of both sides, or without a difference, is left out. */
export const changedFunctions = (run: CompareRun, trees: ReadonlyMap<string, CallTree>): ChangedFunctions[] =>
	(["cpu", "allocation"] as const)
		.map((measures) => ({ measures, functions: changedBy(measures, run, trees) }))
		.filter(({ functions }) => functions.length > 0);

function changedBy(
	measures: ProfileMeasure,
	run: CompareRun,
	trees: ReadonlyMap<string, CallTree>,
): readonly ChangedFunction[] {
	const sides = run.comparison?.sides.map((side) => scaledTree(measures, side, run, trees)) ?? [];
	const [base, head] = sides;
	if (base == null || head == null) return [];
	const difference = diffTrees(base, head);
	const smallest = SMALLEST_SHARE * head.perRequest;
	return functionDifferences(difference)
		.filter(({ self }) => Math.abs(self.difference) >= smallest)
		.slice(0, SHOWN[measures])
		.flatMap(({ frame: index, self }) => {
			const frame = difference.frames[index];
			if (frame === undefined) return [];
			return [
				{
					name: frame.name,
					where: placeLabel(frame, head.root),
					base: self.baseCost,
					head: self.headCost,
					difference: self.difference,
					clear: self.clear,
				},
			];
		});
}

/** The first profile of a side by this measure; null where there is none, or what a request costs is not known. */
function scaledTree(
	measures: ProfileMeasure,
	side: Side,
	run: CompareRun,
	trees: ReadonlyMap<string, CallTree>,
): ScaledTree | null {
	const profile = run.profiles.find(
		(each) => each.measures === measures && each.variant === side.name && trees.has(each.id),
	);
	const tree = profile === undefined ? undefined : trees.get(profile.id);
	const perRequest = profile === undefined ? null : costPerRequest(run, profile);
	return tree === undefined || perRequest === null
		? null
		: { tree: withoutProcesses(tree), perRequest, root: side.cwd };
}
