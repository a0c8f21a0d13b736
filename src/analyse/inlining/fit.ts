/**
 * Who owns a tick, when several functions have code on the line it is on?
 *
 * All places of the profile with ticks on one line number (the observations) are looked at together with all functions of
 * the reference that have code on that line number (the sources). A source can only show where it was inlined or where
 * it is itself, and each one should get ticks in proportion to what the reference gave it. What one place shows of a
 * function is therefore not expected again in another.
 */
export interface Observation {
	readonly ticks: number;
	/** The sources that can show here, by their key. */
	readonly candidates: readonly number[];
}

/**
 * Iterative proportional fitting (Deming and Stephan 1940; Ireland and Kullback 1968): the table of observations and
 * sources with the observed ticks as its column sums that is nearest to the reference's proportions. Where these cannot
 * be met, the observed ticks win: they are always shared out completely.
 *
 * @param weights ticks of every source in the reference, by key; above 0
 * @returns for each observation the ticks of each of its candidates, in their order
 */
export function shareOut(observations: readonly Observation[], weights: ReadonlyMap<number, number>): number[][] {
	const shares = observations.map(() => [] as number[]);
	for (const part of connectedParts(observations)) balance(part, observations, weights, shares);
	return shares;
}

const rounds = 30;

function balance(
	part: readonly number[],
	observations: readonly Observation[],
	weights: ReadonlyMap<number, number>,
	shares: number[][],
): void {
	const sources = new Set(part.flatMap((index) => observations[index]?.candidates ?? []));
	const weightOf = (source: number): number => weights.get(source) ?? 0;
	let totalWeight = 0;
	for (const source of sources) totalWeight += weightOf(source);
	const totalTicks = part.reduce((sum, index) => sum + (observations[index]?.ticks ?? 0), 0);
	for (const index of part) shares[index] = (observations[index]?.candidates ?? []).map(weightOf);
	meetObservations(part, observations, shares);
	for (let round = 0; round < rounds; round++) {
		const given = new Map<number, number>();
		for (const index of part) {
			observations[index]?.candidates.forEach((source, at) => {
				given.set(source, (given.get(source) ?? 0) + (shares[index]?.[at] ?? 0));
			});
		}
		for (const index of part) {
			shares[index] = (observations[index]?.candidates ?? []).map((source, at) => {
				const sum = given.get(source) ?? 0;
				const due = (weightOf(source) / totalWeight) * totalTicks;
				return sum > 0 ? ((shares[index]?.[at] ?? 0) * due) / sum : 0;
			});
		}
		meetObservations(part, observations, shares);
	}
}

function meetObservations(part: readonly number[], observations: readonly Observation[], shares: number[][]): void {
	for (const index of part) {
		const row = shares[index] ?? [];
		const sum = row.reduce((total, share) => total + share, 0);
		const ticks = observations[index]?.ticks ?? 0;
		shares[index] = row.map((share) => (sum > 0 ? (share / sum) * ticks : ticks / row.length));
	}
}

/** Observations that share no source, not even through others, say nothing about each other. */
function connectedParts(observations: readonly Observation[]): number[][] {
	const bySource = new Map<number, number[]>();
	observations.forEach(({ candidates }, index) => {
		for (const source of candidates) bySource.set(source, [...(bySource.get(source) ?? []), index]);
	});
	const seen = new Set<number>();
	const parts: number[][] = [];
	for (let first = 0; first < observations.length; first++) {
		if (seen.has(first)) continue;
		seen.add(first);
		const part = [first];
		for (let at = 0; at < part.length; at++) {
			for (const source of observations[part[at] as number]?.candidates ?? []) {
				for (const neighbour of bySource.get(source) ?? []) {
					if (seen.has(neighbour)) continue;
					seen.add(neighbour);
					part.push(neighbour);
				}
			}
		}
		parts.push(part);
	}
	return parts;
}
