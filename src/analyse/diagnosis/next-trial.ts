import type { Difference, Suspect, Trial } from "#src/model/diagnosis.js";
import { looksLikeCause } from "./taken-back.js";

/** What is taken back next. */
interface NextTrial {
	readonly kind: "trial";
	/** Ids of differences. */
	readonly without: readonly string[];
	readonly aim: Trial["aim"];
}

/** What to do after these trials. */
export type NextStep =
	| NextTrial
	| { readonly kind: "proved"; readonly culprits: readonly string[] }
	/** All that is suspected was tried. */
	| { readonly kind: "exhausted" };

/** So many are tried by themselves before the others are searched by halves. */
const TRIED_ALONE = 3;
/** A share of the difference that makes it worth taking two back together. */
const PART_OF_A_PAIR = 0.15;
/** For reasons that are more than being there. */
const STRONG = new Set<Suspect["because"]>(["waits", "owns", "version", "calls", "names"]);

/**
 * The order in which suspects are taken back, told by those that were. First the smallest and strongest ones, each alone; where one
 * cannot stand alone, all that its commit brought. Then two of which each explained a part; then the others by halves, commit by
 * commit, and within the commit that it is in.
 */
export function nextStep(suspects: readonly Suspect[], trials: readonly Trial[]): NextStep {
	const proof = trials.findLast(({ aim, outcome }) => aim === "proof" && outcome === "proved");
	if (proof !== undefined) return { kind: "proved", culprits: proof.without };
	const past = new Past(trials);
	return alone(suspects, past) ?? pair(past) ?? byHalves(suspects, past) ?? { kind: "exhausted" };
}

class Past {
	constructor(readonly trials: readonly Trial[]) {}

	of(without: readonly string[], aim?: Trial["aim"]): Trial | undefined {
		const key = keyOf(without);
		return this.trials.findLast((each) => keyOf(each.without) === key && (aim === undefined || each.aim === aim));
	}
}

const keyOf = (ids: readonly string[]): string => [...ids].sort().join(" ");

const trial = (without: readonly string[], aim: Trial["aim"]): NextTrial => ({ kind: "trial", without, aim });

const cannotStand = ({ outcome }: Trial): boolean => outcome === "not applied" || outcome === "not started";

const strongest = (suspects: readonly Suspect[]): Suspect[] =>
	suspects.filter(({ because }) => STRONG.has(because)).slice(0, TRIED_ALONE);

function alone(suspects: readonly Suspect[], past: Past): NextTrial | null {
	for (const { difference } of strongest(suspects)) {
		const before = past.of([difference.id]);
		if (before === undefined) return trial([difference.id], "proof");
		if (!cannotStand(before)) continue;
		const together = sameCommit(difference, suspects);
		if (together.length > 1 && past.of(together) === undefined) return trial(together, "proof");
	}
	return null;
}

/** By the newest commit of each; what is not committed belongs together as well. */
function commitOf(difference: Difference): string {
	return "commits" in difference && difference.kind !== "package"
		? (difference.commits[0]?.commit ?? "not committed")
		: difference.id;
}

const sameCommit = (difference: Difference, suspects: readonly Suspect[]): string[] =>
	suspects.filter((each) => commitOf(each.difference) === commitOf(difference)).map((each) => each.difference.id);

/** The two that explained most, where each of them explained a part. */
function pair(past: Past): NextTrial | null {
	const parts = past.trials
		.filter(({ without, aim }) => without.length === 1 && aim === "proof")
		.map((each) => ({ ids: each.without, share: each.takenBack[0]?.share ?? 0 }))
		.filter(({ share }) => share >= PART_OF_A_PAIR)
		.toSorted((a, b) => b.share - a.share)
		.slice(0, 2);
	if (parts.length < 2) return null;
	const both = parts.flatMap(({ ids }) => ids);
	return proofOf(both, past);
}

/** What one commit brought. */
interface Atom {
	readonly ids: readonly string[];
	/** How much it is suspected: of the half that is taken back first, all together half of everything. */
	readonly weight: number;
}

const WEIGHTS: Readonly<Record<Suspect["because"], number>> = {
	...{ waits: 4, owns: 4, version: 4, calls: 4, names: 4 },
	...{ runs: 2, code: 2 },
	...{ cleared: 0.25, differs: 0.25 },
};

function byHalves(suspects: readonly Suspect[], past: Past): NextTrial | null {
	const tried = new Set(strongest(suspects));
	const left = suspects.filter((each) => !tried.has(each));
	const atoms = new Map<string, Atom>();
	for (const { difference, because } of left) {
		const key = commitOf(difference);
		const { ids, weight } = atoms.get(key) ?? { ids: [], weight: 0 };
		atoms.set(key, { ids: [...ids, difference.id], weight: Math.max(weight, WEIGHTS[because]) });
	}
	return narrowed([...atoms.values()], past);
}

/** The half that it is in, again and again, down to one that is tried by itself; null where that was tried. */
function narrowed(atoms: readonly Atom[], past: Past): NextTrial | null {
	const [only] = atoms;
	if (only === undefined) return null;
	if (atoms.length === 1) return ofOne(only, past);
	const middle = middleOf(atoms);
	const halves = [atoms.slice(0, middle), atoms.slice(middle)] as const;
	const [first, second] = halves;
	// One that is alone in its half is asked for at once by the question that counts.
	if (first.length === 1) return ofOne(first[0] as Atom, past) ?? narrowed(second, past);
	const ids = first.flatMap((each) => each.ids);
	const found = past.of(ids, "search");
	if (found === undefined) return trial(ids, "search");
	// Where no part of it is the cause, all of it together may be.
	if (isIn(found)) return narrowed(first, past) ?? proofOf(ids, past) ?? narrowed(second, past);
	const rest = narrowed(second, past);
	// A half that cannot be taken back may hold it all the same, and one that is a part of the cause holds that part.
	return rest ?? (cannotStand(found) || isPart(found) ? narrowed(first, past) : null);
}

/** So many of the first as are suspected as much as the others; at least one, and not all. */
function middleOf(atoms: readonly Atom[]): number {
	const half = atoms.reduce((sum, { weight }) => sum + weight, 0) / 2;
	let [count, weight] = [0, 0];
	for (const atom of atoms) {
		if (weight >= half) break;
		weight += atom.weight;
		count++;
	}
	return Math.min(atoms.length - 1, Math.max(1, count));
}

/** Null where it was asked before. */
const proofOf = (without: readonly string[], past: Past): NextTrial | null =>
	past.of(without, "proof") === undefined ? trial(without, "proof") : null;

const isPart = ({ takenBack }: Trial): boolean => (takenBack[0]?.share ?? 0) >= PART_OF_A_PAIR;

const isIn = (found: Trial): boolean =>
	found.outcome === "proved" || (found.outcome === "undecided" && looksLikeCause(found.takenBack));

/** One commit: if it is more than one change and the cause, which of them. */
function ofOne({ ids, weight }: Atom, past: Past): NextTrial | null {
	if (ids.length === 1) return proofOf(ids, past);
	const whole = past.of(ids, "search");
	if (whole === undefined) return trial(ids, "search");
	if (!isIn(whole)) return null;
	const parts = ids.map((id): Atom => ({ ids: [id], weight }));
	return narrowed(parts, past) ?? proofOf(ids, past);
}
