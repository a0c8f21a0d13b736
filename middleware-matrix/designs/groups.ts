/** Neighbours that are switched as one. */
export interface FactorGroup {
	readonly name: string;
	readonly members: readonly string[];
}

/**
 * At most `most` groups of neighbours, in their order and of sizes that differ by one at the most: layers registered
 * one after the other often belong together. Throws a RangeError where `most` is below 1.
 */
export function groupFactors(names: readonly string[], most: number): FactorGroup[] {
	if (most < 1) throw new RangeError("factors need at least one group");
	const groups = Math.min(most, names.length);
	return Array.from({ length: groups }, (_, group) => {
		const from = Math.floor((group * names.length) / groups);
		const members = names.slice(from, Math.floor(((group + 1) * names.length) / groups));
		return { name: nameOf(members), members };
	});
}

const nameOf = (members: readonly string[]): string =>
	members.length <= 3 ? members.join(" + ") : `${members[0]} … ${members.at(-1)} (${members.length})`;
