import type { ProfileNote } from "#src/model/profile-note.js";
import { formatCount } from "#src/report/numbers/format.js";
import { formatDurationMs } from "#src/report/numbers/times.js";

/** How a profile was taken, in a sentence without a full stop. */
export function profileNote(note: ProfileNote): string {
	switch (note.kind) {
		case "CPU sampler":
			return `one sample every ${note.intervalUs / 1e3} ms of the main thread, over ${formatDurationMs(note.windowUs / 1e3)}; sampler running since the target's start`;
		case "isolates":
			return `taken in ${formatCount(note.isolates)} processes and worker threads at once`;
		case "samples":
			return `${formatCount(note.taken)} of ${formatCount(note.due)} due samples were taken, ${formatCount(note.idle)} of them idle`;
		case "inlined charged to callers":
			return "inlined functions are charged to their callers";
		case "inlined put back":
			return `${formatCount(note.ticks)} ticks put back to inlined functions, ${formatCount(note.ambiguousTicks)} on lines with several possible owners`;
		case "reference run":
			return `reference: ${note.flags.join(" ")}`;
		case "allocation sampler":
			return `one sample for every ${formatCount(note.intervalBytes)} bytes allocated, garbage included: ${formatCount(note.samples)} samples`;
		case "taken without inlining":
			return "without inlining, so that every function is charged with its own allocations; what V8 saves by inlining (objects that never reach the heap) is in the bytes per request, not in the shares";
		case "V8 log":
			return `V8's log (--prof), a tick every ${note.intervalUs} µs: ${formatCount(note.ticks)} in the window, nominally ${formatCount(note.nominalTicks)}`;
		case "0x draws the whole life":
			return "The tree holds the measured window; 0x's own flamegraph the whole life of the target, start and warm-up included";
		case "V8's own ticks":
			return `Of ${formatCount(note.busy)} busy ticks ${formatCount(note.garbageCollector)} were in the garbage collector and ${formatCount(note.compiling)} in V8's parser and compilers`;
		case "machinery":
			return `${formatCount(note.ticks)} busy ticks were in V8's machinery for a function (inline caches, calls, operators) and are charged to it`;
		case "unknown tops":
			return `The top of the stack was unknown to 0x in ${formatCount(note.to0x)} busy ticks and is still unknown in ${formatCount(note.still)}`;
		case "0x without optimised sources":
			return "0x's printing of optimised sources was off (--no-print-opt-source): it takes CPU time of the target itself";
		case "inlined by the log":
			return `Functions that V8 inlined are put back from the source positions in its log, which is exact: ${formatCount(note.ticks)} busy ticks were theirs${note.unnamed === 0 ? "" : `; ${formatCount(note.unnamed)} more were in functions that the log does not name, and stay with their callers`}`;
		case "source maps":
			return sourceMapsNote(note);
		default:
			return clinicNote(note);
	}
}

type ClinicNote = Extract<
	ProfileNote,
	{ readonly kind: `clinic ${string}` | "load of its own" | "target ended by signal" }
>;

function clinicNote(note: ClinicNote): string {
	switch (note.kind) {
		case "load of its own":
			return `its load was ${formatCount(note.clients)} clients for ${formatDurationMs(note.durationMs)}, because it slows the target so much; that window is not in the table`;
		case "target ended by signal":
			return "the target did not end when it was asked to and was ended by a signal; what it had not written by then is missing";
		case "clinic bubbleprof":
			return "operations and callbacks that began in the measured window; our own connection into the target is among them (a few PIPEWRAP and WRITEWRAP)";
		case "clinic doctor":
			return `a sample every ${note.intervalMs} ms: ${formatCount(note.samples)} in the life of the target; the series are those of the measured window, the verdict is about the stretch that the tool itself takes for the load`;
		case "clinic flame without time":
			return "its samples carry no time: the tree is of the target's whole life, start and warm-up included";
		case "clinic flame drops samples":
			return "its garbage collection is not told apart, and its 0x drops samples with very long stacks without a word";
		case "clinic flame without optimised sources":
			return "the printing of optimised sources was off (--no-print-opt-source): a third of a short profile is of that otherwise";
		case "clinic heapprofiler shows what stays":
			return "only what was still on the heap at the end: garbage is not in it, and start and warm-up are";
	}
}

function sourceMapsNote({ functions, scripts }: Extract<ProfileNote, { readonly kind: "source maps" }>): string {
	const [are, were] = functions === 1 ? ["function is", "it was"] : ["functions are", "they were"];
	return `${formatCount(functions)} ${are} shown where ${were} written, by the source ${scripts === 1 ? "map" : "maps"} of ${formatCount(scripts)} ${scripts === 1 ? "script" : "scripts"}`;
}
