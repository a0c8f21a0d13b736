import { childrenOf } from "#src/analyse/call-tree/call-tree.js";
import { type ChromeFrame, chromeFrames } from "./chrome-frame.js";
import { type Exported, REQUESTS_FOR_CHROME, tickWorth, wholeAmounts } from "./exported.js";

interface HeapNode {
	readonly callFrame: ChromeFrame | undefined;
	readonly selfSize: number;
	readonly id: number;
	readonly children: HeapNode[];
}

/** Chrome's and VS Code's .heapprofile: the bytes of a thousand requests, or samples where those are not known. */
export function heapProfile(exported: Exported): string {
	const { tree } = exported;
	const { unit, perTick } = tickWorth(exported);
	const perTickInAll = unit === "ticks" ? 1 : perTick * REQUESTS_FOR_CHROME;
	const frames = chromeFrames(tree);
	const sizes = wholeAmounts(tree.nodes.map(({ selfTicks }) => selfTicks * perTickInAll));
	const made = tree.nodes.map(
		(node, index): HeapNode => ({
			callFrame: frames[node.frame],
			selfSize: sizes[index] ?? 0,
			id: index + 1,
			children: [],
		}),
	);
	childrenOf(tree).forEach((ofNode, index) => {
		for (const child of ofNode) if (made[child] !== undefined) made[index]?.children.push(made[child]);
	});
	const samples = made
		.filter(({ selfSize }) => selfSize > 0)
		.map(({ id, selfSize }, index) => ({ size: selfSize, nodeId: id, ordinal: index + 1 }));
	return `${JSON.stringify({ head: made[0], samples })}\n`;
}
