import { deflateSync, inflateSync } from "node:zlib";
import { bucketOf } from "./buckets.js";
import { HIGHEST_NS, type LatencyHistogram } from "./histogram.js";

/**
 * V2 of HdrHistogram's encoding, deflated, in base64: what every implementation reads. After a header come the counts of all buckets
 * up to the last that holds something, as ZigZag LEB128; a negative one stands for so many empty buckets.
 *
 * hdr-histogram-js writes the same, byte for byte (a test holds both against each other), from a histogram in which every bucket has
 * its place: 280 KB for some hundred counts, which a matrix would fill and read for every variant after every set.
 */
const COOKIE = 0x1c849313;
const DEFLATED_COOKIE = 0x1c849314;
const HEADER_BYTES = 40;
const DEFLATED_HEADER_BYTES = 8;
const SIGNIFICANT_DIGITS = 3;
/** No count and no stretch of empty buckets takes more. */
const MOST_BYTES = 9;

/** V2 HDR histogram, compressed, base64, in nanoseconds. Longer values than an HDR histogram of ours holds count as its longest. */
export function encodeHistogram({ buckets, counts }: LatencyHistogram): string {
	const bytes = Buffer.alloc(HEADER_BYTES + 2 * MOST_BYTES * (buckets.length + 1));
	let at = HEADER_BYTES;
	const put = (value: number): void => {
		let rest = value < 0 ? -2 * value - 1 : 2 * value;
		for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes[at++] = (rest % 0x80) + 0x80;
		bytes[at++] = rest;
	};
	let next = 0;
	for (let i = 0; i < buckets.length; i++) {
		const bucket = Math.min(HIGHEST_BUCKET, buckets[i] as number);
		let count = counts[i] as number;
		if (bucket === HIGHEST_BUCKET) while (++i < buckets.length) count += counts[i] as number;
		if (bucket - next > 1) put(next - bucket);
		else if (bucket > next) put(0);
		put(count);
		next = bucket + 1;
	}
	if (buckets.length === 0) put(0);
	bytes.writeUInt32BE(COOKIE, 0);
	bytes.writeUInt32BE(at - HEADER_BYTES, 4);
	bytes.writeUInt32BE(1, 8);
	bytes.writeUInt32BE(SIGNIFICANT_DIGITS, 12);
	bytes.writeBigUInt64BE(1n, 16);
	bytes.writeBigUInt64BE(BigInt(HIGHEST_NS), 24);
	bytes.writeBigUInt64BE(1n, 32);
	const deflated = deflateSync(bytes.subarray(0, at));
	const header = Buffer.alloc(DEFLATED_HEADER_BYTES);
	header.writeUInt32BE(DEFLATED_COOKIE, 0);
	header.writeUInt32BE(deflated.length, 4);
	return Buffer.concat([header, deflated]).toString("base64");
}

const HIGHEST_BUCKET = bucketOf(HIGHEST_NS);

/** @param histogramV2 as encodeHistogram writes it */
export function decodeHistogram(histogramV2: string): LatencyHistogram {
	const bytes = inflateSync(Buffer.from(histogramV2, "base64").subarray(DEFLATED_HEADER_BYTES));
	const buckets: number[] = [];
	const counts: number[] = [];
	let bucket = 0;
	for (let at = HEADER_BYTES; at < bytes.length; ) {
		let zigzag = 0;
		for (let unit = 1; ; unit *= 0x80) {
			const byte = bytes[at++] ?? 0;
			zigzag += (byte % 0x80) * unit;
			if (byte < 0x80) break;
		}
		if (zigzag % 2 === 1) {
			bucket += (zigzag + 1) / 2;
			continue;
		}
		if (zigzag > 0) {
			buckets.push(bucket);
			counts.push(zigzag / 2);
		}
		bucket++;
	}
	const totalCount = counts.reduce((sum, count) => sum + count, 0);
	return { buckets: Uint32Array.from(buckets), counts: Float64Array.from(counts), totalCount };
}
