import { diffTrees, functionDifferences, type ScaledTree } from "#src/analyse/call-tree/difference.js";
import { withoutProcesses } from "#src/analyse/call-tree/processes.js";
import type { CallTree, Frame, ProfileMeasure } from "#src/model/call-tree.js";
import type { Comparison, Side } from "#src/model/comparison.js";
import type { ChangedCost, FunctionVerdicts } from "#src/model/function-verdicts.js";
import type { ComparedRun } from "#src/model/run.js";
import { placeLabel, sourceLabel } from "#src/report/labels/frame.js";
import { costPerRequest } from "./profile-cost.js";

/** A function whose own cost per request differs between two sides, in nanoseconds of CPU or in bytes. */
export interface ChangedFunction {
	readonly name: string;
	/** Source and line, or whose code it is where there is no source. */
	readonly where: string;
	readonly base: number;
	readonly head: number;
	readonly difference: number;
	/** Of the difference; leaves out zero. */
	readonly low: number;
	readonly high: number;
	/** Whether those around it lost or gained as much. */
	readonly moved: boolean;
	/** Whether it is in lines that differ between the sides, as far as these are known. */
	readonly linesChanged?: boolean;
}

/** "moved; src/a.ts:3", "src/a.ts:3, changed" */
export const whereAndWhy = ({ where, moved, linesChanged }: ChangedFunction): string =>
	`${moved ? "moved; " : ""}${where}${linesChanged === true ? ", changed" : ""}`;

/** The functions that changed by one measure, the largest difference first. */
export interface ChangedFunctions {
	readonly measures: ProfileMeasure;
	/**
	 * sets: sampled in every process set, and different for certain. profiles: from one profile of each side, so that no more is known
	 * than that these two differ.
	 */
	readonly from: "sets" | "profiles";
	readonly functions: readonly ChangedFunction[];
}

const SHOWN: Readonly<Record<ProfileMeasure, number>> = { cpu: 8, allocation: 5 };
/** A function whose difference is a smaller share of a request than this is not worth a line. */
const SMALLEST_SHARE = 0.002;
/** Standard errors at which one of hundreds of functions differs by chance once in a hundred times. */
const CLEAR_OF_ALL = 4.2;

/** By CPU, then by allocated bytes; a measure without a profile of both sides, or without a difference, is left out. */
export const changedFunctions = (run: ComparedRun, trees: ReadonlyMap<string, CallTree>): ChangedFunctions[] => {
	const judged = run.comparison === null ? null : judgedFunctions(run.comparison);
	const cpu = judged ?? { measures: "cpu", from: "profiles", functions: changedInProfiles("cpu", run, trees) };
	const bytes: ChangedFunctions = {
		measures: "allocation",
		from: "profiles",
		functions: changedInProfiles("allocation", run, trees),
	};
	return [cpu, bytes]
		.map((each) => ({ ...each, functions: each.functions.slice(0, SHOWN[each.measures]) }))
		.filter(({ functions }) => functions.length > 0);
};

/** Those that were sampled in every process set; null where too few were. */
export const judgedFunctions = ({ functions, sides }: Comparison): ChangedFunctions | null =>
	functions && {
		measures: "cpu",
		from: "sets",
		functions: functions.changed.map((each) => changedFunction(each, sides[1])),
	};

/** What is named first, and how much dearer or cheaper; those that only moved are not. */
export const namedFunctions = ({ changed }: FunctionVerdicts): ChangedCost[] =>
	changed.filter(({ verdict }) => verdict !== "moved");

/** "count", "all of metrics.js", "all of prom-client" */
export function nameOfCost({ kind, frame }: ChangedCost, cwd: string | null): string {
	switch (kind) {
		case "function":
			return frame.name;
		case "file":
			return `all of ${sourceLabel({ ...frame, line: null }, cwd) ?? frame.name}`;
		case "package":
			return `all of ${frame.package ?? frame.name}`;
	}
}

const changedFunction = (cost: ChangedCost, { cwd }: Side): ChangedFunction => ({
	name: nameOfCost(cost, cwd),
	where: cost.kind === "function" ? placeLabel(cost.frame, cwd) : "",
	base: cost.baseNs,
	head: cost.headNs,
	difference: cost.differenceNs,
	low: cost.lowNs,
	high: cost.highNs,
	moved: cost.verdict === "moved",
	linesChanged: cost.linesChanged === true,
});

function changedInProfiles(
	measures: ProfileMeasure,
	run: ComparedRun,
	trees: ReadonlyMap<string, CallTree>,
): readonly ChangedFunction[] {
	const sides = run.comparison?.sides.map((side) => scaledTree(measures, side, run, trees)) ?? [];
	const [base, head] = sides;
	if (base == null || head == null) return [];
	const difference = diffTrees(base, head);
	const smallest = SMALLEST_SHARE * head.perRequest;
	return functionDifferences(difference)
		.filter(
			({ self }) => Math.abs(self.difference) >= smallest && Math.abs(self.difference) > CLEAR_OF_ALL * self.noise,
		)
		.flatMap(({ frame: index, self }) => {
			const frame: Frame | undefined = difference.frames[index];
			if (frame === undefined) return [];
			return [
				{
					name: frame.name,
					where: placeLabel(frame, head.root),
					base: self.baseCost,
					head: self.headCost,
					difference: self.difference,
					low: self.difference - CLEAR_OF_ALL * self.noise,
					high: self.difference + CLEAR_OF_ALL * self.noise,
					moved: false,
				},
			];
		});
}

/** The first profile of a side by this measure; null where there is none, or what a request costs is not known. */
function scaledTree(
	measures: ProfileMeasure,
	side: Side,
	run: ComparedRun,
	trees: ReadonlyMap<string, CallTree>,
): ScaledTree | null {
	if (run.command === "calibrate") return null;
	const profile = run.profiles.find(
		(each) => each.measures === measures && each.variant === side.name && trees.has(each.id),
	);
	const tree = profile === undefined ? undefined : trees.get(profile.id);
	const perRequest = profile === undefined ? null : costPerRequest(run, profile);
	return tree === undefined || perRequest === null
		? null
		: { tree: withoutProcesses(tree), perRequest, root: side.cwd };
}
