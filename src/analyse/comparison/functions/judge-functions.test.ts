import { describe, expect, it } from "vitest";
import { CallTreeBuilder, frameKey } from "#src/analyse/call-tree/call-tree.js";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import type { SideLayers } from "#src/model/side-layers.js";
import { Simulation } from "../../../../test/fixtures/simulated-contrasts.js";
import {
	type OfSides,
	type SampledFunctions,
	type SampledSet,
	type SampledSide,
	sampledFunctions,
	writtenAs,
} from "./cost-series.js";
import { levelsOf } from "./family.js";
import { judgeFunctions } from "./judge-functions.js";
import { layerSeries } from "./layer-series.js";

/** A function of a simulated server: its share of the CPU time of base, and what it costs on head, as a factor. */
interface Truth {
	readonly name: string;
	readonly file: string;
	readonly caller?: string;
	readonly share: number;
	readonly factor?: number;
	/** Variance of its ticks by that of a count: how much more it varies from process to process. */
	readonly dispersion?: number;
	/** Where it begins; by default each function has a line of its own. */
	readonly line?: number;
	readonly column?: number;
}

const CPU_NS = 150_000;

function sideOf(side: "base" | "head", truths: readonly Truth[], ticks: number, noise: Simulation): SampledSide {
	const builder = new CallTreeBuilder();
	const costs = truths.map(({ share, factor = 1 }) => share * (side === "head" ? factor : 1));
	const all = costs.reduce((sum, each) => sum + each, 0);
	truths.forEach(({ name, file, caller, dispersion = 1, line, column }, index) => {
		const expected = (ticks * (costs[index] ?? 0)) / all;
		const spread = Math.sqrt(Math.max(0, dispersion - 1) / Math.max(1, expected));
		const count = poisson(expected * Math.max(0, 1 + spread * noise.normal()), noise);
		const frame = frameOf(name, file, index, { line: column === undefined ? line : 1, column });
		const callerIndex = caller === undefined ? -1 : truths.findIndex((each) => each.name === caller);
		const stack =
			callerIndex < 0 ? [frame] : [frameOf(caller ?? "", truths[callerIndex]?.file ?? "", callerIndex), frame];
		if (count > 0) builder.addStack(stack, count);
	});
	return { tree: builder.build(), perRequest: CPU_NS * (1 + 0.03 * noise.normal()) * all };
}

const frameOf = (
	name: string,
	file: string,
	index: number,
	{ line = index + 1, column = 1 }: { readonly line?: number | undefined; readonly column?: number | undefined } = {},
) => describeFrame({ name, url: file === "" ? "" : `file:///app/${file}`, line, column });

/** A count with this mean; by its normal limit where it is large. */
function poisson(mean: number, noise: Simulation): number {
	if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * noise.normal()));
	const limit = Math.exp(-mean);
	let count = 0;
	for (let product = noise.uniform(); product > limit; product *= noise.uniform()) count++;
	return count;
}

interface Experiment {
	readonly sets?: number;
	readonly ticks?: number;
	readonly seed?: number;
	readonly head?: readonly Truth[];
}

function setsOf(
	truths: readonly Truth[],
	{ sets = 8, ticks = 2_500, seed = 1, head = truths }: Experiment,
): SampledSet[] {
	const noise = new Simulation(seed);
	return Array.from(
		{ length: sets },
		(): SampledSet => ({ base: sideOf("base", truths, ticks, noise), head: sideOf("head", head, ticks, noise) }),
	);
}

const judged = (truths: readonly Truth[], experiment: Experiment = {}) =>
	judgeFunctions(sampledFunctions(setsOf(truths, experiment), { base: "/app", head: "/app" }), 0.01);

/** Costs fall by the rank of a function, as they do in servers: a few make up half of it. */
const server = (functions: number, dispersionOf: (index: number) => number = () => 1): Truth[] => {
	const weights = Array.from({ length: functions }, (_, index) => 1 / (index + 5));
	const all = weights.reduce((sum, each) => sum + each, 0);
	return weights.map((weight, index) => ({
		name: `f${index}`,
		file: index % 3 === 0 ? `src/part${index % 7}.js` : `node_modules/p${index % 11}/index.js`,
		share: weight / all,
		dispersion: dispersionOf(index),
	}));
};

const changes = (verdicts: ReturnType<typeof judged>) =>
	verdicts?.changed.filter(({ verdict }) => verdict !== "moved") ?? [];

/** Where each sample is a tick. */
const squaresOf = ({ base, head }: OfSides): number => [...base, ...head].reduce((sum, each) => sum + each, 0);

