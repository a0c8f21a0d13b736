import type { Frame } from "#src/model/call-tree.js";
import type { Difference, Reason, Stretch, Suspect } from "#src/model/diagnosis.js";
import { reasons } from "#src/model/diagnosis.js";
import type { FunctionVerdicts } from "#src/model/function-verdicts.js";
import { type CostBelow, costOf, costsBelow, type SampledStacks } from "./costs-below.js";
import { partsOf } from "./parts.js";

/** What is known of the functions of both sides; null where too few sets were sampled. */
export interface FunctionEvidence extends SampledStacks {
	readonly verdicts: FunctionVerdicts | null;
	/** Where each function is written; null on a side that does not have it. */
	readonly written: { readonly base: readonly (Frame | null)[]; readonly head: readonly (Frame | null)[] };
}

/** Where the files of a side lie: the top folder of its checkout. */
export interface Roots {
	readonly base: string;
	readonly head: string;
}

/** In lines: of what is in no function that was seen. */
const FAR = 1e6;
const CODE = /\.(?:[cm]?[jt]sx?|node|wasm|json|ya?ml|toml|env|html?|ejs|hbs|pug|sql|graphql|proto)$/i;
const TESTS = /(?:^|\/)(?:tests?|__tests__|spec|docs?|examples?|bench(?:marks?)?)\/|\.(?:test|spec)\.[cm]?[jt]sx?$/i;

/** The change that is looked for. */
export interface Explained {
	/** Functions that went the other way make nothing a suspect. */
	readonly direction: "regressed" | "improved";
	/** Whether a request waits longer, or less, and its CPU does not say why. */
	readonly isWaiting: boolean;
}

/**
 * What differs, the most suspect first: by why it is suspected, then by what requests cost more below it, then the smaller change.
 */
export function rankSuspects(
	differences: readonly Difference[],
	evidence: FunctionEvidence | null,
	roots: Roots,
	{ direction, isWaiting }: Explained,
): Suspect[] {
	// What only waits costs nothing: functions that changed beside it are not why.
	const changed = isWaiting ? [] : changedWith(evidence, direction);
	const owned = new Map(
		differences.map((each) => [
			each.id,
			evidence === null ? new Map<number, number>() : ownersIn(each, evidence, roots),
		]),
	);
	const below =
		evidence === null
			? new Map<number, number[]>()
			: costsBelow(evidence, new Set([...owned.values()].flatMap((each) => [...each.keys()])));
	const ownerOfCost = (functions: Owners): CostBelow | null => {
		const rows = [...functions.keys()].flatMap((each) => [below.get(each) ?? []]).filter(({ length }) => length > 0);
		return costOf(
			(rows[0] ?? []).map((_, set) => rows.reduce((sum, row) => sum + (row[set] ?? 0), 0)),
			below.size,
		);
	};
	const wholeNs = evidence === null ? 0 : partsOf(evidence.sampled).reduce((sum, part) => sum + part.differenceNs, 0);
	const suspects = differences.map((difference): Suspect => {
		const owners: Owners = owned.get(difference.id) ?? new Map();
		const cost = ownerOfCost(owners);
		const waits = isWaiting && makesWait(difference, direction);
		const reason = waits
			? { because: "waits" as const, functions: [] }
			: reasonFor(difference, owners, isWaiting ? null : cost, changed, { direction, wholeNs });
		return { difference, ...reason, cost };
	});
	const sign = direction === "regressed" ? 1 : -1;
	const nearness = ({ difference }: Suspect): number => Math.min(FAR, ...(owned.get(difference.id)?.values() ?? []));
	const order = (a: Suspect, b: Suspect): number =>
		reasons.indexOf(a.because) - reasons.indexOf(b.because) ||
		sign * ((b.cost?.differenceNs ?? 0) - (a.cost?.differenceNs ?? 0)) ||
		nearness(a) - nearness(b) ||
		sizeOf(a.difference) - sizeOf(b.difference);
	return suspects.toSorted(order);
}

/** Whether it costs less than half of the whole change more, for certain. */
const isCleared = (cost: CostBelow | null, wholeNs: number, direction: Explained["direction"]): boolean =>
	cost !== null && (direction === "regressed" ? cost.highNs < wholeNs / 2 : cost.lowNs > wholeNs / 2);

/** A function, file or package that changed, and which functions it is made of. */
interface Changed {
	readonly cost: FunctionVerdicts["changed"][number];
	/** In the list of the comparison. */
	readonly place: number;
	/** Null for one that is not known by itself. */
	readonly function: number | null;
}

