import { KnownError, usageError } from "#src/errors.js";
import { nearest } from "#src/nearest.js";
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
	const loaders = [...new Set(names)].map((name) => {
		const load = Object.hasOwn(collectors, name) ? collectors[name] : undefined;
		if (load !== undefined) return load;
		const close = nearest(name, collectorNames);
		throw usageError(
			`there is no collector "${name}"`,
			`${close === undefined ? "" : `did you mean ${close}? `}--with takes ${collectorNames.join(", ")}`,
		);
	});
	return Promise.all(loaders.map((load) => load()));
}

/**
 * Those that the user named: one of them that cannot run here is refused at once, not after the load that comes first.
 * @throws KnownError USAGE, COLLECTOR_MISSING
 */
export async function loadNamedCollectors(names: readonly string[]): Promise<Collector[]> {
	const loaded = await loadCollectors(names);
	for (const collector of loaded) {
		const missing = await collector.unavailable();
		if (missing === null) continue;
		throw new KnownError({
			code: "COLLECTOR_MISSING",
			what: `--with ${collector.name} cannot run`,
			why: missing.why,
			fix: `${missing.fix}, or leave it out of --with`,
		});
	}
	return loaded;
}