/** Counts of two equal sides, without the trees that they come from. */
function equalSides(truths: readonly Truth[], sets: number, noise: Simulation): SampledFunctions {
	const ticks = 2_500;
	const row = ({ share, dispersion = 1 }: Truth): number[] =>
		Array.from({ length: sets }, () => {
			const spread = Math.sqrt((dispersion - 1) / (ticks * share));
			return poisson(ticks * share * Math.max(0, 1 + spread * noise.normal()), noise);
		});
	const perSet = Array.from({ length: sets }, () => ticks);
	const perTick = perSet.map(() => CPU_NS / ticks);
	const seriesOf = (truth: Truth, index: number) => {
		const counted = { base: row(truth), head: row(truth) };
		return { frame: frameOf(truth.name, truth.file, index), ticks: counted, squares: squaresOf(counted) };
	};
	return {
		functions: truths.map(seriesOf),
		sources: truths.map(({ file }) => `./${file}`),
		places: { base: truths.map(() => null), head: truths.map(() => null) },
		byKey: { base: new Map(), head: new Map() },
		neighbours: truths.map(() => new Set<number>()),
		unrecognised: new Set(),
		allTicks: { base: perSet, head: perSet },
		perTick: { base: perTick, head: perTick },
	};
}

describe("functions of two equal sides", () => {
	it("are named in at most one of a hundred comparisons, whether they vary as counts or up to three times as much", () => {
		const experiments = 400;
		const noise = new Simulation(1);
		for (const most of [1, 3]) {
			const truths = server(400, (index) => 1 + ((most - 1) * ((index * 7) % 5)) / 4);
			let named = 0;
			for (let each = 0; each < experiments; each++) {
				if (changes(judgeFunctions(equalSides(truths, 6, noise), 0.01)).length > 0) named++;
			}
			// Four are expected at most; eleven or more come in less than one of two hundred tries.
			expect(named).toBeLessThan(11);
		}
	});
});

describe("a function that became dearer", () => {
	const plain = server(200);
	const share = plain[20]?.share ?? 0;

	it("is named first, with an interval that holds its true cost", () => {
		const head = plain.map((each, index) => (index === 20 ? { ...each, factor: 3 } : each));
		let named = 0;
		let held = 0;
		for (let seed = 1; seed <= 20; seed++) {
			const [first] = changes(judged(plain, { head, seed }));
			if (first?.frame.name === "f20" && first.verdict === "dearer") named++;
			const truth = 2 * share * CPU_NS;
			if (first !== undefined && first.low <= truth && truth <= first.high) held++;
		}
		expect(named).toBe(20);
		expect(held).toBeGreaterThanOrEqual(19);
	});

	it("is told by the name of its package where many of its functions became a little dearer", () => {
		const head = plain.map((each) => (each.file.includes("/p4/") ? { ...each, factor: 1.35 } : each));
		const found = changes(judged(plain, { head, sets: 10, ticks: 5_000, seed: 3 }));
		expect(found.map(({ kind, frame, verdict }) => [kind, frame.package, verdict])).toContainEqual([
			"package",
			"p4",
			"dearer",
		]);
	});

	it("is not named by what only varies more", () => {
		const wild = plain.map((each, index) => (index === 3 ? { ...each, dispersion: 30 } : each));
		for (let seed = 1; seed <= 40; seed++) expect(changes(judged(wild, { sets: 6, seed }))).toEqual([]);
	});
});

describe("code that moved", () => {
	const rest = server(150);
	const split = (own: number, called: number): Truth[] => [
		...rest,
		{ name: "outer", file: "src/a.js", share: own },
		{ name: "inner", file: "src/a.js", caller: "outer", share: called },
	];

	it("into a function that it calls is no change of either", () => {
		const verdicts = judged(split(0.08, 0.001), { head: split(0.02, 0.061), seed: 5 });
		expect(changes(verdicts)).toEqual([]);
		expect(verdicts?.changed.map(({ frame }) => frame.name).sort()).toEqual(["inner", "outer"]);
	});

	it("and became dearer on the way is a change", () => {
		const verdicts = judged(split(0.08, 0.001), { head: split(0.02, 0.16), seed: 5 });
		expect(changes(verdicts).map(({ frame, verdict }) => [frame.name, verdict])).toContainEqual(["inner", "dearer"]);
	});

	it("to another file under its name is none", () => {
		const at = (file: string): Truth[] => [
			...rest,
			{ name: "parse", file, share: 0.06 },
			{ name: "keep", file: "src/a.js", share: 0.01 },
		];
		const head: Truth[] = [...at("src/new.js"), { name: "other", file: "src/new.js", share: 0.01 }];
		expect(
			changes(judged([...at("src/a.js"), { name: "other", file: "src/a.js", share: 0.01 }], { head, seed: 2 })),
		).toEqual([]);
	});

	it("from base.js to head.js is the same code", () => {
		const at = (file: string): Truth[] => [
			...rest,
			{ name: "handler", file, share: 0.2 },
			{ name: "hash", file, share: 0.1 },
		];
		expect(judged(at("base.js"), { head: at("head.js"), seed: 4 })?.changed).toEqual([]);
	});
});

