import { KnownError } from "#src/errors.js";
import type { World } from "#src/investigate/world.js";
import { AllocationCounters } from "#src/measure/allocation-watch.js";
import { agentReader } from "#src/measure/cpu-reader.js";
import type { LiveSet } from "#src/measure/interleave.js";
import { type LiveVariant, openLiveSet, type SetContext } from "#src/measure/live-set.js";
import type { AgentConnection, RunningTarget } from "#src/target/target.js";

/** @throws KnownError TARGET_ANSWER where there is none */
export function switchingAgentOf({ agent }: RunningTarget): AgentConnection {
	if (agent !== null) return agent;
	throw new KnownError({
		code: "TARGET_ANSWER",
		what: "the target cannot be switched while it runs",
		why: "there is no agent in it",
		fix: "leave out --quick",
	});
}

/** What a server still does after its last answer (its response hooks) belongs to the slice. */
const SETTLE_MS = 1;

/**
 * Variants that are one and the same process, switched from one to the next between slices, as a LiveSet. CPU and
 * allocations are read at both ends of each slice, and what happens between slices is nobody's.
 * @param names of the variants
 * @param variant the process, as every variant of it is loaded
 * @param become makes it this variant
 */
export async function openSwitchedSet(
	names: readonly string[],
	variant: Omit<LiveVariant, "name">,
	become: (index: number) => Promise<void>,
	context: SetContext,
	{ sleep }: Pick<World, "sleep">,
): Promise<LiveSet> {
	const agent = switchingAgentOf(variant.target);
	// Where there is no /proc, the agent reads for it.
	const reader = context.cpuReaderOf(variant.target) ?? agentReader(agent);
	const live = await openLiveSet(
		names.map((name) => ({ ...variant, name })),
		context,
	);
	const cpu = names.map(() => ({ cpuNs: 0, runQueueWaitNs: 0 }));
	const allocation = names.map(() => ({ allocatedBytes: 0, gcNs: 0, collections: 0 }));
	let watching = false;
	return {
		...live,
		isOneProcess: true,
		async slice(index, end, regime) {
			await become(index);
			const counters = watching ? new AllocationCounters(variant.target.agents) : null;
			await counters?.begin();
			const before = await reader.read();
			const counts = await live.slice(index, end, regime);
			await sleep(SETTLE_MS);
			const after = await reader.read();
			const spent = cpu[index] as { cpuNs: number; runQueueWaitNs: number };
			spent.cpuNs += after.cpuNs - before.cpuNs;
			spent.runQueueWaitNs += (after.runQueueWaitNs ?? 0) - (before.runQueueWaitNs ?? 0);
			const seen = (await counters?.end()) ?? null;
			if (seen !== null) {
				const sum = allocation[index] as (typeof allocation)[number];
				sum.allocatedBytes += seen.allocatedBytes;
				sum.gcNs += seen.gcNs;
				sum.collections += seen.collections;
			}
			return counts;
		},
		cpu: async (index) => ({ ...(cpu[index] as (typeof cpu)[number]) }),
		beginAllocation: async () => {
			watching = true;
		},
		endAllocation: async () => allocation,
	};
}
