import { CallTreeBuilder, functionTicks } from "#src/analyse/call-tree/call-tree.js";
import type { CallTree } from "#src/model/call-tree.js";

export const selfTicksOf = (tree: CallTree, name: string): number =>
	functionTicks(tree)
		.filter(({ frame }) => frame.name === name)
		.reduce((sum, { selfTicks }) => sum + selfTicks, 0);

/** Each of `names`' share of what all of them have. */
export function sharesAmong(names: readonly string[], amountOf: (name: string) => number): number[] {
	const amounts = names.map(amountOf);
	const all = amounts.reduce((sum, each) => sum + each, 0);
	return amounts.map((amount) => amount / all);
}

/** The tree as it was before inlined functions were put back: their time is their callers'. */
export function withoutPutBack(tree: CallTree): CallTree {
	const builder = new CallTreeBuilder();
	const places: number[] = [];
	tree.nodes.forEach((node, index) => {
		const caller = places[node.parent];
		const frame = tree.frames[node.frame];
		const at =
			caller === undefined || frame === undefined ? builder.root : node.putBack ? caller : builder.child(caller, frame);
		places.push(at);
		if (index > 0) builder.addSelf(at, node.selfTicks);
	});
	return builder.build();
}
