/** Which looks of a series end it: where t is beyond its critical value at either end, or at the upper end alone. */
export type Ends = "both" | "upper";

/**
 * The probability that Student's t of normal observations without a mean leaves its critical values at one of the looks, which are
 * ascending numbers of observations, at least 2. The integration is numerical: within 2 % of the result.
 *
 * Replacing normal quantiles by Student's at the same nominal level (Jennison and Turnbull 2000, 4.4) spends up to a quarter more than
 * was given when the first look comes early. But the sequence of t is a Markov chain: t is a function of the
 * cosine c between the observations and (1, …, 1), which depends on their direction alone, and the next observation in units of
 * their length is independent of that direction (they are spherical). With w = tan θ, the next observation by that length, and
 * r = c·√n, the next r is (r + w) / √(1 + w²) = √(1 + r²) · sin(θ + arctan r), and θ has a density proportional to cosⁿ⁻¹ θ, as
 * √n·w has Student's t distribution with n degrees of freedom. So the chance of never leaving is found by going back from the last
 * look, in one dimension (the recursion of Armitage, McPherson and Rowe 1969, JRSS A 132, for this chain).
 * @param critical value of t at a look, > 0
 */
export function crossingProbabilityOfT(
	critical: (observations: number) => number,
	looks: readonly number[],
	ends: Ends = "both",
): number {
	const first = looks[0] ?? Number.NaN;
	const last = looks.at(-1) ?? Number.NaN;
	const planned = new Set(looks);
	const boundaryAt = (n: number): number => (planned.has(n) ? cosineOf(critical(n), n) : 1);
	let staying = ended(boundaryAt(last), ends);
	for (let n = last - 1; n >= first; n--) staying = oneEarlier(staying, n, boundaryAt(n));
	// The cosine at the first look is sin α, with a density proportional to cosⁿ⁻² α.
	const inside = integral(
		[ends === "both" ? 0 : -Math.PI / 2, Math.asin(staying.kink), Math.asin(staying.boundary)],
		0.5,
		(sin, cos) => power(cos, first - 2) * chanceAt(staying, sin),
	);
	return 1 - ((ends === "both" ? 2 : 1) * inside) / powerOfCosine(first - 2);
}

/**
 * The chance of not leaving at any later look, as a function of c up to the boundary. Above the kink, the next observation can lead
 * outside by its size and back inside by being still larger; the chance has a square root there. So it is kept as two Chebyshev
 * series, in √(c − kink) above, and below in (c / kink)², where both ends count and it is even, or else in c from a floor on, under
 * which there is nothing left to leave by.
 */
interface Staying {
	readonly boundary: number;
	readonly kink: number;
	/** Null: even. */
	readonly floor: number | null;
	readonly below: Float64Array;
	readonly above: Float64Array;
}

const ended = (boundary: number, ends: Ends): Staying => ({
	boundary,
	kink: boundary,
	floor: ends === "both" ? null : -1,
	below: Float64Array.of(2),
	above: Float64Array.of(2),
});

const cosineOf = (t: number, n: number): number => t / Math.sqrt(n - 1 + t * t);

function oneEarlier(later: Staying, n: number, boundary: number): Staying {
	const whole = powerOfCosine(n - 1);
	const largest = later.boundary * Math.sqrt(n + 1);
	const kink = Math.min(boundary, Math.sqrt(Math.max(0, (largest * largest - 1) / n)));
	const floor = later.floor === null ? null : -Math.min(1, REACH / Math.sqrt(n));
	const from = (c: number): number => chanceFrom(c * Math.sqrt(n), later, n) / whole;
	const below =
		floor === null
			? seriesOf(TERMS, (x) => from(kink * Math.sqrt((1 + x) / 2)))
			: seriesOf(TERMS_FROM_FLOOR, (x) => from(floor + ((kink - floor) * (1 + x)) / 2));
	const above = kink < boundary ? seriesOf(TERMS, (x) => from(kink + (boundary - kink) * ((1 + x) / 2) ** 2)) : below;
	return { boundary, kink, floor, below, above };
}

/** Beyond so many standard deviations of the next observation there is nothing left to count (below 1e-10). */
const REACH = 7;
/** Width of a panel of the integration, in the same unit. */
const PANEL = 3;

/** From r after n observations: the integral over all next observations that stay inside. */
function chanceFrom(r: number, later: Staying, n: number): number {
	const radius = Math.sqrt(1 + r * r);
	const turn = Math.atan(r);
	const reach = n < 20 ? Math.PI / 2 : REACH / Math.sqrt(n);
	const scale = radius / Math.sqrt(n + 1);
	const edge = Math.asin(Math.min(1, later.boundary / scale));
	const kink = Math.asin(Math.min(1, later.kink / scale));
	const root = Math.sqrt(n + 1);
	const at = (sin: number, cos: number): number => power(cos, n - 1) * chanceAt(later, (sin + r * cos) / root);
	const clip = (psi: number): number => Math.max(-reach, Math.min(reach, psi - turn));
	const ends = later.floor === null ? [-edge, -kink, kink, edge] : [-Math.PI, kink, edge];
	const inside = integral(ends.map(clip), PANEL / Math.sqrt(n), at);
	// An observation that is far out adds more to the spread than to the mean: t is inside again.
	return inside + integral([Math.PI - edge, Math.PI - kink, Math.PI].map(clip), PANEL / Math.sqrt(n), at);
}

