/** The members of each group, groups in the order of their first member. */
export function groupsOf<Each>(list: readonly Each[], keyOf: (each: Each) => string): [Each, ...Each[]][] {
	const groups = new Map<string, [Each, ...Each[]]>();
	for (const each of list) {
		const group = groups.get(keyOf(each));
		if (group === undefined) groups.set(keyOf(each), [each]);
		else group.push(each);
	}
	return [...groups.values()];
}
