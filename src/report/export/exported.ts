import { totalTicks } from "#src/analyse/call-tree/call-tree.js";
import type { CallTree } from "#src/model/call-tree.js";
import type { Latency } from "#src/model/latency.js";
import type { Measurement } from "#src/model/measurement.js";
import type { ProfileRecord } from "#src/model/profile.js";
import type { RunRecord } from "#src/model/run.js";
import { costPerRequest } from "#src/report/figures/profile-cost.js";

/** A profile of a run that is to be written in another tool's format. */
export interface Exported {
	readonly run: RunRecord;
	readonly profile: ProfileRecord;
	/** Has at least one tick. */
	readonly tree: CallTree;
}

/** The latencies of a measurement that are to be written in HdrHistogram's formats. */
export interface ExportedLatencies {
	readonly measurement: Measurement;
	/** The one that was asked for. */
	readonly latency: Latency;
	/** The histogram log of its seconds, as the run kept it; null where it kept none. */
	readonly secondsLog: string | null;
}

/**
 * What a tick stands for, as in the report: its share of what a request costs without a profiler. Where that is not known,
 * ticks stay what they are.
 */
export interface TickWorth {
	readonly unit: "nanoseconds" | "bytes" | "ticks";
	/** Of one request; 1 for ticks. */
	readonly perTick: number;
}

export function tickWorth({ run, profile, tree }: Exported): TickWorth {
	const cost = costPerRequest(run, profile);
	if (cost === null || cost === 0) return { unit: "ticks", perTick: 1 };
	return { unit: profile.measures === "cpu" ? "nanoseconds" : "bytes", perTick: cost / totalTicks(tree) };
}

/** Chrome's formats count in whole microseconds and bytes, too coarse for one request: they hold so many. */
export const REQUESTS_FOR_CHROME = 1_000;

/** Rounds amounts one after another so that their sum is the rounded sum. */
export function wholeAmounts(amounts: readonly number[]): number[] {
	let exact = 0;
	let given = 0;
	return amounts.map((amount) => {
		exact += amount;
		const whole = Math.round(exact) - given;
		given += whole;
		return whole;
	});
}

/** "v8 of GET /metrics, run 2026…": what a reader sees at the head of an exported profile. */
export function exportTitle({ run, profile }: Exported): string {
	const { method, path } = run.measurements.find(({ id }) => id === profile.cleanMeasurementId)?.endpoint ??
		run.measurements.find(({ id }) => id === profile.measurementId)?.endpoint ?? { method: "", path: "" };
	return `${profile.id}${path === "" ? "" : ` ${method} ${path}`} (${run.id})`;
}

/** The frames from the outermost to the node's own, the root left out. */
export function stackOf({ nodes }: CallTree, index: number): number[] {
	const stack: number[] = [];
	for (let at = index; at > 0; at = nodes[at]?.parent ?? 0) stack.push(nodes[at]?.frame ?? 0);
	return stack.reverse();
}
