import type { MemoryPlace } from "#src/model/memory-places.js";
import { formatByteCount, formatBytes } from "#src/report/numbers/bytes.js";
import { formatCount } from "#src/report/numbers/format.js";
import { formatShare } from "#src/report/numbers/shares.js";
import { quoted } from "#src/report/sentences/phrases.js";
import type { SentenceWriters } from "./writers.js";

const placeOf: Readonly<Record<MemoryPlace, string>> = {
	heap: "on the heap",
	outside: "in buffers outside of the heap",
};

export const allocationSentences = {
	LEAK: ({ figures: { where, bytesPerRequest, low, high, requests, bytesPerHour } }) =>
		`A request leaves ${formatByteCount(bytesPerRequest)} ${placeOf[where]} for good (95 % interval ${formatCount(low)} to ${formatByteCount(high)}, over ${formatCount(requests)} requests, after full collections): ${formatBytes(bytesPerHour)} an hour at this load.`,
	MEMORY_GREW: ({ figures: { where, requests } }) =>
		`What is kept ${placeOf[where]} grew at first and then no more, as a cache does that fills (${formatCount(requests)} requests).`,
	GC_HEAVY: ({ figures: { share } }) =>
		`Pauses of the garbage collector take ${formatShare(share)} of the target's CPU time: fewer or shorter-lived allocations would save it.`,
	ROOM_UNUSED: ({ figures: { usedBytesPerRequest, share } }) =>
		`The heap fills by ${formatByteCount(usedBytesPerRequest)} a request, ${formatShare(share)} more than its objects have: large objects leave room unused at the ends of V8's pages, or a request allocates more under many clients than under one.`,
	HEAP_NOT_READ: ({ figures: { message } }) =>
		`Who keeps what leaks is not known, because the heap could not be looked into: ${quoted(message)}.`,
	OBJECTS_NOT_COUNTED: ({ figures: { message } }) =>
		`Objects could not be counted: ${quoted(message)}. Bytes are those of V8's counters.`,
} satisfies Partial<SentenceWriters>;
