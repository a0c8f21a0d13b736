import { decodeFromCompressedBase64, type Histogram } from "hdr-histogram-js";

export interface PercentilePoint {
	/** 0…1 */
	readonly quantile: number;
	readonly valueNs: number;
}

const STEPS_PER_DECADE = 12;

/**
 * The latency distribution as a curve, evenly spaced over the number of nines (the usual HDR plot), from the median's
 * side down to the slowest single request. `histogramV2` is a compressed V2 histogram in base64, values in nanoseconds.
 * Empty for an empty or unreadable histogram: a report must still be drawn from a damaged record.
 */
export function percentilePoints(histogramV2: string): PercentilePoint[] {
	const histogram = decode(histogramV2);
	if (histogram === null || histogram.totalCount === 0) return [];
	const decades = Math.log10(histogram.totalCount);
	const steps = Math.floor(decades * STEPS_PER_DECADE);
	return Array.from({ length: steps + 1 }, (_, step) => {
		const quantile = 1 - 10 ** (-step / STEPS_PER_DECADE);
		return { quantile, valueNs: histogram.getValueAtPercentile(quantile * 100) };
	});
}

function decode(histogramV2: string): Histogram | null {
	try {
		return decodeFromCompressedBase64(histogramV2);
	} catch {
		return null;
	}
}
