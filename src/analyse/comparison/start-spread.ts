import type { Calibration } from "#src/model/calibration.js";
import type { StartSpread, StartSpreads } from "#src/model/comparison.js";

/** Processes of one code come in kinds (compiled one way or another) that differ in what they do by up to 30 %. */
const KINDS_OF_WORK = Math.log(1.3);
/** In latency by up to a factor of two: some start in a slow mode. */
const KINDS_OF_LATENCY = Math.log(2);

const latency = (sd: number): StartSpread => ({ kinds: KINDS_OF_LATENCY, sd });

/**
 * What two starts of the same code may differ by, where nothing is known of the machine: the larger ones of what was measured
 * (docs/method.md).
 */
export const usualSpreads: StartSpreads = {
	cpu: { kinds: KINDS_OF_WORK, sd: 0.05 },
	alloc: { kinds: KINDS_OF_WORK, sd: 0.01 },
	p50: latency(0.1),
	p90: latency(0.2),
	p99: latency(0.4),
	"p99.9": latency(0.5),
	"loaded-p50": latency(0.1),
	"loaded-p99": latency(0.3),
};

/** A calibration of fewer sets than this says too little. */
const FEWEST_SETS = 6;
/** Another endpoint, at another hour, is not quieter than this. */
const QUIETEST_SD = 0.02;

/**
 * Cold processes of the same code, warmed at the same time by as many requests, differed by up to a factor of 1.4 in CPU and of 1.9 in
 * p50 (n = 80 sets, docs/method.md).
 */
const KINDS_OF_COLD_WORK = Math.log(1.6);
const KINDS_OF_COLD_LATENCY = Math.log(2.3);

/**
 * What two starts of the same code may differ by.
 * @param machine its calibration, null where there is none
 */
export function spreadsOf(machine: Calibration | null): StartSpreads {
	const known = machine !== null && machine.sets >= FEWEST_SETS;
	const cpu = known ? { ...usualSpreads.cpu, sd: Math.max(QUIETEST_SD, machine.cpuSetSd) } : usualSpreads.cpu;
	return { ...usualSpreads, cpu };
}

/** And where there was no time to warm them. */
export const coldSpreads = (warm: StartSpreads): StartSpreads =>
	Object.fromEntries(
		Object.entries(warm).map(([metric, { sd }]) => [
			metric,
			{ kinds: metric === "cpu" || metric === "alloc" ? KINDS_OF_COLD_WORK : KINDS_OF_COLD_LATENCY, sd },
		]),
	) as StartSpreads;
