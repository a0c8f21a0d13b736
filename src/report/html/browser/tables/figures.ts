import { atQuantile, latencyOf } from "#src/analyse/latency/judged-latency.js";
import type { Latency } from "#src/model/latency.js";
import type { Measurement } from "#src/model/measurement.js";
import { failedRequests } from "#src/report/figures/requests.js";
import { formatCount } from "#src/report/numbers/format.js";
import { formatNsAsMs, formatNsAsUs } from "#src/report/numbers/times.js";

/** A figure with its 95 % interval, where there is one. */
export interface Figure {
	readonly text: string;
	readonly interval: string | null;
	readonly alarming?: boolean;
}

export const quantiles: readonly number[] = [0.5, 0.9, 0.95, 0.99, 0.999];

export const plain = (text: string): Figure => ({ text, interval: null });

export const percentileFigure = (measurement: Measurement, quantile: number): Figure | null =>
	latencyFigure(latencyOf(measurement), quantile);

export function latencyFigure(latency: Latency, quantile: number): Figure | null {
	const found = atQuantile(latency, quantile);
	if (found === undefined) return null;
	return { text: formatNsAsMs(found.valueNs), interval: intervalText(found.lowNs, found.highNs, formatNsAsMs) };
}

export function errorsFigure(measurement: Measurement): Figure {
	const failed = failedRequests(measurement.counts);
	return { text: formatCount(failed), interval: null, alarming: failed > 0 };
}

export function cpuFigure({ cpu }: Measurement): Figure | null {
	if (cpu === null) return null;
	return { text: formatNsAsUs(cpu.nsPerRequest), interval: intervalText(cpu.lowNs, cpu.highNs, formatNsAsUs) };
}

const intervalText = (low: number | null, high: number | null, write: (valueNs: number) => string): string | null =>
	low === null || high === null ? null : `${write(low)} – ${write(high)}`;
