import { expect, it } from "vitest";
import type { ThreadCounters } from "#src/analyse/threads/cpu-parts.js";
import type { CpuReader } from "./cpu-reader.js";
import { ThreadWatch } from "./thread-watch.js";

const counters = (mainNs: number, poolNs: number) =>
	new Map<string, ThreadCounters>([
		["1/1", { pid: 1, tid: 1, cpuNs: mainNs, waitNs: mainNs / 10 }],
		["1/2", { pid: 1, tid: 2, cpuNs: poolNs, waitNs: 0 }],
	]);

it("charges each regime with what was used since the last reading", async () => {
	let now = counters(1_000, 1_000);
	const reader: CpuReader = {
		source: "schedstat",
		processes: 1,
		read: async () => ({ cpuNs: 0, runQueueWaitNs: 0 }),
		threads: () => now,
		threadKinds: async () =>
			new Map([
				["1/1", "main thread"],
				["1/2", "thread pool"],
			]),
	};
	const watch = new ThreadWatch(reader);
	now = counters(1_500, 5_000);
	watch.charge("loaded");
	now = counters(1_600, 5_000);
	watch.charge("light");
	now = counters(1_900, 6_000);
	watch.charge("loaded");
	expect(await watch.close()).toEqual({
		loaded: [
			{ kind: "main thread", cpuNs: 800, runQueueWaitNs: 80, threads: 1 },
			{ kind: "thread pool", cpuNs: 5_000, runQueueWaitNs: 0, threads: 1 },
		],
		light: [{ kind: "main thread", cpuNs: 100, runQueueWaitNs: 10, threads: 1 }],
	});
});
