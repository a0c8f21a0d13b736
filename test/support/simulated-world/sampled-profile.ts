import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import type { SampledNode, SampledProfile } from "#src/analyse/import/v8/cpu-profile.js";
import type { Simulation } from "../../fixtures/simulated-contrasts.js";
import type { TargetTruth } from "./target.js";

const TICKS = 2_500;

/** What a sampler sees of functions that cost so much: counts that vary as counts do. Null where there are none. */
export function sampledProfile(
	{ functions }: Pick<TargetTruth, "functions">,
	noise: Simulation,
): SampledProfile | null {
	const all = Object.entries(functions);
	const allNs = all.reduce((sum, [, cpuNs]) => sum + cpuNs, 0);
	if (allNs === 0) return null;
	const nodes = all.map(([name, cpuNs], index): SampledNode => {
		const expected = (TICKS * cpuNs) / allNs;
		return {
			frame: describeFrame({ name, url: "file:///app/server.js", line: 10 * (index + 1), column: 1 }),
			parent: 0,
			selfTicks: Math.max(0, Math.round(expected + Math.sqrt(expected) * noise.normal())),
			lineTicks: new Map(),
		};
	});
	const frame = describeFrame({ name: "(root)", url: "", line: null, column: null });
	return {
		nodes: [{ frame, parent: -1, selfTicks: 0, lineTicks: new Map() }, ...nodes],
		children: [nodes.map((_, index) => index + 1), ...nodes.map(() => [])],
		windowUs: 500_000,
	};
}
