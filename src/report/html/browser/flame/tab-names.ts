import type { PageProfile } from "#src/report/html/page-data.js";
import { collectorLabel } from "#src/report/labels/collector.js";

/**
 * Names the tabs of several variants' profiles: with what they measure where there is one profiler for CPU and one for
 * allocations, with the profiler where there are more, and plainly where there is one only.
 */
export function tabNames(profiles: readonly PageProfile[]): (name: string, collector: string) => string {
	const measures = new Map(profiles.map(({ collector, measures }) => [collector, measures]));
	if (measures.size < 2) return (name) => name;
	const oneEach = new Set(measures.values()).size === measures.size;
	return (name, collector) =>
		`${name} ${oneEach ? (measures.get(collector) === "allocation" ? "bytes" : "CPU") : collectorLabel(collector)}`;
}
