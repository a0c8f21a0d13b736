import { readdirSync, readFileSync } from "node:fs";
import { type EventLoopUtilization, performance } from "node:perf_hooks";
import type { GeneratorHealth } from "#src/load/order/order.js";

/** What this process has used since the probe was made. */
export class HealthProbe {
	readonly #cpu: NodeJS.CpuUsage = process.cpuUsage();
	readonly #loop: EventLoopUtilization = performance.eventLoopUtilization();
	readonly #waitNs: number | null = runQueueWaitNs();
	readonly #reconnects: number;

	constructor(reconnects: number) {
		this.#reconnects = reconnects;
	}

	read(reconnects: number): GeneratorHealth {
		const { user, system } = process.cpuUsage(this.#cpu);
		const { utilization } = performance.eventLoopUtilization(this.#loop);
		const waitNs = runQueueWaitNs();
		return {
			cpuNs: (user + system) * 1_000,
			eventLoopUtilization: Math.min(1, Math.max(0, utilization)),
			runQueueWaitNs: waitNs === null || this.#waitNs === null ? null : Math.max(0, waitNs - this.#waitNs),
			reconnects: reconnects - this.#reconnects,
		};
	}
}

/** Nanoseconds that all threads of this process were runnable without a core: the second field of schedstat. */
function runQueueWaitNs(): number | null {
	try {
		let total = 0;
		for (const thread of readdirSync("/proc/self/task")) {
			const fields = readFileSync(`/proc/self/task/${thread}/schedstat`, "latin1").split(" ");
			total += Number(fields[1]);
		}
		return Number.isFinite(total) ? total : null;
	} catch {
		return null;
	}
}
