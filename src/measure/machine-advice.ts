import type { MachineAdvice } from "#src/model/findings/machine.js";
import { parseCpuList } from "#src/process/pinning.js";
import { readText } from "#src/process/process-table.js";

/** Reads a file below /sys or /proc; undefined where there is none. */
type ReadFile = (file: string) => string | undefined;

/**
 * What can be known of clocks and cores on Linux: a clock that is slow to read, cores that change their speed, and a target and
 * generator that share one physical core. Empty where nothing is wrong or nothing can be known.
 */
export function machineAdvice(
	cpus: { readonly target: string | null; readonly generator: string | null },
	read: ReadFile = readText,
): MachineAdvice[] {
	return [...clockSource(read), ...governor(cpus.target, read), ...siblings(cpus, read)];
}

function clockSource(read: ReadFile): MachineAdvice[] {
	const source = read("/sys/devices/system/clocksource/clocksource0/current_clocksource")?.trim();
	if (
		source === undefined ||
		["tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page"].includes(source)
	) {
		return [];
	}
	return [{ kind: "slow clock", clockSource: source }];
}

function governor(target: string | null, read: ReadFile): MachineAdvice[] {
	const core = target?.split(",")[0] ?? "0";
	const found = read(`/sys/devices/system/cpu/cpu${core}/cpufreq/scaling_governor`)?.trim();
	if (found === undefined || found === "performance") return [];
	return [{ kind: "changing speed", core, governor: found }];
}

function siblings(cpus: { target: string | null; generator: string | null }, read: ReadFile): MachineAdvice[] {
	if (cpus.target === null || cpus.generator === null) return [];
	const shared = cpus.target.split(",").filter((core) => {
		const threads = read(`/sys/devices/system/cpu/cpu${core}/topology/thread_siblings_list`)?.trim();
		return threads !== undefined && parseCpuList(threads).includes(Number(cpus.generator));
	});
	if (shared.length === 0) return [];
	return [{ kind: "shared core", targetCores: shared, generatorCore: cpus.generator }];
}
