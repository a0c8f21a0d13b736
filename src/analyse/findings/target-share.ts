import type { Measurement } from "#src/model/measurement.js";

/** A target that uses this share of a core is what limits the throughput, whatever the client does. */
export const TARGET_FULL = 0.9;

/** The share of a core that the target used while it was measured; null where its CPU is unknown. */
export const targetShareOf = ({ cpu, measuredNs }: Measurement): number | null =>
	cpu === null || measuredNs === 0 ? null : cpu.totalNs / measuredNs;
