import * as z from "zod";
import type { WindowHooks } from "#src/collect/collector.js";
import type { Window } from "#src/model/measurement.js";
import type { RunningTarget } from "#src/target/target.js";

const totalsSchema = z.object({
	allocatedBytes: z.number().nonnegative(),
	pauses: z.array(
		z.object({
			kind: z.string(),
			count: z.number().int().nonnegative(),
			totalNs: z.number().nonnegative(),
			longestNs: z.number().nonnegative(),
		}),
	),
});

/** Hooks of a window that have the agent add up what is allocated within it. */
export interface AllocationWatch extends WindowHooks {
	/** What was seen; null for a target without the agent, or when the window was cut short. */
	perRequest(counts: Window["counts"]): NonNullable<Window["allocation"]> | null;
}

export function allocationWatch({ agent }: RunningTarget, hooks: WindowHooks): AllocationWatch {
	let totals: z.infer<typeof totalsSchema> | null = null;
	return {
		async onWindowOpens(answers) {
			await hooks.onWindowOpens?.(answers);
			await agent?.call("allocation.begin");
		},
		async onWindowClosed(answers) {
			if (agent !== null) totals = totalsSchema.parse(await agent.call("allocation.end"));
			await hooks.onWindowClosed?.(answers);
		},
		perRequest({ attempted }) {
			if (totals === null || attempted === 0) return null;
			const { allocatedBytes, pauses } = totals;
			return { bytesPerRequest: allocatedBytes / attempted, totalBytes: allocatedBytes, pauses };
		},
	};
}