function chanceAt({ boundary, kink, floor, below, above }: Staying, c: number): number {
	const size = floor === null ? Math.abs(c) : Math.max(floor, c);
	if (size > kink) return chebyshev(above, 2 * Math.sqrt(Math.min(1, (size - kink) / (boundary - kink))) - 1);
	return chebyshev(below, 2 * (floor === null ? (size / kink) ** 2 : (size - floor) / (kink - floor)) - 1);
}

/** Terms of a Chebyshev series; more where it covers what an even function has once. */
const TERMS = 12;
const TERMS_FROM_FLOOR = 28;

/** The Chebyshev series through the values of a function at so many nodes; the first coefficient counts half. */
function seriesOf(terms: number, value: (x: number) => number): Float64Array {
	const { nodes, cosines } = basisOf(terms);
	const values = nodes.map(value);
	const coefficients = new Float64Array(terms);
	for (let k = 0; k < terms; k++) {
		let sum = 0;
		for (let j = 0; j < terms; j++) sum += (2 / terms) * (values[j] as number) * (cosines[k * terms + j] as number);
		coefficients[k] = sum;
	}
	return coefficients;
}

/** What all series of so many terms share. */
interface Basis {
	readonly nodes: Float64Array;
	/** Of each polynomial at each node. */
	readonly cosines: Float64Array;
}

const bases = new Map<number, Basis>();

function basisOf(terms: number): Basis {
	const known = bases.get(terms);
	if (known !== undefined) return known;
	const angles = Float64Array.from({ length: terms }, (_, j) => (Math.PI * (j + 0.5)) / terms);
	const cosines = new Float64Array(terms * terms);
	for (const [j, angle] of angles.entries()) {
		for (let k = 0; k < terms; k++) cosines[k * terms + j] = Math.cos(k * angle);
	}
	const basis = { nodes: angles.map(Math.cos), cosines };
	bases.set(terms, basis);
	return basis;
}

/** Clenshaw's recurrence. */
function chebyshev(coefficients: Float64Array, x: number): number {
	let one = 0;
	let two = 0;
	for (let k = coefficients.length - 1; k > 0; k--) {
		const next = 2 * x * one - two + (coefficients[k] as number);
		two = one;
		one = next;
	}
	return x * one - two + (coefficients[0] as number) / 2;
}

/** ∫ cosᵏ over −π/2 … π/2. */
function powerOfCosine(k: number): number {
	let value = k % 2 === 0 ? Math.PI : 2;
	for (let j = k % 2 === 0 ? 2 : 3; j <= k; j += 2) value *= (j - 1) / j;
	return value;
}

/** A whole power, which Math.pow takes several times as long for. */
function power(base: number, exponent: number): number {
	let result = 1;
	for (let square = base, left = exponent; left > 0; left >>= 1, square *= square) if (left & 1) result *= square;
	return result;
}

/**
 * Over all stretches between ascending angles, in panels of at most the given width, by Gauss and Legendre.
 * @param at is handed sine and cosine, which the nodes of a panel get from its middle by their sums: they would take most of the time
 */
function integral(ends: readonly number[], width: number, at: (sin: number, cos: number) => number): number {
	let sum = 0;
	for (let i = 1; i < ends.length; i++) {
		const from = ends[i - 1] as number;
		const length = (ends[i] as number) - from;
		if (!(length > 0)) continue;
		const panels = Math.ceil(length / width);
		const half = length / panels / 2;
		for (let node = 0; node < NODES.length; node++) {
			sines[node] = Math.sin(half * (NODES[node] as number));
			cosines[node] = Math.cos(half * (NODES[node] as number));
		}
		for (let panel = 0; panel < panels; panel++) {
			const middle = from + (2 * panel + 1) * half;
			const sin = Math.sin(middle);
			const cos = Math.cos(middle);
			for (let node = 0; node < NODES.length; node++) {
				const bySin = sines[node] as number;
				const byCos = cosines[node] as number;
				const before = at(sin * byCos - cos * bySin, cos * byCos + sin * bySin);
				const behind = at(sin * byCos + cos * bySin, cos * byCos - sin * bySin);
				sum += half * (WEIGHTS[node] as number) * (before + behind);
			}
		}
	}
	return sum;
}

/** Of 10 points, which lie on both sides of the middle (Abramowitz and Stegun 1964, table 25.4). */
const NODES = Float64Array.of(
	0.148874338981631,
	0.433395394129247,
	0.679409568299024,
	0.865063366688985,
	0.973906528517172,
);
const WEIGHTS = Float64Array.of(
	0.295524224714753,
	0.269266719309996,
	0.219086362515982,
	0.149451349150581,
	0.066671344308688,
);
const sines = new Float64Array(NODES.length);
const cosines = new Float64Array(NODES.length);
