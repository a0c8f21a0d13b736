import type { LatencySettings } from "./settings.js";

/**
 * The delays of one call in milliseconds: to the first token, then from each token to the next. They follow a
 * log-normal distribution, never negative and with a long tail as those of real models; they depend on the seed
 * and the number of the call and on nothing else, so that neither load nor order changes them.
 */
export function drawDelays(settings: LatencySettings, call: number): readonly number[] {
	const uniform = uniformNumbers(settings.seed, call);
	const draw = logNormal(settings.spreadPercent / 100, uniform);
	return Array.from({ length: settings.tokens }, (_, token) =>
		draw(token === 0 ? settings.firstTokenMs : settings.tokenMs),
	);
}

/** @param spread standard deviation over mean */
function logNormal(spread: number, uniform: () => number): (mean: number) => number {
	const variance = Math.log1p(spread ** 2);
	const deviation = Math.sqrt(variance);
	return (mean) => mean * Math.exp(deviation * standardNormal(uniform) - variance / 2);
}

/** Box and Muller, 1958; the second number of the pair is not kept. */
function standardNormal(uniform: () => number): number {
	return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

const TWO_TO_32 = 2 ** 32;

/** Numbers from 0 up to but not 1: a Weyl sequence through MurmurHash3's finalizer, started anew for each call. */
function uniformNumbers(seed: number, call: number): () => number {
	let state = scramble(scramble(seed >>> 0) + call);
	return () => {
		state = (state + 0x9e3779b9) >>> 0;
		return scramble(state) / TWO_TO_32;
	};
}

function scramble(value: number): number {
	let bits = value >>> 0;
	bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
	bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
	return (bits ^ (bits >>> 16)) >>> 0;
}
