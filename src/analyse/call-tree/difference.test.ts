import { describe, expect, it } from "vitest";
import type { CallTree, Frame } from "#src/model/call-tree.js";
import { seededRandom } from "#src/random.js";
import { CallTreeBuilder, functionTicks } from "./call-tree.js";
import {
	diffTrees,
	type FunctionDifference,
	functionDifferences,
	type ScaledTree,
	subtreeDifferences,
	type TreeDifference,
} from "./difference.js";
import { describeFrame } from "./frame-kind.js";

const BASE = "/tmp/worktree-a";
const HEAD = "/srv/app";
const at = (root: string, name: string, file: string, line = 1): Frame =>
	describeFrame({ name, url: `${root}/${file}`, line, column: 3 });

type Stack = readonly [readonly Frame[], number];
function treeOf(...stacks: readonly Stack[]): CallTree {
	const builder = new CallTreeBuilder();
	for (const [stack, ticks] of stacks) builder.addStack(stack, ticks);
	return builder.build();
}
const base = (tree: CallTree, perRequest = 1000): ScaledTree => ({ tree, perRequest, root: BASE });
const head = (tree: CallTree, perRequest = 1000): ScaledTree => ({ tree, perRequest, root: HEAD });

/** "a > b: base → head" for every position with ticks of its own. */
function positions({ frames, nodes }: TreeDifference): string[] {
	const path = (index: number): string => {
		const node = nodes[index];
		if (node === undefined || node.parent < 0) return "";
		return [path(node.parent), frames[node.frame]?.name ?? ""].filter((part) => part !== "").join(" > ");
	};
	return nodes.flatMap((node, index) =>
		node.baseTicks + node.headTicks === 0
			? []
			: [`${path(index)}: ${Math.round(node.baseSelf)} → ${Math.round(node.headSelf)}`],
	);
}
function differenceOf(difference: TreeDifference, name: string): FunctionDifference {
	const found = functionDifferences(difference).filter((each) => difference.frames[each.frame]?.name === name);
	if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} functions are called ${name}`);
	return found[0];
}

describe("diffTrees", () => {
	it("matches two worktrees by name and path, whatever the lines, and scales each side by its own CPU", () => {
		const difference = diffTrees(
			base(
				treeOf(
					[[at(BASE, "handler", "src/app.ts", 10), at(BASE, "log", "node_modules/a/node_modules/pino/p.js", 4)], 30],
					[[at(BASE, "handler", "src/app.ts", 10)], 70],
				),
				1000,
			),
			head(
				treeOf(
					[[at(HEAD, "handler", "src/app.ts", 17), at("/elsewhere", "log", "node_modules/pino/p.js", 9)], 90],
					[[at(HEAD, "handler", "src/app.ts", 17)], 60],
				),
				1500,
			),
		);
		expect(positions(difference)).toEqual(["handler: 700 → 600", "handler > log: 300 → 900"]);
		expect(difference.frames[difference.nodes[1]?.frame ?? -1]).toEqual(at(HEAD, "handler", "src/app.ts", 17));
	});

	it("keeps apart what has another file, and keeps what only one side has", () => {
		const difference = diffTrees(
			base(treeOf([[at(BASE, "get", "src/a.ts")], 1], [[at(BASE, "old", "src/a.ts")], 1])),
			head(treeOf([[at(HEAD, "get", "src/b.ts")], 1], [[at(HEAD, "added", "src/a.ts")], 1])),
		);
		expect(positions(difference).sort()).toEqual(["added: 0 → 500", "get: 0 → 500", "get: 500 → 0", "old: 500 → 0"]);
	});

	it("matches functions of one name and file under one caller in the order of their lines", () => {
		const hook = (root: string, line: number) => at(root, "(anonymous)", "src/hooks.ts", line);
		const difference = diffTrees(
			base(treeOf([[hook(BASE, 50)], 20], [[hook(BASE, 10)], 80])),
			head(treeOf([[hook(HEAD, 12)], 30], [[hook(HEAD, 52)], 70])),
		);
		expect(positions(difference).sort()).toEqual(["(anonymous): 200 → 700", "(anonymous): 800 → 300"]);
	});

	it("leaves alone the one of them that was added, not the ones behind it", () => {
		const hook = (root: string, line: number) => at(root, "(anonymous)", "src/hooks.ts", line);
		const difference = diffTrees(
			base(treeOf([[hook(BASE, 30)], 60], [[hook(BASE, 60)], 40])),
			head(treeOf([[hook(HEAD, 10)], 50], [[hook(HEAD, 32)], 30], [[hook(HEAD, 62)], 20])),
		);
		expect(positions(difference).sort()).toEqual([
			"(anonymous): 0 → 500",
			"(anonymous): 400 → 200",
			"(anonymous): 600 → 300",
		]);
	});

	it("takes a frame that was put back for the sampled one", () => {
		const builder = new CallTreeBuilder();
		const caller = builder.child(builder.root, at(HEAD, "run", "src/run.ts"));
		builder.addSelf(builder.child(caller, at(HEAD, "hook", "src/hook.ts"), true), 3);
		builder.addSelf(builder.child(caller, at(HEAD, "hook", "src/hook.ts")), 1);
		const difference = diffTrees(
			base(treeOf([[at(BASE, "run", "src/run.ts"), at(BASE, "hook", "src/hook.ts")], 4])),
			head(builder.build()),
		);
		expect(positions(difference)).toEqual(["run > hook: 1000 → 1000"]);
	});

	it("adds up to the measured difference, side by side, for any two trees", () => {
		for (let seed = 1; seed <= 200; seed++) {
			const random = seededRandom(seed);
			const [a, b] = [randomTree(random, BASE), randomTree(random, HEAD)];
			const [baseCost, headCost] = [random() * 1e6, random() * 1e6];
			const difference = diffTrees(base(a, baseCost), head(b, headCost));
			const sum = (of: (node: TreeDifference["nodes"][number]) => number) =>
				difference.nodes.reduce((all, node) => all + of(node), 0);
			expect(sum((node) => node.headSelf - node.baseSelf)).toBeCloseTo(headCost - baseCost, 3);
			expect(sum((node) => node.baseTicks)).toBeCloseTo(sumTicks(a), 6);
			expect(sum((node) => node.headTicks)).toBeCloseTo(sumTicks(b), 6);
			expect(difference.nodes.every((node, index) => node.parent < index)).toBe(true);
			const [whole] = subtreeDifferences(difference);
			expect(whole?.difference).toBeCloseTo(headCost - baseCost, 3);
			const selfs = functionDifferences(difference).reduce((all, each) => all + each.self.difference, 0);
			expect(selfs).toBeCloseTo(headCost - baseCost, 3);
		}
	});

	it("finds no difference between a tree and itself, and the function totals that the tree has", () => {
		for (let seed = 1; seed <= 50; seed++) {
			const tree = randomTree(seededRandom(seed), HEAD);
			const difference = diffTrees(head(tree, 5000), head(tree, 5000));
			expect(difference.nodes.every((node) => node.baseSelf === node.headSelf)).toBe(true);
			const functions = functionDifferences(difference);
			expect(functions.some((each) => each.self.clear || each.total.clear)).toBe(false);
			expect(functions.reduce((all, each) => all + each.total.baseTicks, 0)).toBeCloseTo(
				functionTicks(tree).reduce((all, each) => all + each.totalTicks, 0),
				6,
			);
		}
	});

	it("stands empty trees and sides without ticks", () => {
		const nothing: CallTree = { frames: [], nodes: [] };
		const onlyRoot = new CallTreeBuilder().build();
		for (const empty of [nothing, onlyRoot]) {
			const both = diffTrees(base(empty), head(empty));
			expect(both.nodes).toHaveLength(1);
			expect(functionDifferences(both)).toEqual([]);
			const one = diffTrees(base(empty), head(treeOf([[at(HEAD, "f", "src/f.ts")], 2])));
			expect(positions(one)).toEqual(["f: 0 → 1000"]);
		}
	});
});

describe("functionDifferences", () => {
	it("counts a recursive function once in its total", () => {
		const f = (root: string) => at(root, "f", "src/f.ts");
		const g = (root: string) => at(root, "g", "src/g.ts");
		const difference = diffTrees(
			base(treeOf([[f(BASE), g(BASE), f(BASE)], 10])),
			head(treeOf([[f(HEAD), g(HEAD), f(HEAD)], 10]), 1200),
		);
		expect(differenceOf(difference, "f").total).toMatchObject({ baseCost: 1000, headCost: 1200 });
		expect(differenceOf(difference, "g").self).toMatchObject({ baseCost: 0, headCost: 0, clear: false });
	});

	it("knows a function again that is called from elsewhere", () => {
		const difference = diffTrees(
			base(treeOf([[at(BASE, "a", "src/a.ts"), at(BASE, "f", "src/f.ts", 4)], 10])),
			head(treeOf([[at(HEAD, "b", "src/b.ts"), at(HEAD, "f", "src/f.ts", 9)], 10])),
		);
		expect(differenceOf(difference, "f").self).toMatchObject({ baseCost: 1000, headCost: 1000 });
	});

	it("calls clear what is beyond 2.5 standard deviations of the counts", () => {
		const f = (root: string) => at(root, "f", "src/f.ts");
		const rest = (root: string) => at(root, "rest", "src/rest.ts");
		const of = (baseTicks: number, headTicks: number) =>
			differenceOf(
				diffTrees(
					base(treeOf([[f(BASE)], baseTicks], [[rest(BASE)], 1000 - baseTicks])),
					head(treeOf([[f(HEAD)], headTicks], [[rest(HEAD)], 1000 - headTicks])),
				),
				"f",
			).self;
		expect(of(100, 144)).toMatchObject({ difference: 44, noise: Math.sqrt(244), clear: true });
		expect(of(100, 134)).toMatchObject({ clear: false });
		expect(of(144, 100)).toMatchObject({ difference: -44, clear: true });
	});

	it("rarely calls two profiles of the same code different", () => {
		const random = seededRandom(11);
		let clear = 0;
		let all = 0;
		for (let pair = 0; pair < 150; pair++) {
			const [a, b] = [sampled(random, BASE), sampled(random, HEAD)];
			for (const each of functionDifferences(diffTrees(base(a), head(b)))) {
				all++;
				if (each.self.clear) clear++;
			}
		}
		// 2.5 standard deviations on both sides: 1.2 %; the counts of one profile add up, which takes a little away.
		expect(clear / all).toBeLessThan(0.02);
		expect(clear / all).toBeGreaterThan(0.002);
	});

	it("puts the largest difference of self time first", () => {
		const random = seededRandom(7);
		const functions = functionDifferences(diffTrees(base(randomTree(random, BASE)), head(randomTree(random, HEAD))));
		const sizes = functions.map((each) => Math.abs(each.self.difference));
		expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
	});
});

/** 2,000 ticks of ten functions that always cost the same. */
function sampled(random: () => number, root: string): CallTree {
	const builder = new CallTreeBuilder();
	for (let tick = 0; tick < 2000; tick++) {
		const id = Math.min(Math.floor(-Math.log(1 - random()) * 3), 9);
		builder.addStack([at(root, `f${id}`, "src/f.ts", id + 1)], 1);
	}
	return builder.build();
}

function randomTree(random: () => number, root: string): CallTree {
	const builder = new CallTreeBuilder();
	const stacks = 1 + Math.floor(random() * 60);
	for (let i = 0; i < stacks; i++) {
		const depth = 1 + Math.floor(random() * 8);
		const stack = Array.from({ length: depth }, () => {
			const id = Math.floor(random() * 6);
			const file = random() < 0.3 ? "node_modules/dep/index.js" : `src/f${id % 2}.ts`;
			return at(root, `f${id}`, file, 1 + Math.floor(random() * 3));
		});
		builder.addStack(stack, random() < 0.5 ? 1 + Math.floor(random() * 9) : random() + 0.01);
	}
	return builder.build();
}

const sumTicks = (tree: CallTree): number => tree.nodes.reduce((sum, node) => sum + node.selfTicks, 0);
