import { describe, expect, it } from "vitest";
import type { ControlDifference, Matrix } from "#src/model/matrix.js";
import { sampleMatrix } from "../../../test/fixtures/report/sample-matrix.js";
import { bareCheckSentence } from "./bare-check.js";

const sample = sampleMatrix().run.matrix as Matrix;
const said = (...controlDifferences: ControlDifference[]): string | null =>
	bareCheckSentence({
		...sample,
		controlDifferences,
		design: { ...sample.design, margins: { ...sample.design.margins, cpu: 0.02 } },
	});
const cpu = (low: number, high: number, real = false): ControlDifference => ({
	metric: "cpu",
	change: (low + high) / 2,
	low,
	high,
	sets: 5,
	real,
});

describe("the sentence on bare measured twice", () => {
	it("says that the two are equal only where the interval lies within the margin", () => {
		expect(said(cpu(-0.008, 0.012))).toBe(
			"The control is the same as bare and as equal to it as it should be: CPU +0.2 % [−0.8 % … +1.2 %].",
		);
	});

	it("says that it cannot tell where the interval is wider", () => {
		expect(said(cpu(-0.509, 0.996))).toBe(
			"The control is the same as bare, but whether the two measure alike cannot be told: CPU +24.3 % [−50.9 % … +99.6 %] is wider than the margin of ±2 %.",
		);
	});

	it("warns where they differ", () => {
		expect(said(cpu(0.031, 0.052, true))).toMatch(/^The control is the same as bare and yet differs from it: CPU /);
	});

	it("says nothing without a control", () => expect(said()).toBeNull());
});
