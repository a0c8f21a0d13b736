import { normalQuantile } from "#src/analyse/statistics/distributions.js";
import { crossingProbabilityOfT } from "./student-looks.js";

/**
 * How often one may look at growing evidence without being fooled more often than promised. At every look the same two-sided
 * nominal level is used (Pocock 1977, Biometrika 64), chosen so that, over all looks together, evidence of nothing is taken for
 * something with probability `alpha`. Looks are numbers of equally informative, independent observations (process sets).
 *
 * Computed by recursive numerical integration of the running sum on normal theory (Armitage, McPherson and Rowe 1969, JRSS A 132),
 * that is, as if the spread were known; levelOfLooks allows for its being estimated.
 */
export function nominalLevel(alpha: number, looks: readonly number[]): number {
	if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha ${alpha} is not between 0 and 1`);
	if (looks.length === 0) throw new RangeError("there is no look");
	// More looks can only make it smaller than alpha, and never smaller than alpha shared out among them.
	return looks.length === 1
		? alpha
		: levelFor(alpha, alpha / Math.sqrt(looks.length), (level) => crossingProbability(level, looks), 5);
}

/** Of one comparison; more sets than this would not be looked at one by one. */
export const MOST_LOOKS = 60;

/** How fast the crossing probability grows with the level, both in logs; the first step only. */
const USUAL_SLOPE = 0.9;

/** The level at which a crossing probability is alpha, by the secant method in logs, where it is nearly a straight line. */
function levelFor(alpha: number, guess: number, crossing: (level: number) => number, steps: number): number {
	let slope = USUAL_SLOPE;
	let at = Math.log(guess);
	let beyond = Math.log(crossing(guess) / alpha);
	for (let step = 1; step < steps; step++) {
		const next = at - beyond / slope;
		const nextBeyond = Math.log(crossing(Math.exp(next)) / alpha);
		if (Math.abs(next - at) > 1e-3) slope = (nextBeyond - beyond) / (next - at);
		at = next;
		beyond = nextBeyond;
	}
	return Math.min(alpha, Math.exp(at - beyond / slope));
}

/** Points of the grid over the continuation region; the error of the crossing probability is then below 0.1 %. */
const GRID = 80;

/** The probability that a sum of standard normal numbers leaves ±z·√n at one of the looks. */
export function crossingProbability(level: number, looks: readonly number[]): number {
	const z = normalQuantile(1 - level / 2);
	let points: Float64Array = new Float64Array([0]);
	let masses: Float64Array = new Float64Array([1]);
	let before = 0;
	for (const look of looks) {
		const step = Math.sqrt(look - before);
		const edge = z * Math.sqrt(look);
		const { at, weights } = simpsonGrid(edge);
		const next = new Float64Array(at.length);
		for (let i = 0; i < at.length; i++) {
			let density = 0;
			for (let j = 0; j < points.length; j++) {
				const distance = ((at[i] as number) - (points[j] as number)) / step;
				density += (masses[j] as number) * Math.exp(-0.5 * distance * distance);
			}
			next[i] = ((weights[i] as number) * density) / (step * Math.sqrt(2 * Math.PI));
		}
		points = at;
		masses = next;
		before = look;
	}
	return 1 - masses.reduce((sum, mass) => sum + mass, 0);
}

function simpsonGrid(edge: number): { at: Float64Array; weights: Float64Array } {
	const width = (2 * edge) / GRID;
	const at = Float64Array.from({ length: GRID + 1 }, (_, index) => -edge + index * width);
	const weights = at.map((_, index) => (width / 3) * (index === 0 || index === GRID ? 1 : index % 2 === 1 ? 4 : 2));
	return { at, weights };
}

/**
 * The nominal level of Student's t where one looks after every observation from the first look to the last, so that all looks
 * together spend alpha (within 2 % of it). With few looks and large n it is close to that of normal theory; with a first look at
 * 6 of 32 observations normal theory alone would spend 1.17 % instead of 1 %.
 */
export function levelOfLooks(alpha: number, first: number, last: number): number {
	const key = `${alpha} ${first} ${last}`;
	const known = levels.get(key);
	if (known !== undefined) return known;
	const from = Math.max(2, first);
	const looks = Array.from({ length: Math.max(1, last - from + 1) }, (_, index) => from + index);
	const normal = nominalLevel(alpha, looks);
	const level = looks.length === 1 ? alpha : levelFor(alpha, normal, (each) => crossingProbabilityOfT(each, looks), 2);
	levels.set(key, level);
	return level;
}
const levels = new Map<string, number>();
