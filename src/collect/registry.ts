import { usageError } from "#src/errors.js";
import type { Collector } from "./collector.js";

/** Every collector, loaded only when it is asked for. */
const collectors: Readonly<Record<string, () => Promise<Collector>>> = {
	v8: async () => (await import("./v8-cpu.js")).v8Cpu,
	"0x": async () => (await import("./zero-x/zero-x.js")).zeroX,
	heap: async () => (await import("./v8-heap.js")).v8Heap,
	"clinic-doctor": async () => (await import("./clinic/clinic.js")).clinicWith("doctor"),
	"clinic-flame": async () => (await import("./clinic/clinic.js")).clinicWith("flame"),
	"clinic-bubbleprof": async () => (await import("./clinic/clinic.js")).clinicWith("bubbleprof"),
	"clinic-heapprofiler": async () => (await import("./clinic/clinic.js")).clinicWith("heapprofiler"),
};

export const collectorNames: readonly string[] = Object.keys(collectors);

/** Those that see allocations. */
export const allocationCollectors: readonly string[] = ["heap", "clinic-heapprofiler"];

/** Those that say how the event loop is doing. */
export const doctorCollectors: readonly string[] = ["clinic-doctor", "clinic-bubbleprof"];

/** What `flame` shows when nothing is said. */
export const defaultCpuCollectors: readonly string[] = ["v8", "0x"];

/** @throws KnownError USAGE for a name that does not exist */
export async function loadCollectors(names: readonly string[]): Promise<Collector[]> {
	const loaded: Collector[] = [];
	for (const name of new Set(names)) {
		const load = collectors[name];
		if (load === undefined) {
			throw usageError(`there is no collector "${name}"`, `--with takes ${collectorNames.join(", ")}`);
		}
		loaded.push(await load());
	}
	return loaded;
}
