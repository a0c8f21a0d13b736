import type { Frame } from "#src/model/call-tree.js";
import { type Exported, stackOf, tickWorth, wholeAmounts } from "./exported.js";

/**
 * One line a stack, outermost function first: "a;b;c 1234", as flamegraph.pl and its like read it. The number is nanoseconds of
 * CPU or bytes per request, rounded so that their sum is right; samples where that is not known.
 */
export function foldedStacks(exported: Exported): string {
	const { tree } = exported;
	const { perTick } = tickWorth(exported);
	const sums = new Map<string, number>();
	const amounts = wholeAmounts(tree.nodes.map(({ selfTicks }) => selfTicks * perTick));
	amounts.forEach((amount, index) => {
		if (amount === 0 || index === 0) return;
		const stack = stackOf(tree, index)
			.map((frame) => foldedName(tree.frames[frame]))
			.join(";");
		sums.set(stack, (sums.get(stack) ?? 0) + amount);
	});
	return [...sums].map(([stack, amount]) => `${stack} ${amount}\n`).join("");
}

/** A semicolon would begin another function, a line break another stack. */
function foldedName(frame: Frame | undefined): string {
	if (frame === undefined) return "(unknown)";
	const place = frame.file === null ? "" : ` (${frame.file}${frame.line === null ? "" : `:${frame.line}`})`;
	return `${frame.name}${place}`.replaceAll(";", ":").replace(/[\p{Cc}\u2028\u2029]+/gu, " ");
}
