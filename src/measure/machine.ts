import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";
import type { Machine } from "#src/model/machine.js";
import { readText } from "#src/process/process-table.js";

/** Jiffies of all cores since boot: stolen by the hypervisor, and in all. */
interface StealCounters {
	readonly stolen: number;
	readonly all: number;
}

/** Remembers where the counters stood; `describe` then tells of the time since. */
export function watchMachine(): { describe(): Machine } {
	const before = stealCounters();
	const [loadAverage1m = 0] = loadavg();
	return {
		describe: () => ({
			platform: platform(),
			release: release(),
			arch: arch(),
			cpuModel: cpus()[0]?.model.trim() ?? "unknown",
			cpus: availableParallelism(),
			memoryBytes: totalmem(),
			loadAverage1m,
			stealShare: shareBetween(before, stealCounters()),
		}),
	};
}

function shareBetween(before: StealCounters | null, after: StealCounters | null): number | null {
	if (before === null || after === null) return null;
	const all = after.all - before.all;
	return all <= 0 ? 0 : Math.min(1, Math.max(0, (after.stolen - before.stolen) / all));
}

function stealCounters(): StealCounters | null {
	// cpu user nice system idle iowait irq softirq steal guest guest_nice; guest time is in user already.
	const fields = /^cpu\s+(.+)$/m
		.exec(readText("/proc/stat") ?? "")?.[1]
		?.split(/\s+/)
		.map(Number);
	if (fields === undefined) return null;
	return { stolen: fields[7] ?? 0, all: fields.slice(0, 8).reduce((sum, value) => sum + value, 0) };
}
