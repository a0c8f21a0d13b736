import { decodeHistogram } from "#src/analyse/latency/hdr-encoding.js";
import { hgrmText } from "#src/analyse/latency/hgrm.js";
import type { ExportedLatencies } from "./exported.js";

/** The percentile distribution of one latency over the whole window. */
export const percentileDistribution = ({ latency }: ExportedLatencies): string =>
	hgrmText(decodeHistogram(latency.histogramV2));
