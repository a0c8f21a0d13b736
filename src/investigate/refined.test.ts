import { expect, it } from "vitest";
import { sampleFlame } from "../../test/fixtures/report/sample-run.js";
import { refined } from "./refined.js";

const { run } = sampleFlame();
const [clean] = run.measurements;
if (clean === undefined) throw new Error("the sample has no window");
const finding = (about: string | null) =>
	about === null
		? ({ code: "NOISY_MACHINE", severity: "warning", about, figures: { stealShare: 0.2 } } as const)
		: ({ code: "NO_CPU_FIGURES", severity: "info", about, figures: {} } as const);
const now = {
	measurements: run.measurements,
	profiles: run.profiles,
	findings: [finding(clean.id), finding("another"), finding(null)],
};

it("puts a measurement in the place of the one with its id, with what is found of it", () => {
	const again = { ...clean, requestsPerSecond: 1 };
	const after = refined(now, { measurements: [again] });
	expect(after.measurements.map(({ id }) => id)).toEqual(run.measurements.map(({ id }) => id));
	expect(after.measurements[0]).toEqual(again);
	expect(after.findings).toEqual([finding("another"), finding(null)]);
	expect(after.profiles).toEqual(run.profiles);
});

it("adds what is new at the end", () => {
	const other = { ...clean, id: "other" };
	expect(refined(now, { measurements: [other] }).measurements.at(-1)).toEqual(other);
});

it("keeps the longer one of two where the new one was cut short, and nothing is said of that", () => {
	const cut = { ...clean, partial: true, measuredNs: clean.measuredNs / 2 };
	const after = refined(now, { measurements: [cut], findings: [finding(clean.id)] });
	expect(after).toEqual(now);
	const long = { ...cut, measuredNs: clean.measuredNs * 2 };
	expect(refined(now, { measurements: [long] }).measurements[0]).toEqual(long);
});
