import { describe, expect, it } from "vitest";
import type { CompareRun } from "#src/model/run.js";
import type { ChangedFunction, ChangedFunctions } from "#src/report/figures/changed-functions.js";
import { comparisonSample } from "../../../test/fixtures/report/comparison-sample.js";
import { sampleMeasurement, sampleSlices } from "../../../test/fixtures/report/sample-measurement.js";
import { anyRun, valid } from "../../../test/fixtures/report/sample-run.js";
import { renderComparison } from "./comparison.js";

const load = { path: "/items", clients: 32, requestsPerSecond: 3_000, seconds: 2, seed: 9 };
const side = (variant: "base" | "head", cpuNsPerRequest: number) =>
	sampleSlices({
		regime: "loaded",
		...load,
		id: `${variant} clean GET:/items`,
		variant,
		cpuNsPerRequest,
		sets: 14,
	});
const profiled = sampleMeasurement({ ...load, id: "head v8 GET:/items", collector: "v8", cpuNsPerRequest: 99_900 });
const comparison = comparisonSample();
const run: CompareRun = valid({
	...anyRun("compare", ["compare", "/items"]),
	command: "compare",
	measurements: [side("base", 60_000), side("head", 63_120), { ...profiled, variant: "head" }],
	profiles: [],
	comparison,
	findings: [
		{
			code: "COLLECTOR_FAILED",
			severity: "warning",
			about: "v8",
			variant: null,
			figures: { message: "answers \u001b[2J differ" },
		},
	],
});
const failed: CompareRun = {
	...run,
	state: { kind: "partial", reason: "the target exited with code 1 before it listened" },
	measurements: [],
	comparison: null,
	findings: [],
};
const functions: readonly ChangedFunction[] = [
	{
		name: "slow\u001b[31m",
		where: "src/routes/items.ts:12",
		base: 1_200,
		head: 4_400,
		difference: 3_200,
		low: 2_100,
		high: 4_300,
		kind: "function",
		source: null,
		aside: null,
	},
	{
		name: "x".repeat(90),
		where: `node_modules/${"y".repeat(90)}.js:1`,
		base: 900,
		head: 500,
		difference: -400,
		low: -700,
		high: -100,
		kind: "function",
		source: null,
		aside: "moved",
	},
];
const changed: readonly ChangedFunctions[] = [
	{ measures: "cpu", from: "sets", functions },
	{
		measures: "allocation",
		from: "profiles",
		functions: [
			{
				...{ name: "copy", where: "src/copy.ts:7", base: 4_096, head: 7_168, difference: 3_072 },
				...{ low: 2_000, high: 4_144, kind: "function", source: null, aside: null },
			},
		],
	},
];
const plain = { color: false, columns: 80 };

describe("the comparison in a terminal", () => {
	const text = renderComparison(run, changed, plain);
	const lines = text.split("\n");

	it("fits 80 columns and carries no control character of the target", () => {
		expect(lines.filter((line) => [...line].length > 80)).toEqual([]);
		expect(text).not.toContain("\u001b");
	});

	it("answers first", () => expect(lines[0]).toMatch(/^Regressed: GET \/items costs 5\.2 % \[4\.1 … 6\.3\] more CPU/));

	it("gives each metric its two figures, change, interval, margin and verdict", () => {
		expect(text).toMatch(/^CPU\/request +60\.0 µs +63\.1 µs +\+5\.2 % +\[4\.1 … 6\.3\] +2 % +regressed$/m);
		expect(text).toMatch(/^failed +0\.10 % +0\.11 % +\+0\.01 pt +\[−0\.02 … 0\.04\] +0\.1 pt +no change$/m);
	});

	it("says which metrics do not count", () => {
		expect(text).toMatch(/^p99\.9 .* 25 % +not judged$/m);
		expect(text.indexOf("failed ")).toBeLessThan(text.indexOf("not judged"));
	});

	it("shows the totals of both sides under that name, and no profiled ones", () => {
		expect(text).toMatch(/^totals +base, 32 clients +head, 32 clients$/m);
		expect(text).toMatch(/^p99\.9 +\d[\d.]* ms +\d[\d.]* ms$/m);
		expect(text).toMatch(/^CPU\/request +60\.0 µs +63\.1 µs$/m);
		expect(text).not.toContain("99.9 µs");
	});

	it("says of Node's functions that run a longer wait that they are its price", () => {
		const [ofCpu] = changed;
		const waiting = functions.map((each) => ({ ...each, name: "processTimers", aside: "waiting" as const }));
		const rendered = renderComparison(run, ofCpu === undefined ? [] : [{ ...ofCpu, functions: waiting }], plain);
		expect(rendered).toMatch(/processTimers +of the \S+/);
		expect(rendered.replaceAll(/\s+/g, " ")).toContain("they are its price, and not its cause.");
	});

	it("lists functions that changed with their intervals, and says which only moved", () => {
		expect(text).toMatch(/^ *\+3\.20 µs +\[2\.10 … 4\.30\] +1\.20 µs +4\.40 µs +slow�\[31m +src\/rou\S+$/m);
		expect(text).toMatch(/^ *\+3\.00 KiB +\[1\.95 … 4\.05\] +4\.00 KiB +7\.00 KiB +copy +src\/copy\.ts:7$/m);
		expect(text).toMatch(/^ *−400 ns +\[−700 … −100\] .* moved; …/m);
		expect(text).toContain("all intervals hold together. Moved:");
		expect(text).toMatch(/from one profile of each\s+side: the intervals are of/);
	});

	it("says how it was measured, and shows findings", () => {
		expect(text).toContain("14 process sets");
		expect(text).toContain("! No profile by v8: answers �[2J differ.");
	});

	it("colours the verdict, which stays a word", () => {
		const coloured = renderComparison(run, [], { color: true, columns: 80 });
		expect(coloured).toContain("\u001b[31mregressed\u001b[39m");
		expect(coloured).toContain("\u001b[2mnot judged");
	});

	it("stays within 80 columns with large figures", () => {
		const effects = comparison.effects.map((effect) => ({
			...effect,
			base: effect.unit === "share" ? 0.5 : 999_000,
			head: effect.unit === "share" ? 1 : 999_000,
			change: -0.999,
			low: -12.34,
			high: 98.76,
			verdict: "cannot tell" as const,
			margin: 0.125,
		}));
		const wide = renderComparison({ ...run, comparison: { ...comparison, effects } }, [], plain);
		expect(wide.split("\n").filter((line) => [...line].length > 80)).toEqual([]);
	});

	it("says why there is nothing to compare", () => {
		expect(renderComparison(failed, [], plain)).toBe(
			"Nothing could be measured: the target exited with code 1 before it listened.",
		);
		const noSets = { ...failed, comparison: { ...comparison, sets: [], effects: [] } };
		expect(renderComparison(noSets, [], plain)).toMatch(/^Nothing could be measured/);
	});
});
