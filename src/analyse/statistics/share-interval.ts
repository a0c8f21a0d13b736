import { betaQuantile } from "./distributions.js";

/** The exact 95 % interval of a share of which `found` in `n` were seen (Clopper and Pearson 1934). */
export const shareInterval = (found: number, n: number): readonly [low: number, high: number] => [
	found === 0 ? 0 : betaQuantile(0.025, found, n - found + 1),
	found === n ? 1 : betaQuantile(0.975, found + 1, n - found),
];
