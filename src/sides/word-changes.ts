/** From one place of a command line to another, which is not part of it. */
interface Words {
	readonly from: number;
	readonly to: number;
}

/** Words of base, and what stands for them on head. */
export interface WordChange {
	readonly base: Words;
	readonly head: Words;
}

/** What is between the words of the longest common subsequence of both command lines. */
export function wordChanges(base: readonly string[], head: readonly string[]): WordChange[] {
	const changes: WordChange[] = [];
	let before = { base: 0, head: 0 };
	for (const [i, j] of [...commonWords(base, head), [base.length, head.length] as const]) {
		if (i > before.base || j > before.head) {
			changes.push({ base: { from: before.base, to: i }, head: { from: before.head, to: j } });
		}
		before = { base: i + 1, head: j + 1 };
	}
	return changes;
}

/** Where they stand in either. */
function commonWords(base: readonly string[], head: readonly string[]): (readonly [number, number])[] {
	const lengths = Array.from({ length: base.length + 1 }, () => new Array<number>(head.length + 1).fill(0));
	const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
	for (let i = base.length - 1; i >= 0; i--) {
		for (let j = head.length - 1; j >= 0; j--) {
			const row = lengths[i] as number[];
			row[j] = base[i] === head[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
		}
	}
	const common: (readonly [number, number])[] = [];
	let [i, j] = [0, 0];
	while (i < base.length && j < head.length) {
		if (base[i] === head[j]) common.push([i++, j++]);
		else if (at(i + 1, j) >= at(i, j + 1)) i++;
		else j++;
	}
	return common;
}
