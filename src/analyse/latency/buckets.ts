/**
 * The bucket layout of an HDR histogram with a lowest value of 1 and three significant digits: exact up to 2,047, then
 * 1,024 buckets for every doubling, so that a bucket is never wider than 0.1 % of its values.
 *
 * It is written down here, and not taken from hdr-histogram-js, for the generator's sake: counting into a typed array
 * costs a fraction of the library's recording, and a block of the array can be read out in microseconds where the
 * library would encode and deflate in the middle of the measurement. Outside the generator the counts become
 * the library's histograms (histogram.ts). A test holds both layouts against each other.
 */
const HALF_BITS = 10;
const HALF = 1 << HALF_BITS;
const LINEAR = 2 * HALF;
const TWO_31 = 2 ** 31;

/** The bucket of a whole number of nanoseconds, 0 ≤ value < 2^53. */
export function bucketOf(valueNs: number): number {
	if (valueNs < LINEAR) return valueNs;
	// Bit operations see 32 bits only; beyond them, the same in floating point.
	if (valueNs < TWO_31) {
		const shift = 31 - HALF_BITS - Math.clz32(valueNs);
		return (shift << HALF_BITS) + (valueNs >>> shift);
	}
	const shift = 52 - Math.clz32(Math.floor(valueNs / TWO_31));
	return shift * HALF + Math.floor(valueNs / 2 ** shift);
}

/** The smallest value that falls into the bucket. */
export function lowestValueOf(bucket: number): number {
	if (bucket < LINEAR) return bucket;
	const shift = Math.floor(bucket / HALF) - 1;
	return (bucket - shift * HALF) * 2 ** shift;
}

/** The largest value that falls into the bucket; HDR tools report percentiles by it. */
export function highestValueOf(bucket: number): number {
	return lowestValueOf(bucket + 1) - 1;
}
