import { LEAST_SHARE } from "#src/analyse/findings/v8.js";
import type { FiguresOf } from "#src/model/finding.js";
import { formatCount } from "#src/report/numbers/format.js";
import { formatShare } from "#src/report/numbers/shares.js";
import { quoted } from "#src/report/sentences/phrases.js";
import type { SentenceWriters } from "./writers.js";

function inlinedPutBack({ putBackShare, ambiguousShare, unresolvedShare }: FiguresOf<"INLINED_PUT_BACK">): string {
	const some = putBackShare > LEAST_SHARE;
	const ambiguity =
		ambiguousShare === 0
			? some
				? "; each of them had one possible owner"
				: ""
			: `; ${formatShare(ambiguousShare)} of all busy ticks were on lines that more than one function could own, and were shared out`;
	const unresolved =
		unresolvedShare === 0 ? "" : `; ${formatShare(unresolvedShare)} found no owner and stay with the caller`;
	return `${some ? formatShare(putBackShare) : "Hardly any"} of the busy ticks were in functions that V8 had inlined into their callers and are charged to the functions themselves${ambiguity}${unresolved}.`;
}

function samplesLost(figures: FiguresOf<"SAMPLES_LOST">): string {
	switch (figures.profiler) {
		case "v8":
			return `V8's sampler took ${formatShare(1 - figures.lostShare)} of the ${formatCount(figures.dueTicks)} samples that were due; on a machine this busy shares are less certain than their number suggests.`;
		case "0x": {
			const { lostTicks, busyTicks, lostShare, longLineCharacters } = figures;
			const why =
				longLineCharacters === null
					? "their log lines could not be read"
					: `it drops log lines of ${formatCount(longLineCharacters)} characters and more, which deep call stacks have`;
			return `0x lost ${formatCount(lostTicks)} of the ${formatCount(busyTicks)} busy ticks of the window (${formatShare(lostShare)}): ${why}; its shares are of what is left, so deep code is missing from them.`;
		}
	}
}

function isolatesNotSampled(about: string, { isolates, lost, silent }: FiguresOf<"ISOLATES_NOT_SAMPLED">): string {
	const parts = [
		...(lost === 0 ? [] : [`${formatCount(lost)} ended without a word`]),
		...(silent === 0 ? [] : [`${formatCount(silent)} did not answer, as with an event loop that stands still`]),
	];
	return `Of the target's ${formatCount(isolates)} processes and worker threads some are not in the profile by ${about}: ${parts.join(", ")}.`;
}

function mapsUnusable({ scripts, named }: FiguresOf<"SOURCE_MAP_UNUSABLE">): string {
	const names = named.map(({ script, why }) => `${script} (${why})`).join(", ");
	const rest = scripts - named.length;
	return `The source ${scripts === 1 ? "map" : "maps"} of ${names}${rest === 0 ? "" : ` and ${rest} more`} could not be used; functions are shown as they run.`;
}

export const profileSentences = {
	COLLECTOR_FAILED: ({ about, figures: { message } }) => `No profile by ${about}: ${quoted(message)}.`,
	COLLECTOR_UNAVAILABLE: ({ about, figures: { why, fix } }) => `No profile by ${about}: ${why}; ${fix}.`,
	THREADS_NOT_TOLD: ({ about }) =>
		`What other threads than the main one used is not known here (it is on Linux, in /proc/…/schedstat), so the profile by ${about} is scaled to the CPU of all threads, although it is of the main one.`,
	ONE_PROCESS_PROFILED: ({ about, figures: { processes, workerThreads } }) =>
		`The target has ${formatCount(processes)} ${processes === 1 ? "process" : "processes"}${workerThreads === 0 ? "" : ` and ${formatCount(workerThreads)} ${workerThreads === 1 ? "worker thread" : "worker threads"}`}, and ${about} profiles the main thread of one process only; what the others used is a frame of its own.`,
	ISOLATES_NOT_SAMPLED: ({ about, figures }) => isolatesNotSampled(about, figures),
	PROFILER_HEAVY: ({ figures: { collector, overheadShare } }) =>
		`Under ${collector} a request cost ${formatShare(overheadShare)} more CPU than without it: read its flamegraph for shares, not for times.`,
	SOURCE_MAP_UNUSABLE: ({ figures }) => mapsUnusable(figures),
	INLINED_PUT_BACK: ({ figures }) => inlinedPutBack(figures),
	INLINING_UNRESOLVED: ({ figures: { message } }) =>
		`Functions that V8 inlined are charged to their callers, because the reference run without inlining failed: ${quoted(message)}.`,
	SAMPLES_LOST: ({ figures }) => samplesLost(figures),
	SAMPLES_MISSED: ({ figures: { takenTicks, nominalTicks, missedShare } }) =>
		`V8 took ${formatCount(takenTicks)} ticks for 0x in the window instead of ${formatCount(nominalTicks)} (${formatShare(missedShare)} fewer): its sampler thread sleeps between ticks and shares the target's cores. The shares rest on fewer samples, and system calls may be over-represented among them.`,
	UNKNOWN_CODE: ({ figures: { unknownTo0xShare, machineryShare, unknownShare } }) =>
		`0x has no name for the top of the stack in ${formatShare(unknownTo0xShare)} of the busy ticks, and its own flamegraph gives all their time to the callers; here V8's machinery is charged to the function it works for (${formatShare(machineryShare)}), native code and library builtins are frames of their own, and ${formatShare(unknownShare)} stay "(unknown code)".`,
	DRAWING_FAILED: ({ figures: { message } }) =>
		`0x did not draw its own flamegraph (${quoted(message)}); the ticks were read from V8's log instead.`,
} satisfies Partial<SentenceWriters>;
