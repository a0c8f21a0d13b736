import { CallTreeBuilder } from "#src/analyse/call-tree/call-tree.js";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import type { SampledNode, SampledProfile } from "#src/analyse/import/v8/cpu-profile.js";
import type { SampledBytes } from "#src/analyse/import/v8/heap-profile.js";
import type { Frame } from "#src/model/call-tree.js";
import type { Simulation } from "../../fixtures/simulated-contrasts.js";
import type { TargetTruth } from "./target.js";

const TICKS = 2_500;

const INTERVAL_BYTES = 8_192;

/** What a sampler sees of functions that cost so much: counts that vary as counts do. Null where there are none. */
export function sampledProfile(
	{ functions }: Pick<TargetTruth, "functions">,
	noise: Simulation,
): SampledProfile | null {
	const counted = countsOf(functions, TICKS, noise);
	if (counted.length === 0) return null;
	const nodes = counted.map(
		({ frame, ticks }): SampledNode => ({ frame, parent: 0, selfTicks: ticks, lineTicks: new Map() }),
	);
	const frame = describeFrame({ name: "(root)", url: "", line: null, column: null });
	return {
		nodes: [{ frame, parent: -1, selfTicks: 0, lineTicks: new Map() }, ...nodes],
		children: [nodes.map((_, index) => index + 1), ...nodes.map(() => [])],
		windowUs: 500_000,
	};
}

/** The same of what they allocate for so many requests, in small objects. */
export function sampledAllocations(
	{ allocations }: Pick<TargetTruth, "allocations">,
	requests: number,
	noise: Simulation,
): SampledBytes | null {
	const bytes = Object.values(allocations).reduce((sum, each) => sum + each, 0);
	const counted = countsOf(allocations, (bytes * requests) / INTERVAL_BYTES, noise);
	if (counted.length === 0) return null;
	const builder = new CallTreeBuilder();
	for (const { frame, ticks } of counted) builder.addStack([frame], ticks);
	const tree = builder.build();
	return { tree, squares: tree, intervalBytes: INTERVAL_BYTES };
}

/** @param ticks of all together, as expected */
function countsOf(
	costs: Readonly<Record<string, number>>,
	ticks: number,
	noise: Simulation,
): { readonly frame: Frame; readonly ticks: number }[] {
	const all = Object.entries(costs);
	const sum = all.reduce((total, [, cost]) => total + cost, 0);
	return all.map(([name, cost], index) => {
		const expected = (ticks * cost) / sum;
		return {
			frame: describeFrame({ name, url: "file:///app/server.js", line: 10 * (index + 1), column: 1 }),
			ticks: Math.max(0, Math.round(expected + Math.sqrt(expected) * noise.normal())),
		};
	});
}
