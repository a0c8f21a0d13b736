/** Bytes are known so much better than CPU that they can do with little of what is spent on false names. */
const SHARE_OF_BYTES = 0.2;
/** Of either: layers are few. */
const SHARE_OF_LAYERS = 0.1;

export interface Level {
	/** Of functions, files and packages. */
	readonly functions: number;
	readonly layers: number;
}

/** How the probability of a false name is shared out: over CPU, bytes and layers together it is alpha. */
export function levelsOf(alpha: number): { readonly cpu: Level; readonly bytes: Level } {
	const shared = (whole: number): Level => ({
		functions: (1 - SHARE_OF_LAYERS) * whole,
		layers: SHARE_OF_LAYERS * whole,
	});
	return { cpu: shared((1 - SHARE_OF_BYTES) * alpha), bytes: shared(SHARE_OF_BYTES * alpha) };
}
