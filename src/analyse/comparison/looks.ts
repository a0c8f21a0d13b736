import { studentQuantile } from "#src/analyse/statistics/distributions.js";
import { criticalT } from "./critical-t.js";
import { crossingProbabilityOfT } from "./student-looks.js";

/**
 * How often one may look at growing evidence without being fooled more often than promised. A look is a number of equally
 * informative, independent observations (process sets).
 */

/** Of one comparison; after more sets than this nothing is measured any more. */
export const MOST_LOOKS = 240;

/**
 * The two-sided nominal level of Student's t where one looks after every observation from the first look to the last, so that over all
 * looks together evidence of nothing is taken for something with probability alpha (within 2 % of it). At every look the same level
 * is used (Pocock 1977, Biometrika 64).
 */
export const levelOfLooks = (alpha: number, first: number, last: number): number =>
	once(levels, [alpha, first, last], () => {
		const looks = everyLook(first, last);
		return levelFor(alpha, looks.length, (level) => crossingProbabilityOfT((n) => criticalT(level, n), looks));
	});

/** The level of a look grows with this power of its number of sets; 0 would be Pocock's. */
const GROWTH = 1.5;

/**
 * By number of observations, the one-sided critical value of Student's t with which a mean that truly lies at the margin is taken to
 * lie within it with probability at most alpha, over all looks from the first to the last together (within 2 % of it). A run of
 * two equal sides ends near its last look where the margin is fine, and early where it is wide: so less is spent on the first looks,
 * and the last has nearly what it would have alone.
 */
export function equivalenceCritical(alpha: number, first: number, last: number, observations: number): number {
	const critical = once(equivalences, [alpha, first, last], () => {
		const looks = everyLook(first, last);
		const level = levelFor(alpha, looks.length, (each) => crossingProbabilityOfT(growing(each, last), looks, "upper"));
		return growing(level, last);
	});
	return observations < 2 ? Number.POSITIVE_INFINITY : critical(observations);
}

/** By number of observations, Student's critical value at the level of the last look, or at the smaller one of an earlier look. */
function growing(level: number, last: number): (observations: number) => number {
	const known: number[] = [];
	return (observations) => {
		known[observations] ??= studentQuantile(1 - level * Math.min(1, observations / last) ** GROWTH, observations - 1);
		return known[observations];
	};
}

function everyLook(first: number, last: number): number[] {
	const from = Math.max(2, first);
	return Array.from({ length: Math.max(1, last - from + 1) }, (_, index) => from + index);
}

/** How fast the crossing probability grows with the level, both in logs; the first step only. */
const USUAL_SLOPE = 0.9;
const STEPS = 5;
/** So near to alpha, in its logarithm, the next step is exact enough without being looked at. */
const NEAR = 5e-3;

/** The level at which a crossing probability is alpha, by the secant method in logs, where it is nearly a straight line. */
function levelFor(alpha: number, looks: number, crossing: (level: number) => number): number {
	if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha ${alpha} is not between 0 and 1`);
	if (looks === 1) return alpha;
	// More looks can only make it smaller than alpha, and never smaller than alpha shared out among them.
	const guess = alpha / Math.sqrt(looks);
	let slope = USUAL_SLOPE;
	let at = Math.log(guess);
	let beyond = Math.log(crossing(guess) / alpha);
	for (let step = 1; step < STEPS && Math.abs(beyond) > NEAR; step++) {
		const next = at - beyond / slope;
		const nextBeyond = Math.log(crossing(Math.exp(next)) / alpha);
		if (Math.abs(next - at) > 1e-3) slope = (nextBeyond - beyond) / (next - at);
		at = next;
		beyond = nextBeyond;
	}
	return Math.min(alpha, Math.exp(at - beyond / slope));
}

type Plan = readonly [alpha: number, first: number, last: number];
/** By alpha, then by both looks as one number. */
type Known<T> = Map<number, Map<number, T>>;

const levels: Known<number> = new Map();
const equivalences: Known<(observations: number) => number> = new Map();

/** Every look of a run asks for the same, thousands of times. */
function once<T>(known: Known<T>, [alpha, first, last]: Plan, value: () => T): T {
	const ofAlpha = known.get(alpha) ?? new Map<number, T>();
	known.set(alpha, ofAlpha);
	const looks = first * 1e6 + last;
	const found = ofAlpha.get(looks) ?? value();
	ofAlpha.set(looks, found);
	return found;
}
