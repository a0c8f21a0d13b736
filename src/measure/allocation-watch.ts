import * as z from "zod";
import type { WindowHooks } from "#src/collect/collector.js";
import type { Window } from "#src/model/measurement.js";
import { EveryAgent } from "#src/target/every-agent.js";
import type { RunningTarget, TargetAgents } from "#src/target/target.js";

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

/** What was allocated in all isolates together. */
interface AllocationTotals {
	readonly allocatedBytes: number;
	readonly gcNs: number;
	readonly collections: number;
	readonly pauses: readonly Pauses[];
}
type Pauses = z.infer<typeof totalsSchema>["pauses"][number];

/** Has every isolate of a target add up what it allocates. */
export class AllocationCounters {
	readonly #every: EveryAgent;

	constructor(agents: TargetAgents) {
		this.#every = new EveryAgent(agents, { begin: "allocation.begin", end: "allocation.end" });
	}

	begin(): Promise<void> {
		return this.#every.begin();
	}

	/** Null where nobody has told. One that ended is part of it as far as it could still tell. */
	async end(): Promise<AllocationTotals | null> {
		const told = (await this.#every.end()).flatMap((each) =>
			each.kind === "told" ? [totalsSchema.parse(each.value)] : [],
		);
		if (told.length === 0) return null;
		const pauses = addPauses(told.flatMap((each) => each.pauses));
		const sumOf = (of: (each: Pauses) => number): number => pauses.reduce((sum, each) => sum + of(each), 0);
		return {
			allocatedBytes: told.reduce((sum, each) => sum + each.allocatedBytes, 0),
			gcNs: sumOf(({ totalNs }) => totalNs),
			collections: sumOf(({ count }) => count),
			pauses,
		};
	}
}

function addPauses(all: readonly Pauses[]): Pauses[] {
	const byKind = new Map<string, Pauses>();
	for (const { kind, count, totalNs, longestNs } of all) {
		const known = byKind.get(kind) ?? { kind, count: 0, totalNs: 0, longestNs: 0 };
		byKind.set(kind, {
			kind,
			count: known.count + count,
			totalNs: known.totalNs + totalNs,
			longestNs: Math.max(known.longestNs, longestNs),
		});
	}
	return [...byKind.values()];
}

/** Hooks of a window that add up what is allocated within it. */
export interface AllocationWatch extends WindowHooks {
	/** What was seen; null for a target without the agent, or when the window was cut short. */
	perRequest(counts: Window["counts"]): NonNullable<Window["allocation"]> | null;
}

export function allocationWatch({ agent, agents }: RunningTarget, hooks: WindowHooks): AllocationWatch {
	// A launcher that carries the agent says nothing of a server that does not.
	const counters = agent === null ? null : new AllocationCounters(agents);
	let totals: AllocationTotals | null = null;
	return {
		async onWindowOpens(answers) {
			await hooks.onWindowOpens?.(answers);
			await counters?.begin();
		},
		async onWindowClosed(answers) {
			if (counters !== null) totals = await counters.end();
			await hooks.onWindowClosed?.(answers);
		},
		perRequest({ attempted }) {
			if (totals === null || attempted === 0) return null;
			const { allocatedBytes, pauses } = totals;
			return { bytesPerRequest: allocatedBytes / attempted, totalBytes: allocatedBytes, pauses: [...pauses] };
		},
	};
}
