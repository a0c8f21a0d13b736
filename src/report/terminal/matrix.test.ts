import { describe, expect, it } from "vitest";
import type { Matrix } from "#src/model/matrix.js";
import {
	sampleMatrix,
	sampleMatrixBothWays,
	sampleMatrixEarly,
	sampleMatrixNothing,
} from "../../../test/fixtures/report/sample-matrix.js";
import { NASTY_LAYER } from "../../../test/fixtures/report/sample-stack.js";
import { renderRun } from "./run.js";

const plain = { color: false, columns: 80 };
const { run, trees } = sampleMatrix();
const matrix = run.matrix as Matrix;
const text = renderRun(run, trees, plain);
const tooWide = (shown: string, columns: number): string[] =>
	shown.split("\n").filter((line) => [...line].length > columns);

describe("the matrix in a terminal", () => {
	it.each([80, 104, 120])("fits %i columns without colour", (columns) => {
		const shown = renderRun(run, trees, { color: false, columns });
		expect(tooWide(shown, columns)).toEqual([]);
		expect(shown).not.toContain("\u001b");
	});

	it("answers first, then the layers by cost with bar and interval", () => {
		expect(text).toMatch(/^Of 9 layers and groups on GET \/metrics, @fastify\/compress costs most/);
		expect(text).toMatch(/^layer +CPU µs +± +skipped +p50 µs +p99 µs +KiB$/m);
		expect(text).toMatch(/^@fastify\/compress +█+▌?░+ +\+21\.3 +±1\.5 +≠ \+14\.9 +~ +~ +\+9\.19$/m);
		expect(text.indexOf("@fastify/helmet  ")).toBeLessThan(text.indexOf("@fastify/cors  "));
	});

	it("says of layers within noise that they are", () => {
		expect(text).toMatch(/^@fastify\S+der-pressure +nothing +\+0\.1 +±1\.5 +~ +~ +~$/m);
		expect(text).toMatch(/^onReques\S+app\.ts:21 +cannot tell/m);
		expect(text).toContain("Grey is within");
	});

	it("has both ends of the interval where there is room", () => {
		const wide = renderRun(run, trees, { color: false, columns: 120 });
		expect(wide).toMatch(/\+21\.3 +\[19\.8 … 22\.8\]/);
		expect(wide).toMatch(/^layer +CPU µs +interval +skipped +p50 µs +p50↑ ms +p99 µs +p99↑ ms +KiB +req\/s$/m);
		expect(wide).toContain("↑ under 16 clients; p50 and p99 without it are of 1 client.");
	});

	it("keeps to the unit of the column in every row, also where a change has another by itself", () => {
		const small = { change: 390, low: 57, high: 721 };
		const effects = matrix.effects.map((each) =>
			each.factor === "@fastify/cors" && each.metric === "cpu" ? { ...each, ...small } : each,
		);
		const shown = renderRun({ ...run, matrix: { ...matrix, effects } }, trees, { color: false, columns: 120 });
		expect(shown).toMatch(/^layer +CPU µs/m);
		expect(shown).toMatch(/^@fastify\/cors .* \+0\.4 +\[0\.1 … 0\.7\]/m);
	});

	it("shows bare, its control and all, warns of the remainder, and checks equals against each other", () => {
		expect(text).toMatch(/^bare control +210 µs +2\.04 ms +640 µs +3\.65 ms +64\.2 µs/m);
		expect(text).toMatch(/^all .* 110 µs/m);
		expect(text).toContain("! The layers do not simply add up: one by one +40.4 µs, all together +45.6 µs,");
		expect(text).toMatch(/^The control is the same as bare and as equal to it as it should be: CPU/m);
	});

	it("puts the profile beside the measurement, and says why they disagree", () => {
		expect(text).toMatch(/^@fastify\/compress +\+21\.3 µs \[19\.8 … 22\.8\] +15\.4 µs +≠$/m);
		expect(text.replace(/\s+/g, " ")).toContain("it may make others work, as by a longer answer");
		expect(text.replace(/\s+/g, " ")).toContain("skipping its hooks in a warm process says +23 %");
	});

	it("lists what stays on with the reason, and says it once", () => {
		expect(text).toMatch(/^Not switched \(3\):$/m);
		expect(text).toMatch(/^ {2}@fastify\/cookie: needed\. cannot be left out: the target does not start:/m);
		expect(text.match(/@fastify\/cookie/g)).toHaveLength(1);
	});

	it("lists what is alike once", () => {
		const { stack } = run;
		const kept = stack?.layers.find(({ keptIn }) => keptIn !== null);
		if (stack === null || kept === undefined) throw new Error("the sample keeps no layer in");
		const more = Array.from({ length: 30 }, (_, index) => ({ ...kept, id: `route ${index}`, name: "route" }));
		const shown = renderRun({ ...run, stack: { ...stack, layers: [...stack.layers, ...more] } }, trees, plain);
		expect(shown).toMatch(/^Not switched \(33\):$/m);
		expect(shown.match(/^ {2}route \(30 of them\): /gm)).toHaveLength(1);
	});

	it("has both ways in one row where they differ, and marks what was named by skipping hooks only", () => {
		const both = sampleMatrixBothWays();
		const shown = renderRun(both.run, both.trees, { color: false, columns: 120 });
		expect(shown).toMatch(/^@fastify\/compress .* \+21\.3 +\[19\.8 … 22\.8\] +≠ \+14\.9 /m);
		expect(shown).toMatch(/^@fastify\/helmet .* \+8\.2 +\[6\.7 … 9\.7\] {2}/m);
		expect(shown).toMatch(/^@fastify\/rate-limit ‡ /m);
		expect(shown).toContain("‡ By skipping its hooks in a warm process: trust the name more than the size.");
		expect(shown).toContain("≠ with its hooks skipped in a warm process, beyond both intervals");
		expect(shown).toMatch(/^variant +p50/m);
		expect(shown.match(/^bare /gm)).toHaveLength(1);
		const { bothWays: _, ...oneWay } = both.run.matrix as Matrix;
		expect(renderRun({ ...both.run, matrix: oneWay }, both.trees, plain)).not.toContain("≠ with its hooks");
	});

	it("greys what is noise and colours what costs", () => {
		const coloured = renderRun(run, trees, { color: true, columns: 80 });
		expect(coloured).toContain("\u001b[2m@fastify…der-pressure");
		expect(coloured).toContain("\u001b[31m█");
	});

	it("carries no control character of the target and stands long names", () => {
		const name = `\u001b[2J${"y".repeat(90)}`;
		const hostile = {
			...matrix,
			factors: matrix.factors.map((each) => (each.name === NASTY_LAYER ? { ...each, name } : each)),
			effects: matrix.effects.map((each) => (each.factor === NASTY_LAYER ? { ...each, factor: name } : each)),
		};
		const shown = renderRun({ ...run, matrix: hostile }, trees, plain);
		expect(shown).not.toContain("\u001b");
		expect(tooWide(shown, 80)).toEqual([]);
	});

	it("claims no noise where there are no intervals, and stands a run without a set", () => {
		const early = sampleMatrixEarly();
		const shown = renderRun(early.run, early.trees, plain);
		expect(shown).toContain("No intervals: they take two process sets at least.");
		expect(shown).not.toContain("~");
		expect(shown).toContain("whether that is chance is not known");
		const nothing = sampleMatrixNothing();
		expect(renderRun(nothing.run, nothing.trees, plain)).toMatch(/^Nothing could be measured: bare exited/);
	});
});
