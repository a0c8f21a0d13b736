import { diffTrees, functionDifferences, type ScaledTree } from "#src/analyse/call-tree/difference.js";
import { withoutProcesses } from "#src/analyse/call-tree/processes.js";
import { packageFolderOf } from "#src/analyse/call-tree/same-source.js";
import { bytesChanges, cpuChanges } from "#src/analyse/comparison/functions/verdicts-of.js";
import type { CallTree, Frame, ProfileMeasure } from "#src/model/call-tree.js";
import type { Comparison, Side } from "#src/model/comparison.js";
import type { CostChange } from "#src/model/function-verdicts.js";
import type { ComparedRun } from "#src/model/run.js";
import { placeLabel, sourceLabel } from "#src/report/labels/frame.js";
import { costPerRequest } from "./profile-cost.js";

/** A function whose own cost per request differs between two sides, in nanoseconds of CPU or in bytes. */
export interface ChangedFunction {
	readonly kind: CostChange["kind"];
	/** "count", "all of metrics.js", "all of prom-client" */
	readonly name: string;
	/** "src/app.ts:12"; null where there is none, or the name says it. */
	readonly source: string | null;
	/** Source and line, or whose code it is where there is no source. */
	readonly where: string;
	readonly base: number;
	readonly head: number;
	readonly difference: number;
	/** Of the difference; leaves out zero. */
	readonly low: number;
	readonly high: number;
	/** Why it is no change of its own: those around it lost or gained as much, or it runs what a request waits for. Null: it is one. */
	readonly aside: "moved" | "waiting" | null;
	/** Whether it is in lines that differ between the sides, as far as these are known. */
	readonly linesChanged?: boolean;
}

const ASIDE = { moved: "moved", waiting: "of the waiting" } as const;

/** "moved", "of the waiting", "changed": what has to be said of it beside its figures. */
export const remarksOn = ({ aside, linesChanged }: ChangedFunction): string[] => [
	...(aside === null ? [] : [ASIDE[aside]]),
	...(linesChanged === true ? ["changed"] : []),
];

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
	const judged = run.comparison === null ? [] : judgedFunctions(run.comparison);
	return (["cpu", "allocation"] as const)
		.map(
			(measures): ChangedFunctions =>
				judged.find((each) => each.measures === measures) ?? {
					...{ measures, from: "profiles" },
					functions: changedInProfiles(measures, run, trees),
				},
		)
		.map((each) => ({ ...each, functions: each.functions.slice(0, SHOWN[each.measures]) }))
		.filter(({ functions }) => functions.length > 0);
};

/** Those that were sampled in every process set, by what they cost and by what they allocate; a measure of which too few were is left out. */
export function judgedFunctions({ functions, functionBytes, sides }: Comparison): ChangedFunctions[] {
	const { cwd } = sides[1];
	return [
		...(functions === null
			? []
			: [{ measures: "cpu", from: "sets", functions: shown(cpuChanges(functions), cwd) } as const]),
		...(functionBytes === null
			? []
			: [{ measures: "allocation", from: "sets", functions: shown(bytesChanges(functionBytes), cwd) } as const]),
	];
}

/** What is named in a sentence: a layer is there with the function that it is for. */
export const changesOf = ({ functions }: ChangedFunctions): ChangedFunction[] =>
	functions.filter(({ aside, kind }) => aside === null && kind !== "layer");

/** Changes first, then what only looks like one. */
function shown(changes: readonly CostChange[], cwd: string | null): ChangedFunction[] {
	const all = changes.map((each) => changedFunction(each, cwd));
	const isAlone = ({ name, where }: ChangedFunction): boolean =>
		all.filter((other) => other.name === name && other.where === where).length === 1;
	return all
		.map((each, index) => (isAlone(each) ? each : withWholePath(each, changes[index] as CostChange, cwd)))
		.toSorted((a, b) => Number(a.aside !== null) - Number(b.aside !== null));
}

/** As it is named and shown. @param cwd of head */
export function changedFunction(
	{ kind, frame, base, head, difference, low, high, linesChanged, verdict }: CostChange,
	cwd: string | null,
): ChangedFunction {
	return {
		kind,
		name: nameOf({ kind, frame }, cwd),
		source: kind === "function" || kind === "layer" ? sourceLabel(frame, cwd) : null,
		where: kind === "function" || kind === "layer" ? placeLabel(frame, cwd) : "",
		...{ base, head, difference, low, high },
		aside: verdict === "moved" || verdict === "waiting" ? verdict : null,
		linesChanged: linesChanged === true,
	};
}

function nameOf({ kind, frame }: Pick<CostChange, "kind" | "frame">, cwd: string | null): string {
	switch (kind) {
		case "function":
			return frame.name;
		case "file":
			return `all of ${sourceLabel({ ...frame, line: null }, cwd) ?? frame.name}`;
		case "package":
			return `all of ${frame.package ?? frame.name}`;
		case "layer":
			return `layer ${frame.name}`;
	}
}

/** Two versions of one package: what is called the same is told apart by where it lies. */
function withWholePath(changed: ChangedFunction, { kind, frame }: CostChange, cwd: string | null): ChangedFunction {
	if (frame.file === null) return changed;
	const path = cwd !== null && frame.file.startsWith(`${cwd}/`) ? frame.file.slice(cwd.length + 1) : frame.file;
	const source =
		kind === "package" ? (packageFolderOf(path) ?? path) : frame.line === null ? path : `${path}:${frame.line}`;
	return { ...changed, source, where: source };
}

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
					kind: "function",
					name: frame.name,
					source: sourceLabel(frame, head.root),
					where: placeLabel(frame, head.root),
					base: self.baseCost,
					head: self.headCost,
					difference: self.difference,
					low: self.difference - CLEAR_OF_ALL * self.noise,
					high: self.difference + CLEAR_OF_ALL * self.noise,
					aside: null,
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
