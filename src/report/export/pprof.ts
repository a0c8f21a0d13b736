import { gzipSync } from "node:zlib";
import { Line, Location, Function as PprofFunction, Profile, Sample, StringTable, ValueType } from "pprof-format";
import { type Exported, stackOf, tickWorth } from "./exported.js";

/**
 * pprof's gzipped protocol buffer: for every stack how many samples it had, and, where it is known, nanoseconds of CPU
 * ("cpu") or bytes ("alloc_space") per request, rounded.
 */
export function pprof(exported: Exported): Uint8Array {
	const { tree, profile } = exported;
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
	const sample = tree.nodes.flatMap((node, index) => {
		if (node.selfTicks === 0 || index === 0) return [];
		const locationId = stackOf(tree, index)
			.map((frame) => frame + 1)
			.reverse();
		const samples = Math.max(1, Math.round(node.selfTicks));
		return [new Sample({ locationId, value: known ? [samples, Math.round(node.selfTicks * perTick)] : [samples] })];
	});
	const sampleType = [typeOf("samples", "count"), ...(known ? [cost] : [])];
	return gzipSync(new Profile({ sampleType, sample, location, function: functions, stringTable }).encode());
}
