import type { ReadingSeries, ToolVerdict } from "#src/model/readings.js";

/** One sample of clinic doctor, by default every 10 ms. */
interface ProcessStat {
	/** Milliseconds since 1970. */
	readonly atMs: number;
	/** How much later than planned its timer fired. */
	readonly delayMs: number;
	/** CPU time of the process per time: 1 is one core. */
	readonly cpu: number;
	readonly rssBytes: number;
	readonly heapUsedBytes: number;
	readonly handles: number;
}

const PREFIX_BYTES = 2;
/** Wire types of protocol buffers. */
const VARINT = 0;
const DOUBLE = 1;
const MESSAGE = 2;

/**
 * Decodes clinic doctor's process statistics: messages of protocol buffers (process-stat.proto), each behind its length as
 * two bytes, the larger first. A last message that was cut short is left out.
 * @throws RangeError for what is no such file
 */
export function parseProcessStats(data: Uint8Array): ProcessStat[] {
	const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
	const stats: ProcessStat[] = [];
	for (let at = 0; at + PREFIX_BYTES <= data.byteLength; ) {
		const length = view.getUint16(at);
		const start = at + PREFIX_BYTES;
		if (start + length > data.byteLength) break;
		stats.push(statOf(view, start, start + length));
		at = start + length;
	}
	return stats;
}

function statOf(view: DataView, start: number, end: number): ProcessStat {
	const fields = readFields(view, start, end);
	const memory = fields.get(4);
	if (!Array.isArray(memory)) throw new RangeError("a sample without memory");
	const inner = readFields(view, memory[0], memory[1]);
	const number = (from: ReadonlyMap<number, Field>, key: number): number => {
		const value = from.get(key);
		if (typeof value !== "number") throw new RangeError(`a sample without field ${key}`);
		return value;
	};
	return {
		atMs: number(fields, 1),
		delayMs: number(fields, 2),
		cpu: number(fields, 3),
		rssBytes: number(inner, 1),
		heapUsedBytes: number(inner, 3),
		handles: number(fields, 5),
	};
}

type Field = number | readonly [start: number, end: number];

function readFields(view: DataView, start: number, end: number): Map<number, Field> {
	const fields = new Map<number, Field>();
	let at = start;
	const varint = (): number => {
		let value = 0;
		for (let factor = 1; at < end; factor *= 128) {
			const byte = view.getUint8(at++);
			value += (byte & 127) * factor;
			if (byte < 128) return value;
		}
		throw new RangeError("a sample that is cut short");
	};
	while (at < end) {
		const key = varint();
		const field = key >> 3;
		switch (key & 7) {
			case VARINT:
				fields.set(field, varint());
				break;
			case DOUBLE:
				if (at + 8 > end) throw new RangeError("a sample that is cut short");
				fields.set(field, view.getFloat64(at, true));
				at += 8;
				break;
			case MESSAGE: {
				const length = varint();
				if (at + length > end) throw new RangeError("a sample that is cut short");
				fields.set(field, [at, at + length]);
				at += length;
				break;
			}
			default:
				throw new RangeError("it is not a file of process statistics");
		}
	}
	return fields;
}

const BUCKET_MS = 100;

/** The samples of a window as series of about ten points a second. */
export function statSeries(
	stats: readonly ProcessStat[],
	window: { readonly fromMs: number; readonly toMs: number },
): ReadingSeries[] {
	const buckets = new Map<number, ProcessStat[]>();
	for (const stat of stats) {
		if (stat.atMs < window.fromMs || stat.atMs > window.toMs) continue;
		const key = Math.floor((stat.atMs - window.fromMs) / BUCKET_MS);
		const bucket = buckets.get(key);
		if (bucket === undefined) buckets.set(key, [stat]);
		else bucket.push(stat);
	}
	const series = (
		label: string,
		unit: ReadingSeries["unit"],
		value: (stat: ProcessStat) => number,
		of: "mean" | "largest",
	): ReadingSeries => ({
		label,
		unit,
		points: [...buckets].map(([key, bucket]) => {
			const values = bucket.map(value);
			const sum = values.reduce((total, each) => total + each, 0);
			return [(key + 0.5) * BUCKET_MS, of === "mean" ? sum / values.length : Math.max(...values)];
		}),
	});
	if (buckets.size === 0) return [];
	return [
		series("CPU", "share", ({ cpu }) => cpu, "mean"),
		series("event-loop delay", "ms", ({ delayMs }) => delayMs, "largest"),
		series("handles", "count", ({ handles }) => handles, "mean"),
		series("heap used", "bytes", ({ heapUsedBytes }) => heapUsedBytes, "mean"),
		series("resident memory", "bytes", ({ rssBytes }) => rssBytes, "mean"),
	];
}

/** The verdict that clinic doctor has put into its page; null where there is none. */
export function doctorVerdict(html: string): ToolVerdict | null {
	const text = /"analysis":\s*(\{.*?"issueCategory":\s*"[\w-]+"\s*\})/s.exec(html)?.[1];
	if (text === undefined) return null;
	try {
		const { issues, issueCategory } = JSON.parse(text) as { issues: Record<string, unknown>; issueCategory: string };
		const flat = Object.entries(issues).flatMap(([name, issue]) =>
			typeof issue === "string"
				? [[name, issue] as const]
				: Object.entries(issue as Record<string, string>).map(([part, value]) => [`${name} ${part}`, value] as const),
		);
		return { category: issueCategory, issues: Object.fromEntries(flat) };
	} catch {
		return null;
	}
}
