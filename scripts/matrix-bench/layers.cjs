// What MATRIX_TRUTH stands for: the layers of the app, and what each of them does to every request. The app makes them
// so, and the benchmark holds what the matrix says against them.
//   ground        0, 0, 1, 2, 5 and 10 % of a bare request in CPU, one that allocates 2 kB, one that waits 1 ms
//   none          eight layers that do nothing
//   culprit:I     one of eight costs 5 %
//   two:I,J       two of eight cost 5 % each
//   pair:I,J      one of eight costs 5 %, another spares the handler 5 %
//   mixed:N       N layers that cost 0, 1, 2 and 5 % in turn
//   scale:N,R     N layers of R rounds each, to learn what a round and a hook cost
const MOST_LAYERS = 200;
const MIXED_PERCENTS = [0, 1, 2, 5];

/** @typedef {{ name: string, rounds: number, bytes: number, waitMs: number, spares: boolean }} LayerOfApp */
/** @typedef {{ layers: LayerOfApp[], spareRounds: number }} AppLayers spareRounds: of the handler, unless a layer spares it them */

/**
 * @param {string} truth
 * @param {number} roundsPerPercent rounds of the loop that take 1 % of a bare request
 * @returns {AppLayers}
 */
exports.layersOf = function layersOf(truth, roundsPerPercent) {
	const [kind, rest = ""] = truth.split(":");
	const numbers = rest === "" ? [] : rest.split(",").map(Number);
	if (!numbers.every((number) => Number.isSafeInteger(number) && number >= 0)) throw new Error(unknown(truth));
	const percent = (share) => ({ rounds: Math.round(share * roundsPerPercent) });
	const [first, second] = numbers;
	const eight = (of) => Array.from({ length: 8 }, (_, index) => layer(`layer-${index}`, of(index)));
	switch (kind) {
		case "ground":
			return {
				layers: [
					layer("nothing"),
					layer("ten", percent(10)),
					layer("allocating", { bytes: 2048 }),
					layer("one", percent(1)),
					layer("waiting", { waitMs: 1 }),
					layer("five", percent(5)),
					layer("nothing-too"),
					layer("two", percent(2)),
				],
				spareRounds: 0,
			};
		case "none":
			return { layers: eight(() => ({})), spareRounds: 0 };
		case "culprit":
		case "two":
			if (numbers.length !== (kind === "two" ? 2 : 1) || numbers.some((index) => index > 7))
				throw new Error(unknown(truth));
			return { layers: eight((index) => (numbers.includes(index) ? percent(5) : {})), spareRounds: 0 };
		case "pair":
			if (numbers.length !== 2 || first === second || numbers.some((index) => index > 7))
				throw new Error(unknown(truth));
			return {
				layers: eight((index) => (index === first ? percent(5) : { spares: index === second })),
				spareRounds: percent(5).rounds,
			};
		case "mixed":
			if (numbers.length !== 1 || first < 1 || first > MOST_LAYERS) throw new Error(unknown(truth));
			return {
				layers: Array.from({ length: first }, (_, index) =>
					layer(`layer-${index}`, percent(MIXED_PERCENTS[index % MIXED_PERCENTS.length])),
				),
				spareRounds: 0,
			};
		case "scale":
			if (numbers.length !== 2 || first > MOST_LAYERS) throw new Error(unknown(truth));
			return {
				layers: Array.from({ length: first }, (_, index) => layer(`layer-${index}`, { rounds: second })),
				spareRounds: 0,
			};
		default:
			throw new Error(unknown(truth));
	}
};

const layer = (name, does = {}) => ({ name, rounds: 0, bytes: 0, waitMs: 0, spares: false, ...does });

const unknown = (truth) =>
	`MATRIX_TRUTH=${truth} is none of ground, none, culprit:0, two:0,1, pair:0,1, mixed:8, scale:8,0 (layers count from 0 to 7)`;
