import { type RandomSource, shuffled } from "#src/random.js";

/**
 * Every turn once in every round, in a fresh random order, so that a slow minute of the machine meets all of them. What came of it, by
 * turn, in the order of the rounds: figures of one round can be held against each other.
 */
export async function inRounds<Turn, Result>(
	rounds: number,
	turns: readonly Turn[],
	random: RandomSource,
	take: (turn: Turn, round: number) => Promise<Result>,
): Promise<Result[][]> {
	const results: Result[][] = turns.map(() => []);
	for (let round = 1; round <= rounds; round++) {
		for (const index of shuffled(turns.length, random)) {
			results[index]?.push(await take(turns[index] as Turn, round));
		}
	}
	return results;
}
