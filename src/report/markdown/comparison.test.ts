import { describe, expect, it } from "vitest";
import type { Finding } from "#src/model/finding.js";
import type { CalibrateRun, CompareRun } from "#src/model/run.js";
import type { ChangedFunctions } from "#src/report/figures/changed-functions.js";
import { comparisonSample } from "../../../test/fixtures/report/comparison-sample.js";
import { sampleSlices } from "../../../test/fixtures/report/sample-measurement.js";
import { anyRun, valid } from "../../../test/fixtures/report/sample-run.js";
import { renderComparisonMarkdown } from "./comparison.js";
import { codeCell, escapeMarkdown } from "./escape.js";

const comparison = comparisonSample();
const side = (variant: "base" | "head") =>
	sampleSlices({
		regime: "loaded",
		id: `${variant} clean`,
		path: "/items?<b>|`x`",
		variant,
		clients: 32,
		requestsPerSecond: 2_000,
		cpuNsPerRequest: 60_000,
		seconds: 1,
		sets: 14,
		seed: 9,
	});
const note = (severity: "info" | "warning", message: string): Finding => ({
	code: "COLLECTOR_FAILED",
	severity,
	about: "v8",
	variant: null,
	figures: { message },
});
const [base, head] = comparison.sides;
const run: CompareRun = valid({
	...anyRun("compare", ["compare", "/items"]),
	command: "compare",
	profiles: [],
	measurements: [side("base"), side("head")],
	comparison: { ...comparison, sides: [base, { ...head, label: "[x](http://evil) @someone | <img src=x>" }] },
	findings: [note("info", "a note"), note("warning", "a warning with <script>\n| a row |")],
});
const changed: readonly ChangedFunctions[] = [
	{
		measures: "cpu",
		from: "sets",
		functions: [
			{
				name: "a|b`c<d>",
				where: "@fastify/cors/index.js:3",
				base: 1_000,
				head: 2_500,
				difference: 1_500,
				low: 900,
				high: 2_100,
				kind: "function",
				source: null,
				aside: null,
			},
			{
				name: "_init_",
				where: "src/a.ts:1",
				base: 900,
				head: 500,
				difference: -400,
				low: -700,
				high: -100,
				kind: "function",
				source: null,
				aside: "moved",
			},
		],
	},
	{
		measures: "allocation",
		from: "profiles",
		functions: [
			{
				name: "copy",
				where: "src/copy.ts:7",
				base: 4_096,
				head: 7_168,
				difference: 3_072,
				low: 2_000,
				high: 4_144,
				kind: "function",
				source: null,
				aside: null,
			},
		],
	},
];

describe("the comparison in Markdown", () => {
	const text = renderComparisonMarkdown(run, changed);
	const lines = text.split("\n");

	it("starts with the verdict in bold", () => {
		expect(lines[0]).toMatch(/^\*\*Regressed\*\*: GET \/items.* costs 5\.2 % \[4\.1 … 6\.3\] more CPU/);
		expect(text.endsWith("\n")).toBe(true);
	});

	it("has it in bold for a calibration that could see nothing, too", () => {
		const unseen = comparison.effects.map((effect) => ({ ...effect, smallestDetectable: null }));
		const calibrated: CalibrateRun = {
			...anyRun("calibrate", ["calibrate", "/items"]),
			command: "calibrate",
			measurements: [],
			calibration: null,
			comparison: { ...comparison, effects: unseen },
		};
		expect(renderComparisonMarkdown(calibrated, [])).toMatch(/^\*\*Cannot tell\*\* what this machine can see: /);
	});

	it("has whole tables only: each row as many cells as its head", () => {
		let head = 0;
		for (const line of lines) {
			const cells = line.startsWith("|") ? line.replaceAll("\\|", "").split("|").length : 0;
			if (cells > 0 && head > 0) expect(cells).toBe(head);
			head = cells;
		}
	});

	it("names every metric with its interval and verdict", () => {
		expect(lines).toContain("| CPU/request | 60.0 µs | 63.1 µs | +5.2 % | [4.1 … 6.3] | ±2 % | **regressed** |");
		expect(lines).toContain("| p99.9 | 2.50 ms | 2.52 ms | +1.0 % | [−30.0 … 32.0] | ±25 % | not judged |");
	});

	it("lets nothing of the target become markup", () => {
		expect(text).not.toMatch(/<(?!\/?(details|summary|code)>)/);
		expect(text).not.toContain("](http");
		expect(lines[0]).toContain("@&#8203;someone");
		expect(text).toContain("<code>a\\|b\\`c&lt;d&gt;</code> | <code>@fastify/cors/index.js:3</code>");
		expect(text).toContain("a warning with &lt;script&gt;�\\| a row \\|");
	});

	it("gives every change its interval, and says which only moved", () => {
		expect(text).toContain(
			"| −400 ns | [−700 … −100] | 900 ns | 500 ns | <code>\\_init\\_</code> | <code>src/a.ts:1</code>, moved |",
		);
		expect(text).toContain("all intervals hold together");
		expect(text).toContain("| +3.00 KiB | [1.95 … 4.05] |");
	});

	it("folds percentiles, method and notes away", () => {
		const folded = text.slice(text.indexOf("<details>"));
		expect(folded).toMatch(/\n\n\| totals of all sets \| base, 32 clients \| head, 32 clients \|\n/);
		expect(folded).toContain("| p99 | ");
		expect(folded).toContain("whenever the run stopped");
		expect(folded).toMatch(/^- info: .*a note/m);
		expect(folded.trimEnd().endsWith("</details>")).toBe(true);
		expect(text.slice(0, text.indexOf("<details>"))).not.toContain("a note");
	});

	it("says why there is nothing to compare", () => {
		const reason = "the target exited with code 1 before it listened";
		const failed: CompareRun = { ...run, state: { kind: "partial", reason }, measurements: [], comparison: null };
		expect(renderComparisonMarkdown({ ...failed, findings: [] }, [])).toBe(
			"Nothing could be measured: the target exited with code 1 before it listened.\n",
		);
	});
});

describe("escaping", () => {
	it("keeps ordinary text as it is", () =>
		expect(escapeMarkdown("GET /items: 5.2 % [4.1 … 6.3]")).toBe("GET /items: 5.2 % [4.1 … 6.3]"));
	it("does not let a name close its code", () =>
		expect(codeCell("a</code>`b")).toBe("<code>a&lt;/code&gt;\\`b</code>"));
});
