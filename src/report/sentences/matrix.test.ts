import { describe, expect, it } from "vitest";
import type { LayerEffect, Matrix, Stack } from "#src/model/matrix.js";
import {
	sampleMatrix,
	sampleMatrixBothWays,
	sampleMatrixEarly,
	sampleMatrixNothing,
	sampleMatrixQuick,
} from "../../../test/fixtures/report/sample-matrix.js";
import { NASTY_LAYER } from "../../../test/fixtures/report/sample-stack.js";
import { wholeAnswer } from "../../../test/support/whole-answer.js";
import { answerOf } from "./answer.js";
import { matrixAnswer } from "./matrix.js";
import { matrixMethodSentence } from "./matrix-method.js";

const { run } = sampleMatrix();
const sample = run.matrix as Matrix;

/** The sample with some effects changed. */
const changed = (change: (effect: LayerEffect) => Partial<LayerEffect>, others: Partial<Matrix> = {}): Matrix => ({
	...sample,
	effects: sample.effects.map((effect) => ({ ...effect, ...change(effect) })),
	...others,
});
/** What stands above and below. */
const allOf = (sentences: readonly string[]): string => {
	const { headline, besides } = answerOf(sentences);
	return `${headline} ${besides}`.trim();
};
const sentence = (matrix: Matrix): string => allOf(matrixAnswer(matrix, "GET /metrics"));

