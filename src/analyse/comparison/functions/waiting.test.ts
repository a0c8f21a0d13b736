import { describe, expect, it } from "vitest";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import type { Effect, MetricName } from "#src/model/comparison.js";
import type { CostChange } from "#src/model/function-verdicts.js";
import { priceOfWaiting } from "./waiting.js";

const change = (name: string, url: string, verdict: CostChange["verdict"] = "dearer"): CostChange => ({
	kind: "function",
	frame: describeFrame({ name, url, line: 1, column: 1 }),
	...{ base: 1_000, head: 3_000, difference: 2_000, low: 1_500, high: 2_500, verdict },
});

const changes = [
	change("processTimers", "node:internal/timers"),
	change("writev", ""),
	change("handler", "file:///app/server.js"),
	change("serialize", "file:///app/node_modules/cookie/index.js"),
	change("split", "node:internal/util", "moved"),
];

const effect = (metric: MetricName, base: number, head: number, [low, high] = [0.5, 2]): Effect =>
	({ metric, base, head, low, high, judged: true }) as Effect;

const told = (...effects: readonly Effect[]): string[] =>
	priceOfWaiting(
		{ sets: 8, ticks: { base: 1, head: 1 }, tested: 80, alpha: 0.01, changed: changes },
		effects,
	).changed.map(({ verdict }) => verdict);

const AS_JUDGED = ["dearer", "dearer", "dearer", "dearer", "moved"];

describe("functions of two sides between which a lone request waits longer", () => {
	const cpu = effect("cpu", 80_000, 84_000, [0.01, 0.09]);

	it("are its price where they are Node's own, and causes where they are the application's or a package's", () =>
		expect(told(effect("p50", 140_000, 1_300_000), cpu)).toEqual(["waiting", "waiting", "dearer", "dearer", "moved"]));

	it("are judged as ever where what takes longer is CPU, or nobody knows", () => {
		expect(told(effect("p50", 140_000, 145_000), cpu)).toEqual(AS_JUDGED);
		expect(told(effect("p50", 140_000, 1_300_000, [-0.2, 20]), cpu)).toEqual(AS_JUDGED);
		expect(told(cpu)).toEqual(AS_JUDGED);
	});

	it("go by all clients' median where lone requests were too few", () =>
		expect(told(effect("loaded-p50", 100e6, 120e6), cpu)).toContain("waiting"));
});
