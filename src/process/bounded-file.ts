import { fstatSync, ftruncateSync, readSync, writeSync } from "node:fs";

export interface FileBounds {
	/** From this size on the middle is cut out. */
	readonly mostBytes: number;
	/** What stays of the beginning, and of the end at that moment. */
	readonly headBytes: number;
	readonly tailBytes: number;
}

const MIB = 1024 * 1024;
const BOUNDS: FileBounds = { mostBytes: 64 * MIB, headBytes: MIB, tailBytes: MIB / 4 };
const LOOK_MS = 100;

/**
 * Keeps a file small that others write to by themselves, to its end: it is looked at ten times a second, and where it has become
 * too large its middle is cut out, with a line in the place that says so. Returns what stops that, after a last look.
 * @param descriptor opened to append and to read ("a+"), and so must be that of the writers: they go on at the new end
 */
export function boundFile(descriptor: number, bounds: FileBounds = BOUNDS): () => void {
	const timer = setInterval(() => cutMiddle(descriptor, bounds), LOOK_MS).unref();
	return () => {
		clearInterval(timer);
		cutMiddle(descriptor, bounds);
	};
}

/** What is written between reading the end and cutting is lost with the middle. */
export function cutMiddle(descriptor: number, { mostBytes, headBytes, tailBytes }: FileBounds): void {
	try {
		const { size } = fstatSync(descriptor);
		if (size <= mostBytes) return;
		const tail = Buffer.alloc(tailBytes);
		const read = readSync(descriptor, tail, 0, tailBytes, size - tailBytes);
		ftruncateSync(descriptor, headBytes);
		const cutMib = Math.round((size - headBytes - tailBytes) / MIB);
		writeSync(
			descriptor,
			`\n[az-prof cut ${cutMib} MiB out of this log here: it is kept below ${mostBytes / MIB} MiB]\n`,
		);
		writeSync(descriptor, tail, 0, read);
	} catch {
		// A log that cannot be cut (a full disk) is no reason to end a measurement.
	}
}
