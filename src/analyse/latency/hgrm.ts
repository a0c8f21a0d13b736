import { highestValueOf, lowestValueOf } from "./buckets.js";
import type { LatencyHistogram } from "./histogram.js";

/** HdrHistogram's tools count in nanoseconds and show milliseconds. */
export const HGRM_NS_PER_UNIT = 1e6;
/** How finely the tail is drawn: so many lines until half of the remaining values are left. HdrHistogram's own default. */
const TICKS_PER_HALF_DISTANCE = 5;
/** Of a histogram up to HIGHEST_NS with three digits. */
const BUCKETS = 32;
const SUB_BUCKETS = 2_048;

/**
 * HdrHistogram's percentile distribution (.hgrm), as its plotters read it: values in milliseconds, the percentile up to
 * which they lie, how many there are, and 1/(1 − percentile).
 *
 * Line by line what hdr-histogram-js writes (a test holds both against each other), which goes through every bucket there is three times,
 * and takes ten milliseconds for latencies of some.
 */
export function hgrmText(histogram: LatencyHistogram): string {
	const { buckets, counts, totalCount } = histogram;
	let text = "       Value     Percentile TotalCount 1/(1-Percentile)\n\n";
	let upTo = 0;
	for (let i = 0, next = 0; i < buckets.length; i++) {
		upTo += counts[i] as number;
		const value = `${milliseconds(highestValueOf(buckets[i] as number))} `;
		const total = ` ${String(upTo).padStart(10)}`;
		const percentile = (100 * upTo) / totalCount;
		// The last bucket has one line of its own, whatever is left, and that of all values.
		for (let tick = tickAt(next); percentile >= tick.level; tick = tickAt(next)) {
			text += `${value}${tick.percentile}${total}${tick.inverse}\n`;
			next++;
			if (upTo === totalCount) break;
		}
		if (upTo === totalCount) text += `${value}${asPercentile(1)}${total}\n`;
	}
	const { meanNs, sdNs } = momentsOf(histogram);
	const maxNs = buckets.length === 0 ? 0 : highestValueOf(buckets.at(-1) as number);
	return `${text}#[Mean    = ${milliseconds(meanNs)}, StdDeviation   = ${milliseconds(sdNs)}]
#[Max     = ${milliseconds(maxNs)}, Total count    = ${String(totalCount).padStart(12)}]
#[Buckets = ${String(BUCKETS).padStart(12)}, SubBuckets     = ${String(SUB_BUCKETS).padStart(12)}]
`;
}

/** One that the lines stop at. */
interface Tick {
	/** In per cent. */
	readonly level: number;
	readonly percentile: string;
	/** With the blank before it. */
	readonly inverse: string;
}

/** The same for every distribution. */
const ticks: Tick[] = [];

function tickAt(index: number): Tick {
	const known = ticks[index];
	if (known !== undefined) return known;
	const before = ticks[index - 1]?.level;
	const level = before === undefined ? 0 : before + 100 / (TICKS_PER_HALF_DISTANCE * 2 ** halvings(before));
	const inverse = ` ${numberOf(2)(1 / (1 - level / 100)).padStart(14)}`;
	const tick = { level, percentile: asPercentile(level / 100), inverse };
	ticks[index] = tick;
	return tick;
}

/** How often what is left of 100 was halved, and once more. */
const halvings = (level: number): number => Math.floor(Math.log2(100 / (100 - level))) + 1;

const milliseconds = (ns: number): string => numberOf(3)(ns / HGRM_NS_PER_UNIT).padStart(12);
const asPercentile = (share: number): string => numberOf(12)(share).padStart(2);

const formats = new Map<number, Intl.NumberFormat>();

/** So many digits behind the point, rounded as HdrHistogram rounds. */
export function numberOf(digits: number): (value: number) => string {
	let format = formats.get(digits);
	if (format === undefined) {
		const fraction = { maximumFractionDigits: digits, minimumFractionDigits: digits };
		format = new Intl.NumberFormat("en-US", { ...fraction, useGrouping: false });
		formats.set(digits, format);
	}
	return format.format;
}

/** Of the middles of the buckets. */
function momentsOf({ buckets, counts, totalCount }: LatencyHistogram): { meanNs: number; sdNs: number } {
	if (totalCount === 0) return { meanNs: 0, sdNs: 0 };
	let sum = 0;
	for (let i = 0; i < buckets.length; i++) sum += middleOf(buckets[i] as number) * (counts[i] as number);
	const meanNs = sum / totalCount;
	let squares = 0;
	for (let i = 0; i < buckets.length; i++) {
		const deviation = middleOf(buckets[i] as number) - meanNs;
		squares += deviation * deviation * (counts[i] as number);
	}
	return { meanNs, sdNs: Math.sqrt(squares / totalCount) };
}

function middleOf(bucket: number): number {
	const lowest = lowestValueOf(bucket);
	return lowest + Math.floor((lowestValueOf(bucket + 1) - lowest) / 2);
}