describe("the sentence of a matrix", () => {
	it("names the costliest layers, what shows in latency only, and how many show nothing", () => {
		expect(sentence(sample)).toBe(
			"Of 9 layers and groups on GET /metrics, @fastify/compress costs most: 21.3 µs of CPU a request [19.8 … 22.8], 19 % of the whole (with its hooks skipped 14.9 µs). Then @fastify/helmet 8.20 µs, @fastify/rate-limit 4.10 µs and 2 that cost less. slow-auth costs no CPU that can be seen but 1.02 ms of p50 latency under load [0.96 … 1.07]. 2 cost nothing that can be seen; of 1 it cannot be told.",
		);
	});

	it("says what saves, turned to a plain number", () => {
		const said = sentence(
			changed(({ factor, metric }) =>
				factor === "@fastify/cors" && metric === "cpu"
					? { change: -3_000, low: -4_000, high: -2_000, verdict: "saves" }
					: {},
			),
		);
		expect(said).toContain("@fastify/cors saves 3.00 µs [2.00 … 4.00].");
	});

	it("takes latency where nothing was found in CPU", () => {
		const said = sentence(
			changed(({ metric }) => (metric === "cpu" || metric === "alloc" ? { verdict: "nothing" } : {})),
		);
		expect(said).toMatch(
			/^Of 9 layers and groups on GET \/metrics, slow-auth costs most: 1\.02 ms of p50 latency under load \[/,
		);
	});

	const waiting = { change: 1_250_000, low: 1_180_000, high: 1_320_000, verdict: "costs" } as const;

	it("leads with what a lone request waits for, and says that it is no work", () => {
		const said = sentence(changed(({ factor, metric }) => (factor === "slow-auth" && metric === "p50" ? waiting : {})));
		expect(said).toMatch(
			/^Of 9 layers and groups on GET \/metrics, slow-auth costs most: 1\.25 ms of p50 latency \[1\.18 … 1\.32\] \(no CPU that can be seen\)\. @fastify\/compress costs no p50 latency that can be seen but 21\.3 µs of CPU a request/,
		);
	});

	it("leads with CPU where the largest cost in latency is less, as that is measured with more noise", () => {
		const said = sentence(
			changed(({ factor, metric }) =>
				factor === "@fastify/cors" && metric === "p50"
					? { change: 12_000, low: 6_000, high: 18_000, verdict: "costs" }
					: {},
			),
		);
		expect(said).toMatch(/^Of 9 layers and groups on GET \/metrics, @fastify\/compress costs most: 21\.3 µs of CPU/);
	});

	it("says within which margin nothing was found", () => {
		expect(sentence(changed(() => ({ verdict: "nothing" })))).toBe(
			"None of 9 layers and groups on GET /metrics costs anything that can be seen: CPU of each is within ±2 % (1.28 µs) of bare.",
		);
	});

	it("says that it cannot tell, and the largest estimate", () => {
		const said = sentence(changed(({ factor }) => ({ verdict: factor === NASTY_LAYER ? "nothing" : "cannot tell" })));
		expect(said).toBe(
			"Cannot tell which layer on GET /metrics costs CPU: 8 of 9 layers and groups are not settled after 12 process sets in 2 min 5 s. The largest estimate is @fastify/compress, +21.3 µs [19.8 … 22.8]. 1 cost nothing that can be seen (within ±2 % (1.28 µs)).",
		);
	});

	it("says that hooks were only skipped where they were toggled", () => {
		expect(wholeAnswer(sampleMatrixQuick().run, new Map())).toMatch(
			/ Hooks were only skipped in a warm process: trust the names more than the sizes\.$/,
		);
	});

	it("says what skipping its hooks said where that differs, or that nothing else did", () => {
		const { run: both } = sampleMatrixBothWays();
		expect(wholeAnswer(both, new Map())).toMatch(
			/^Of 9 layers and groups on GET \/metrics, @fastify\/compress costs most: 21\.3 µs of CPU a request \[19\.8 … 22\.8\], 19 % of the whole \(with its hooks skipped 14\.9 µs\). Then /,
		);
		const cheap = (each: LayerEffect): LayerEffect =>
			each.factor === "@fastify/rate-limit" || each.verdict !== "costs" ? each : { ...each, verdict: "nothing" };
		const matrix = both.matrix as Matrix;
		expect(sentence({ ...matrix, effects: matrix.effects.map(cheap) })).toMatch(
			/rate-limit costs most: 4\.10 µs of CPU a request \[2\.60 … 5\.60\], 4 % of the whole \(by skipping its hooks\)\./,
		);
	});

	it("says that it ended early, and that one set makes no interval", () => {
		expect(wholeAnswer(sampleMatrixEarly().run, new Map())).toMatch(
			/^Cannot tell which layer .*none of 9 layers and groups is settled after 1 process set.*two process sets at least.* Ended early: interrupted by SIGINT\.$/,
		);
	});

	it("says why nothing could be measured, or that nothing can be switched", () => {
		expect(wholeAnswer(sampleMatrixNothing().run, new Map())).toBe(
			"Nothing could be measured: bare exited with code 1 before it listened.",
		);
		const keptIn = { reason: "not chosen" } as const;
		const layers = (run.stack?.layers ?? []).map((layer) => ({ ...layer, keptIn }));
		const nothingToSwitch = (kept: Stack["layers"]): string =>
			wholeAnswer({ ...run, matrix: null, stack: { framework: null, layers: kept } }, new Map());
		expect(nothingToSwitch(layers)).toMatch(/^None of the 13 layers found on GET \/metrics can be left out/);
		expect(nothingToSwitch([])).toBe("Nothing could be measured.");
	});

	it("keeps a hostile name to one short line", () => {
		const name = `\u001b[2J${"x".repeat(200)}`;
		const said = sentence(
			changed(({ factor }) => (factor === "@fastify/compress" ? { factor: name } : {}), {
				factors: sample.factors.map((each) => (each.name === "@fastify/compress" ? { ...each, name } : each)),
			}),
		);
		expect(said).toContain("�[2Jxxx");
		expect(said).not.toContain("x".repeat(60));
	});
});

describe("the sentence on the method of a matrix", () => {
	it("says the design, how layers are switched, the confidence and the seed", () => {
		const said = matrixMethodSentence(sample);
		for (const part of [
			"12 variants: bare, each layer alone, all",
			"never registered",
			"95 %",
			"below 1 %",
			"64 MiB",
			"Seed 90210",
		]) {
			expect(said).toContain(part);
		}
		const factorial = { ...sample, design: { ...sample.design, kind: "factorial" as const } };
		expect(matrixMethodSentence(factorial)).toContain("a factorial design");
		const toggled = sample.variants.map((each) => ({ ...each, way: "toggled" as const }));
		expect(matrixMethodSentence({ ...sample, variants: toggled, method: "toggled" })).toContain("same warm process");
		expect(matrixMethodSentence(sampleMatrixBothWays().run.matrix as Matrix)).toMatch(
			/^First, for names, hooks were skipped in one warm process: 5 variants, a factorial design: .* Then, for their sizes, @fastify\/helmet and @fastify\/compress were left out in processes of their own, 6 variants: /,
		);
	});
});
