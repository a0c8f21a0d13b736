import { describe, expect, it } from "vitest";
import { CallTreeBuilder } from "#src/analyse/call-tree/call-tree.js";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import { Simulation } from "../../../../test/fixtures/simulated-contrasts.js";
import { type SampledFunctions, type SampledSet, type SampledSide, sampledFunctions } from "./cost-series.js";
import { judgeFunctions } from "./judge-functions.js";

/** A function of a simulated server: its share of the CPU time of base, and what it costs on head, as a factor. */
interface Truth {
	readonly name: string;
	readonly file: string;
	readonly caller?: string;
	readonly share: number;
	readonly factor?: number;
	/** Variance of its ticks by that of a count: how much more it varies from process to process. */
	readonly dispersion?: number;
}

const CPU_NS = 150_000;

function sideOf(side: "base" | "head", truths: readonly Truth[], ticks: number, noise: Simulation): SampledSide {
	const builder = new CallTreeBuilder();
	const costs = truths.map(({ share, factor = 1 }) => share * (side === "head" ? factor : 1));
	const all = costs.reduce((sum, each) => sum + each, 0);
	truths.forEach(({ name, file, caller, dispersion = 1 }, index) => {
		const expected = (ticks * (costs[index] ?? 0)) / all;
		const spread = Math.sqrt(Math.max(0, dispersion - 1) / Math.max(1, expected));
		const count = poisson(expected * Math.max(0, 1 + spread * noise.normal()), noise);
		const frame = frameOf(name, file, index);
		const callerIndex = caller === undefined ? -1 : truths.findIndex((each) => each.name === caller);
		const stack =
			callerIndex < 0 ? [frame] : [frameOf(caller ?? "", truths[callerIndex]?.file ?? "", callerIndex), frame];
		if (count > 0) builder.addStack(stack, count);
	});
	return { tree: builder.build(), perRequest: CPU_NS * (1 + 0.03 * noise.normal()) * all };
}

const frameOf = (name: string, file: string, index: number) =>
	describeFrame({ name, url: file === "" ? "" : `file:///app/${file}`, line: index + 1, column: 1 });

/** A count with this mean; by its normal limit where it is large. */
function poisson(mean: number, noise: Simulation): number {
	if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * noise.normal()));
	const limit = Math.exp(-mean);
	let count = 0;
	for (let product = noise.uniform(); product > limit; product *= noise.uniform()) count++;
	return count;
}

function judged(truths: readonly Truth[], { sets = 8, ticks = 2_500, seed = 1, head = truths } = {}) {
	const noise = new Simulation(seed);
	const all = Array.from(
		{ length: sets },
		(): SampledSet => ({ base: sideOf("base", truths, ticks, noise), head: sideOf("head", head, ticks, noise) }),
	);
	return judgeFunctions(sampledFunctions(all, { base: "/app", head: "/app" }), 0.01);
}

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
		const squares = [...counted.base, ...counted.head].reduce((sum, each) => sum + each, 0);
		return { frame: frameOf(truth.name, truth.file, index), ticks: counted, squares };
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
