import { decodeFromCompressedBase64 } from "hdr-histogram-js";

/** HdrHistogram's tools count in nanoseconds and show milliseconds. */
export const HGRM_NS_PER_UNIT = 1e6;
/** How finely the tail is drawn: so many lines until half of the remaining values are left. HdrHistogram's own default. */
const TICKS_PER_HALF_DISTANCE = 5;

/**
 * HdrHistogram's percentile distribution (.hgrm), as its plotters read it: values in milliseconds, the percentile up to
 * which they lie, how many there are, and 1/(1 − percentile).
 * @param histogramV2 V2 HDR histogram, compressed, base64, in nanoseconds
 */
export const hgrmText = (histogramV2: string): string =>
	decodeFromCompressedBase64(histogramV2, 64, false).outputPercentileDistribution(
		TICKS_PER_HALF_DISTANCE,
		HGRM_NS_PER_UNIT,
	);
