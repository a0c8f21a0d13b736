import type { Measurement } from "#src/model/measurement.js";

/** A target that uses this share of a core is what limits the throughput, whatever the client does. */
export const TARGET_FULL = 0.9;

/** The share of a core that the target used in the window; null where its CPU is unknown. */
export const targetShareOf = ({ cpu, windowNs }: Pick<Measurement, "cpu" | "windowNs">): number | null =>
	cpu === null || windowNs === 0 ? null : cpu.totalNs / windowNs;
