import jstat from "jstat";

/**
 * How often one may look at growing evidence without being fooled more often than promised. At every look the same two-sided
 * nominal level is used (Pocock 1977, Biometrika 64), chosen so that, over all looks together, evidence of nothing is taken for
 * something with probability `alpha`. Looks are numbers of equally informative, independent observations (process sets).
 *
 * Computed by recursive numerical integration of the running sum on normal theory (Armitage, McPherson and Rowe 1969, JRSS A 132);
 * at a look with n observations Student's quantile with n − 1 degrees of freedom at that level takes the place of the normal one
 * (the significance-level approach: Jennison and Turnbull 2000, section 4.4). Tests check it by simulation.
 */
export function nominalLevel(alpha: number, looks: readonly number[]): number {
	if (!(alpha > 0 && alpha < 1)) throw new RangeError(`alpha ${alpha} is not between 0 and 1`);
	if (looks.length === 0) throw new RangeError("there is no look");
	// More looks can only make it smaller than alpha, and never smaller than alpha shared out among them.
	let low = alpha / looks.length;
	let high = alpha;
	for (let step = 0; step < BISECTIONS && looks.length > 1; step++) {
		const middle = Math.sqrt(low * high);
		if (crossingProbability(middle, looks) > alpha) high = middle;
		else low = middle;
	}
	return looks.length === 1 ? alpha : low;
}

const BISECTIONS = 14;
/** Points of the grid over the continuation region; the error of the crossing probability is then below 0.1 %. */
const GRID = 80;

/** The probability that a sum of standard normal numbers leaves ±z·√n at one of the looks. */
export function crossingProbability(level: number, looks: readonly number[]): number {
	const z = jstat.normal.inv(1 - level / 2, 0, 1);
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

/** The nominal level where one looks after every observation from the first look to the last. */
export function levelOfLooks(alpha: number, first: number, last: number): number {
	const key = `${alpha} ${first} ${last}`;
	const known = levels.get(key);
	if (known !== undefined) return known;
	const looks = Array.from({ length: Math.max(1, last - first + 1) }, (_, index) => first + index);
	const level = nominalLevel(alpha, looks);
	levels.set(key, level);
	return level;
}
const levels = new Map<string, number>();

/** Student's two-sided critical value for n observations; infinite for fewer than two. */
export function criticalT(level: number, observations: number): number {
	if (observations < 2) return Number.POSITIVE_INFINITY;
	const key = `${level} ${observations}`;
	const known = quantiles.get(key);
	if (known !== undefined) return known;
	const quantile = jstat.studentt.inv(1 - level / 2, observations - 1);
	quantiles.set(key, quantile);
	return quantile;
}
/** The library looks for them step by step, which takes longer than everything else here. */
const quantiles = new Map<string, number>();
