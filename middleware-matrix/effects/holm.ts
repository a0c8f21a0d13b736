/**
 * p adjusted for how many there are, in the order given: the chance of any false one below α stays below α, whatever
 * depends on what (Holm 1979, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
 * Statistics 6).
 */
export function holmAdjusted(p: readonly number[]): number[] {
	const adjusted = new Array<number>(p.length).fill(1);
	let least = 0;
	for (const [rank, index] of [...p.keys()].sort((a, b) => (p[a] ?? 1) - (p[b] ?? 1)).entries()) {
		least = Math.max(least, Math.min(1, (p[index] ?? 1) * (p.length - rank)));
		adjusted[index] = least;
	}
	return adjusted;
}
