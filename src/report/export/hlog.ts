import { hlogText } from "#src/analyse/latency/hlog.js";
import { furtherSeries } from "#src/analyse/latency/judged-latency.js";
import type { ExportedLatencies } from "./exported.js";

/** The log that the run kept of each second; without one, all that was measured as one interval. */
export function histogramLog({ measurement, secondsLog }: ExportedLatencies): string {
	if (secondsLog !== null) return secondsLog;
	const interval = { startMs: 0, durationMs: measurement.measuredNs / 1e6 };
	return hlogText(
		[
			{ tag: null, ...interval, histogramV2: measurement.serviceTime.histogramV2 },
			...furtherSeries(measurement).map(({ name, histogramV2 }) => ({ tag: name, ...interval, histogramV2 })),
		],
		new Date(measurement.startedAt),
	);
}
