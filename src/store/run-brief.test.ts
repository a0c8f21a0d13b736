import { expect, it } from "vitest";
import { percentileOf } from "#src/analyse/latency/judged-latency.js";
import type { Measurement } from "#src/model/measurement.js";
import { isClean } from "#src/model/parts-of-run.js";
import type { RunRecord } from "#src/model/run.js";
import { sampleCompare } from "../../test/fixtures/report/sample-comparison.js";
import { sampleFlame, sampleLoad, sampleNothing } from "../../test/fixtures/report/sample-run.js";
import { briefOf } from "./run-brief.js";

const runs: [string, RunRecord][] = [
	["flame", sampleFlame().run],
	["load", sampleLoad().run],
	["compare", sampleCompare().run],
	["nothing", sampleNothing().run],
];
const read = (run: unknown): unknown => JSON.parse(JSON.stringify(run));

it.each(runs)("shows of %s what the whole record says", (_, run) => {
	const measurements: readonly Measurement[] = run.measurements;
	expect(briefOf(read(run))).toEqual({
		command: run.command,
		startedAt: run.startedAt,
		status: run.state.kind,
		clean: measurements.filter(isClean).map((each) => ({
			endpoint: { method: each.endpoint.method, path: each.endpoint.path },
			requestsPerSecond: each.requestsPerSecond,
			p99Ns: each.counts.ok === 0 ? null : (percentileOf(each, 0.99)?.valueNs ?? null),
		})),
	});
});

it("shows the response time of an open loop, and nothing where nothing was answered", () => {
	const { run } = sampleFlame();
	const [clean] = run.measurements;
	if (clean === undefined) throw new Error("the sample has no window");
	const response = { ...clean.serviceTime, name: "response", count: 9, percentiles: [{ quantile: 0.99, valueNs: 7 }] };
	const of = (measurement: object) => briefOf(read({ ...run, measurements: [measurement] }))?.clean;
	expect(of({ ...clean, series: [response] })).toMatchObject([{ p99Ns: 7 }]);
	expect(of({ ...clean, counts: { ...clean.counts, ok: 0 } })).toMatchObject([{ p99Ns: null }]);
});

it.each<[string, unknown]>([
	["no object", 7],
	["without a state", { ...sampleFlame().run, state: null }],
	["whose measurements are no list", { ...sampleFlame().run, measurements: {} }],
	["of a measurement that is none", { ...sampleFlame().run, measurements: [7] }],
	[
		"of an endpoint that is none",
		{ ...sampleFlame().run, measurements: [{ kind: "slices", endpoint: 7, counts: {} }] },
	],
])("shows nothing of one %s", (_, record) => {
	expect(briefOf(record)).toBeNull();
});
