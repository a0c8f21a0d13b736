import { describe, expect, it } from "vitest";
import { CallTreeBuilder } from "#src/analyse/call-tree/call-tree.js";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import type { CompareRun, FlameRun } from "#src/model/run.js";
import { wrap } from "#src/report/terminal/table.js";
import { sampleCalibrate, sampleCompare, sampleCompareEqual } from "../../../test/fixtures/report/sample-comparison.js";
import { sampleMatrix, sampleMatrixQuick } from "../../../test/fixtures/report/sample-matrix.js";
import { type SampleReport, sampleFlame, sampleLoad, sampleNothing } from "../../../test/fixtures/report/sample-run.js";
import { wholeAnswer } from "../../../test/support/whole-answer.js";
import { answer } from "./headline.js";

/** 50 % in a package's function, 30 % in the app, 20 % in the garbage collector. */
function knownTree() {
	const builder = new CallTreeBuilder();
	const app = describeFrame({ name: "route", url: "/srv/gateway/src/app.ts", line: 3, column: 1 });
	const dependency = describeFrame({
		name: "walk",
		url: "/srv/gateway/node_modules/prom-client/lib/registry.js",
		line: 64,
		column: 1,
	});
	builder.addStack([app], 30);
	builder.addStack([app, dependency], 50);
	builder.addStack([describeFrame({ name: "(garbage collector)", url: "", line: null, column: null })], 20);
	return builder.build();
}

const withoutCpu = (run: FlameRun): FlameRun => ({
	...run,
	measurements: run.measurements.map((each) => ({ ...each, cpu: null })),
});

describe("headline", () => {
	it("says what a request costs, whose code that is, and which function is the hottest", () => {
		expect(wholeAnswer(sampleFlame().run, new Map([["v8", knownTree()]]))).toBe(
			"GET /metrics costs 182 µs of CPU a request: 50 % in prom-client, 30 % app, 20 % garbage collector. Hottest function: walk (prom-client registry.js:64), 91.2 µs (50 %).",
		);
	});

	it("keeps to shares where CPU per request is not known", () => {
		const sentence = wholeAnswer(withoutCpu(sampleFlame().run), new Map([["v8", knownTree()]]));
		expect(sentence).toContain("CPU per request is not known; of the v8 profiler's busy ticks, 50 % in prom-client");
		expect(sentence).toMatch(/Hottest function: walk \(prom-client registry\.js:64\), 50 %\.$/);
	});

	it("falls back to the load where no profiler delivered", () => {
		expect(wholeAnswer(sampleFlame().run, new Map())).toMatch(
			/^GET \/metrics: 5,\d{3} requests\/s, p99 1\d\.\d ms\. No profiler delivered a call tree/,
		);
	});

	it("names every endpoint of a short load run, and the two ends of a long one", () => {
		const { run } = sampleLoad();
		const short = wholeAnswer({ ...run, measurements: run.measurements.slice(0, 3) }, new Map());
		expect(short.match(/GET \/\S*: [\d,]+ requests\/s, p99 [\d.]+ ms/g)).toHaveLength(3);
		expect(wholeAnswer(run, new Map())).toMatch(
			/^6 measurements, from GET \/metrics with 256 clients \(.*3 of [\d,]+ requests failed\) to GET \/health\/live with 32 clients \(/,
		);
	});

	it("keeps a hostile name to one line of plain text", () => {
		const builder = new CallTreeBuilder();
		builder.addStack([describeFrame({ name: `\u001b[2J${"x".repeat(900)}`, url: "/a.js", line: 1, column: 1 })], 1);
		const sentence = wholeAnswer(sampleFlame().run, new Map([["v8", builder.build()]]));
		expect(sentence).toMatch(/Hottest function: �\[2Jx{75}… \(\/a\.js:1\)/);
	});

	it("says why nothing could be measured", () => {
		expect(wholeAnswer(sampleNothing().run, new Map())).toBe(
			"Nothing could be measured: the target exited with code 1 before it listened.",
		);
	});

	it("answers a comparison from its effects, and says why there is none", () => {
		const { run } = sampleCompare();
		expect(wholeAnswer(run, new Map())).toMatch(
			/^Regressed: a lone GET \/metrics takes 22\.7 µs longer on head .*; it is CPU, 21\.4 µs\. Dearer: .*\(src\/routes\/items\.ts:12\) \+18\.3 µs \[15\.2 … 21\.4\]\. Cheaper: all of cookie −1\.10 µs \[−1\.90 … −0\.30\]\. Allocates more: copyItems \(src\/routes\/items\.ts:30\) \+4\.10 KiB \[3\.81 … 4\.39\]\. Also regressed: CPU \+11\.8 % /,
		);
		const cut: CompareRun = { ...run, state: { kind: "partial", reason: "interrupted by SIGINT" } };
		expect(wholeAnswer(cut, new Map())).toMatch(/ Ended early: interrupted by SIGINT\.$/);
		const nothing: CompareRun = { ...cut, comparison: null, measurements: [] };
		expect(wholeAnswer(nothing, new Map())).toBe("Nothing could be measured: interrupted by SIGINT.");
		expect(wholeAnswer(sampleCalibrate().run, new Map())).toMatch(
			/^On this machine a .* run detects a .* change in CPU of GET /,
		);
	});

	it.each<[string, SampleReport]>([
		["flame", { ...sampleFlame(), trees: new Map([["v8", knownTree()]]) }],
		["load", sampleLoad()],
		["compare", sampleCompare()],
		["no change", sampleCompareEqual()],
		["calibrate", sampleCalibrate()],
		["matrix", sampleMatrix()],
		["matrix, toggled", sampleMatrixQuick()],
	])("takes two lines at most (%s), and what does not fit stands besides", (_, { run, trees }) => {
		const { headline, besides } = answer(run, trees);
		expect(wrap(headline, 120).split("\n").length).toBeLessThanOrEqual(2);
		expect(headline.length + besides.length).toBeGreaterThan(0);
		expect(headline).toMatch(/[.]$/);
	});
});