describe("bytes of two equal sides", () => {
	/** Samples of large objects: a few ticks each, so that their number says little. */
	const heavy = (truths: readonly Truth[], noise: Simulation): SampledFunctions => {
		const counted = equalSides(truths, 6, noise);
		const WEIGHT = 12;
		return {
			...counted,
			functions: counted.functions.map(({ frame, ticks }, index) => {
				if (index % 4 > 0) return { frame, ticks, squares: squaresOf(ticks) };
				const inLarge = (row: readonly number[]): number[] => row.map((each) => WEIGHT * poisson(each / WEIGHT, noise));
				const large = { base: inLarge(ticks.base), head: inLarge(ticks.head) };
				return { frame, ticks: large, squares: WEIGHT * squaresOf(large) };
			}),
		};
	};

	it("name a function in at most one of a hundred comparisons, large objects or small, beside CPU and layers", () => {
		const noise = new Simulation(9);
		const truths = server(80);
		let named = 0;
		for (let each = 0; each < 400; each++) {
			const levels = levelsOf(0.01);
			const cpu = judgeFunctions(equalSides(truths, 6, noise), levels.cpu.functions);
			const bytes = judgeFunctions(heavy(truths, noise), levels.bytes.functions);
			if ([cpu, bytes].some((judged) => changes(judged).length > 0)) named++;
		}
		// Four are expected at most; eleven or more come in less than one of two hundred tries.
		expect(named).toBeLessThan(11);
	});

	it("share the probability of a false name with CPU and layers", () => {
		const { cpu, bytes } = levelsOf(0.01);
		expect(cpu.functions + cpu.layers + bytes.functions + bytes.layers).toBeCloseTo(0.01, 12);
	});
});

describe("two versions of one package in one process", () => {
	const rest = server(100);
	const both = (older: number, newer: number): Truth[] => [
		...rest,
		{ name: "parse", file: "node_modules/dep/index.js", share: newer },
		{ name: "read", file: "node_modules/dep/index.js", share: 0.01 },
		{ name: "parse", file: "node_modules/a/node_modules/dep/index.js", share: older },
		{ name: "read", file: "node_modules/a/node_modules/dep/index.js", share: 0.01 },
	];

	it("are told apart: the one that became dearer is named, and not the other", () => {
		const found = changes(judged(both(0.03, 0.03), { head: both(0.08, 0.03), seed: 6 }));
		expect(found.map(({ frame, verdict }) => [frame.name, frame.file, verdict])).toEqual([
			["parse", "/app/node_modules/a/node_modules/dep/index.js", "dearer"],
		]);
	});

	it("are one where base has the package at another path, or under another name", () => {
		const at = (folder: string): Truth[] => [
			...rest,
			{ name: "parse", file: `${folder}/index.js`, share: 0.05 },
			{ name: "read", file: `${folder}/index.js`, share: 0.03 },
		];
		const moves = [
			["node_modules/a/node_modules/dep", "node_modules/dep"],
			["node_modules/dep-v1", "node_modules/dep-v2"],
		] as const;
		for (const [base, head] of moves) expect(judged(at(base), { head: at(head), seed: 7 })?.changed).toEqual([]);
	});
});

describe("a minified bundle without a map", () => {
	/** Sixty functions with names of one letter, each on the first line, from this column on. */
	const bundle = (shift: number, factor = 1): Truth[] => [
		...server(100),
		...Array.from(
			{ length: 60 },
			(_, index): Truth => ({
				name: "abcdefghij"[(index + shift) % 10] ?? "a",
				file: "dist/bundle.js",
				share: 0.005 + 0.0002 * index,
				column: 90 * index + 10 + shift,
				...(index === 40 ? { factor } : {}),
			}),
		),
	];

	it("has no functions that could be recognised in another build, whose names are others, but is judged as a whole", () => {
		expect(judged(bundle(0), { head: bundle(3), seed: 8 })?.changed).toEqual([]);
		const [only, ...others] = changes(judged(bundle(0), { head: bundle(3, 8), seed: 8 }));
		expect(only).toMatchObject({ kind: "file", verdict: "dearer" });
		expect(only?.frame.file).toBe("/app/dist/bundle.js");
		expect(others).toEqual([]);
	});

	it("has functions where it has a map: they are looked for on the other side as they were written", () => {
		const written = (side: SampledSide): SampledSide => {
			const minified = side.tree.frames.filter(({ file }) => file?.endsWith("bundle.js") === true);
			const inSource = minified
				.toSorted((a, b) => (a.column ?? 0) - (b.column ?? 0))
				.map((frame, index) => {
					return [frameKey(frame), frameOf(`function${index}`, "src/app.ts", index)] as const;
				});
			return writtenAs(side, new Map(inSource));
		};
		const sets = setsOf(bundle(0), { head: bundle(3, 8), seed: 8 });
		const inSource = sets.map(({ base, head }) => ({ base: written(base), head: written(head) }));
		const found = changes(judgeFunctions(sampledFunctions(inSource, { base: "/app", head: "/app" }), 0.01));
		expect(found.map(({ kind, frame, verdict }) => [kind, frame.name, verdict])).toEqual([
			["function", "function40", "dearer"],
		]);
	});

	it("has functions where both sides run the same build", () => {
		const [first] = changes(judged(bundle(0), { head: bundle(0, 8), seed: 8 }));
		expect(first).toMatchObject({ kind: "function", verdict: "dearer" });
		expect(first?.frame.column).toBe(90 * 40 + 10);
	});
});

