/** Numbers in [0, 1). */
export type RandomSource = () => number;

/** Mulberry32: small, quick, and the same everywhere for the same seed (a 32-bit integer). */
export function seededRandom(seed: number): RandomSource {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** 0 … size − 1 in a random order (Fisher and Yates). */
export function shuffled(size: number, random: RandomSource): number[] {
	const order = Array.from({ length: size }, (_, index) => index);
	for (let last = size - 1; last > 0; last--) {
		const other = Math.floor(random() * (last + 1));
		[order[last], order[other]] = [order[other] as number, order[last] as number];
	}
	return order;
}
