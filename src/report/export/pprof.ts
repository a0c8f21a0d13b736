import { gzipSync } from "node:zlib";
import { Line, Location, Function as PprofFunction, Profile, Sample, StringTable, ValueType } from "pprof-format";
import { type Exported, exportTitle, stackOf, tickWorth, wholeAmounts } from "./exported.js";

/**
 * pprof's gzipped protocol buffer: for every stack how many samples it had, and, where it is known, nanoseconds of CPU
 * ("cpu") or bytes ("alloc_space") per request, rounded so that their sums are right.
 */
export function pprof(exported: Exported): Uint8Array {
	const { tree, run, profile } = exported;
	const stringTable = new StringTable();
	const { unit, perTick } = tickWorth(exported);
	const typeOf = (type: string, unit: string): ValueType =>
		new ValueType({ type: stringTable.dedup(type), unit: stringTable.dedup(unit) });
	const cost = profile.measures === "cpu" ? typeOf("cpu", "nanoseconds") : typeOf("alloc_space", "bytes");
	const known = unit !== "ticks";
	const functions = tree.frames.map(
		(frame, index) =>
			new PprofFunction({
				id: index + 1,
				name: stringTable.dedup(frame.name),
				systemName: stringTable.dedup(frame.name),
				filename: stringTable.dedup(frame.file ?? ""),
				startLine: frame.line ?? 0,
			}),
	);
	const location = tree.frames.map(
		(frame, index) =>
			new Location({ id: index + 1, line: [new Line({ functionId: index + 1, line: frame.line ?? 0 })] }),
	);
	const counts = wholeAmounts(tree.nodes.map(({ selfTicks, measured }) => (measured ? 0 : selfTicks)));
	const amounts = wholeAmounts(tree.nodes.map(({ selfTicks }) => selfTicks * perTick));
	const sample = tree.nodes.flatMap((_, index) => {
		const value = known ? [counts[index] ?? 0, amounts[index] ?? 0] : [counts[index] ?? 0];
		if (index === 0 || value.every((each) => each === 0)) return [];
		const locationId = stackOf(tree, index)
			.map((frame) => frame + 1)
			.reverse();
		return [new Sample({ locationId, value })];
	});
	const sampleType = [typeOf("samples", "count"), ...(known ? [cost] : [])];
	const made = new Profile({
		sampleType,
		sample,
		location,
		function: functions,
		timeNanos: BigInt(Date.parse(run.startedAt)) * 1_000_000n,
		comment: [stringTable.dedup(`${exportTitle(exported)}: ${known ? "one request" : "ticks"}`)],
		stringTable,
	});
	return gzipSync(made.encode());
}