function changedWith(evidence: FunctionEvidence | null, direction: "regressed" | "improved"): Changed[] {
	const wanted = direction === "regressed" ? "dearer" : "cheaper";
	return (evidence?.verdicts?.changed ?? []).flatMap((cost, place) => {
		if (cost.verdict !== wanted) return [];
		const at = evidence?.sampled.functions.findIndex(({ frame }) => sameFrame(frame, cost.frame)) ?? -1;
		return [{ cost, place, function: cost.kind === "function" && at >= 0 ? at : null }];
	});
}

const sameFrame = (a: Frame, b: Frame): boolean =>
	a.name === b.name && a.file === b.file && a.line === b.line && a.column === b.column;

/** A function, and how far behind its beginning a change begins. */
type Owners = ReadonlyMap<number, number>;

/**
 * The functions that its lines are in, on either side: those that begin in them, and the last one that begins before, which may hold
 * those. Where a function ends no sampler knows, so the nearer one is the likelier.
 */
function ownersIn(difference: Difference, { written }: FunctionEvidence, roots: Roots): Owners {
	const owners = new Map<number, number>();
	if (difference.kind !== "lines") return owners;
	const { baseFile, file } = difference;
	const sides = [
		{ frames: written.base, file: baseFile === null ? null : `${roots.base}/${baseFile}`, stretch: difference.base },
		{ frames: written.head, file: `${roots.head}/${file}`, stretch: difference.head },
	];
	for (const { frames, file: path, stretch } of sides) {
		for (const [index, lines] of nearestIn(frames, path, stretch)) {
			owners.set(index, Math.min(lines, owners.get(index) ?? Number.POSITIVE_INFINITY));
		}
	}
	return owners;
}

function nearestIn(frames: readonly (Frame | null)[], file: string | null, { from, lines }: Stretch): Owners {
	const to = from + Math.max(1, lines) - 1;
	const begins = frames.flatMap((frame, index) =>
		frame === null || frame.line === null || frame.file !== file || frame.line > to
			? []
			: [{ index, line: frame.line }],
	);
	const before = Math.max(...begins.filter(({ line }) => line < from).map(({ line }) => line));
	return new Map(
		begins
			.filter(({ line }) => line >= from || line === before)
			.map(({ index, line }) => [index, Math.max(0, from - line)]),
	);
}

function reasonFor(
	difference: Difference,
	owners: Owners,
	cost: CostBelow | null,
	changed: readonly Changed[],
	{ direction, wholeNs }: Pick<Explained, "direction"> & { readonly wholeNs: number },
): Pick<Suspect, "because" | "functions"> {
	const because = (reason: Reason, of: readonly Changed[]): Pick<Suspect, "because" | "functions"> => ({
		because: reason,
		functions: of.map(({ place }) => place),
	});
	const owns = changed.filter((each) => each.function !== null && owners.has(each.function));
	if (owns.length > 0) return because("owns", owns);
	if (difference.kind === "package") {
		const its = changed.filter((each) => each.cost.frame.package === difference.name);
		return its.length > 0 ? because("version", its) : because("code", []);
	}
	if (difference.kind === "variable" || difference.kind === "words") return because("code", []);
	const isDearer = cost !== null && (direction === "regressed" ? cost.lowNs > 0 : cost.highNs < 0);
	if (isDearer) return because("calls", []);
	const named =
		difference.kind === "lines" ? changed.filter(({ cost: each }) => names(difference, each.frame.package)) : [];
	if (named.length > 0) return because("names", named);
	if (owners.size > 0) return because(isCleared(cost, wholeNs, direction) ? "cleared" : "runs", []);
	return because(CODE.test(difference.file) && !TESTS.test(difference.file) ? "code" : "differs", []);
}

const names = (
	{ removed, added }: { readonly removed: readonly string[]; readonly added: readonly string[] },
	name: string | null,
): boolean => name !== null && [...removed, ...added].some((line) => line.includes(name));

const WAITS = /\bawait\b|\.then\(|\bnew Promise\b|\bset(?:Timeout|Immediate|Interval)\b|\bnextTick\b|\bAtomics\.wait\b/;

/** Lines that came make a request wait longer, lines that went let it wait less. */
const makesWait = (difference: Difference, direction: "regressed" | "improved"): boolean =>
	difference.kind === "lines" &&
	!TESTS.test(difference.file) &&
	(direction === "regressed" ? difference.added : difference.removed).some((line) => WAITS.test(line));

const sizeOf = (difference: Difference): number =>
	difference.kind === "lines" ? difference.base.lines + difference.head.lines : 1;
