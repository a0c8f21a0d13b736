import { childrenOf, subtreeTicks } from "#src/analyse/call-tree/call-tree.js";
import { chromeFrames } from "./chrome-frame.js";
import { type Exported, REQUESTS_FOR_CHROME, tickWorth, wholeAmounts } from "./exported.js";

const US_PER_TICK = 1_000;

/**
 * Chrome's and VS Code's .cpuprofile: the CPU time of a thousand requests, in microseconds, or a millisecond for each tick where
 * that is not known. Each position is one sample as long as its own time, in the order of the tree; readers take a sample to last until
 * the next, so the last one is of the root and only ends the one before.
 */
export function cpuProfile(exported: Exported): string {
	const { tree } = exported;
	const { unit, perTick } = tickWorth(exported);
	const usPerTick = unit === "ticks" ? US_PER_TICK : (perTick * REQUESTS_FOR_CHROME) / 1e3;
	const totals = subtreeTicks(tree);
	const frames = chromeFrames(tree);
	const children = childrenOf(tree).map((ofNode) => ofNode.filter((child) => (totals[child] ?? 0) > 0));
	const order: number[] = [];
	const open = [0];
	for (let index = open.pop(); index !== undefined; index = open.pop()) {
		order.push(index);
		open.push(...(children[index] ?? []).toReversed());
	}
	const nodes = order.map((index) => ({
		id: index + 1,
		callFrame: frames[tree.nodes[index]?.frame ?? 0],
		hitCount: index === 0 || (tree.nodes[index]?.selfTicks ?? 0) > 0 ? 1 : 0,
		children: (children[index] ?? []).map((child) => child + 1),
	}));
	const own = order.filter((index) => (tree.nodes[index]?.selfTicks ?? 0) > 0);
	const lengths = wholeAmounts(own.map((index) => (tree.nodes[index]?.selfTicks ?? 0) * usPerTick));
	return `${JSON.stringify({
		nodes,
		startTime: 0,
		endTime: lengths.reduce((sum, each) => sum + each, 0),
		samples: [...own.map((index) => index + 1), 1],
		timeDeltas: [0, ...lengths],
	})}\n`;
}
