/** Maps all values, so many at once, and keeps their order. Rejects with the first failure; what has begun by then goes on. */
export async function mapSome<Value, Result>(
	values: readonly Value[],
	atOnce: number,
	map: (value: Value) => Promise<Result>,
): Promise<Result[]> {
	const results: Result[] = [];
	const waiting = [...values.entries()];
	const work = async (): Promise<void> => {
		for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
			results[next[0]] = await map(next[1]);
		}
	};
	await Promise.all(Array.from({ length: Math.max(1, atOnce) }, work));
	return results;
}