describe("functions without names", () => {
	const handlers = (lines: number, dearest: number): Truth[] => [
		...server(100),
		...Array.from(
			{ length: 5 },
			(_, index): Truth => ({
				name: "",
				file: "src/app.js",
				line: lines + 20 * index,
				share: 0.02,
				...(index === dearest ? { factor: 3 } : {}),
			}),
		),
	];

	it("are told apart by the order of their lines, though all of these moved", () => {
		expect(judged(handlers(1, -1), { head: handlers(8, -1), seed: 9 })?.changed).toEqual([]);
		const found = changes(judged(handlers(1, -1), { head: handlers(8, 3), seed: 9 }));
		expect(found.map(({ frame, verdict }) => [frame.name, frame.line, verdict])).toEqual([
			["(anonymous)", 68, "dearer"],
		]);
	});
});

describe("layers", () => {
	const rest = server(100);
	const app = (share: number): Truth[] => [
		...rest,
		{ name: "hook", file: "plugins/tenant.js", share: 0.01 },
		{ name: "stringify", file: "", caller: "hook", share },
		{ name: "other", file: "plugins/other.js", share: 0.02 },
	];
	const layersOf = (...names: readonly string[]): SideLayers => ({
		layers: names.map((name) => ({ id: name, frame: frameOf(name, `plugins/${name}.js`, 0) })),
		ticksOf: (tree) => new Map(names.map((name) => [name, ticksBelow(tree, `/app/plugins/${name}.js`)])),
	});
	const judgedWith = (base: SideLayers | null, head: SideLayers | null, shareOfHead = 0.06) => {
		const sets = setsOf(app(0.01), { head: app(shareOfHead), seed: 11 });
		const layers = { series: layerSeries(sets, { base, head }), alpha: 0.001 };
		return judgeFunctions(sampledFunctions(sets, { base: "/app", head: "/app" }), 0.009, { layers });
	};
	const layerRows = (found: ReturnType<typeof judgeFunctions>) =>
		found?.changed.filter(({ kind }) => kind === "layer").map(({ frame, verdict }) => [frame.name, verdict]);

	it("are judged with all that they call, whatever that is", () => {
		const both = layersOf("tenant", "other");
		const found = judgedWith(both, both);
		expect(layerRows(found)).toEqual([["tenant", "dearer"]]);
		expect(found?.alpha).toBeCloseTo(0.01, 12);
		expect(layerRows(judgedWith(both, both, 0.01))).toEqual([]);
	});

	it("cost nothing on a side that does not have them, or whose layers are not known", () => {
		expect(layerRows(judgedWith(layersOf("other"), layersOf("tenant", "other"), 0.01))).toEqual([["tenant", "dearer"]]);
		expect(layerRows(judgedWith(null, null))).toEqual([]);
	});
});

const ticksBelow = ({ frames, nodes }: SampledSide["tree"], file: string): number => {
	const isBelow: boolean[] = [];
	return nodes.reduce((sum, { frame, parent, selfTicks }) => {
		const below = isBelow[parent] === true || frames[frame]?.file === file;
		isBelow.push(below);
		return below ? sum + selfTicks : sum;
	}, 0);
};

describe("too little to tell by", () => {
	it("is fewer than four sets, or functions with hardly a sample", () => {
		expect(judged(server(50), { sets: 3 })).toBeNull();
		expect(judged(server(50), { ticks: 4 })).toMatchObject({ tested: 0, changed: [] });
	});

	it("does not stumble over a side without samples, or twenty thousand functions", () => {
		expect(judged(server(30), { ticks: 0 })).toMatchObject({ tested: 0, changed: [] });
		expect(judged(server(20_000), { sets: 4, ticks: 20_000 })?.changed).toEqual([]);
	});
});
