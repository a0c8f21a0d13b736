import { LONG_LINE } from "#src/analyse/import/zero-x/log.js";
import type { TickCounts } from "#src/model/call-tree.js";
import type { Finding } from "#src/model/finding.js";

const ABOUT = "0x";
/** Below these shares a loss changes no conclusion at the precision that 0x has. */
const NOTABLE_LOSS = 0.01;
const NOTABLE_UNKNOWN = 0.05;
const SERIOUS_LOSS = 0.2;

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
const counted = (count: number): string => count.toLocaleString("en-US");

export interface Loss {
	readonly ticks: TickCounts;
	/** Ticks of the window whose log lines are too long for 0x. */
	readonly longLines: number;
	/** Ticks that the sampling interval promises for the window. */
	readonly nominal: number;
}

/** SAMPLES_LOST: ticks that were taken and are in neither 0x's graph nor our tree. Null where it is less than 1 %. */
export function samplesLost({ ticks, longLines, nominal }: Loss): Finding | null {
	const share = ticks.total === 0 ? 0 : ticks.lost / (ticks.total - ticks.idle);
	if (share < NOTABLE_LOSS) return null;
	const why =
		longLines > ticks.lost / 2
			? `it drops log lines of ${counted(LONG_LINE)} characters and more, which deep call stacks have`
			: "their log lines could not be read";
	return {
		code: "SAMPLES_LOST",
		severity: share >= SERIOUS_LOSS ? "problem" : "warning",
		about: ABOUT,
		figures: { lost: ticks.lost, total: ticks.total, idle: ticks.idle, share, longLines, nominal },
		sentence:
			`0x lost ${counted(ticks.lost)} of the ${counted(ticks.total - ticks.idle)} busy ticks of the window (${percent(share)}): ` +
			`${why}; its shares are of what is left, so deep code is missing from them.`,
	};
}

/** SAMPLES_MISSED: far fewer ticks were taken than the interval promises. Null where it is less than a third. */
export function samplesMissed({ ticks, nominal }: Loss): Finding | null {
	const share = nominal === 0 ? 0 : 1 - ticks.total / nominal;
	if (share < 1 / 3) return null;
	return {
		code: "SAMPLES_MISSED",
		severity: "info",
		about: ABOUT,
		figures: { taken: ticks.total, nominal, share },
		sentence:
			`V8 took ${counted(ticks.total)} ticks for 0x in the window instead of ${counted(Math.round(nominal))} (${percent(share)} fewer): ` +
			"its sampler thread sleeps between ticks and shares the target's cores. The shares rest on fewer samples, and system calls may be over-represented among them.",
	};
}

export interface Leaves {
	readonly ticks: TickCounts;
	readonly leavesUnknownTo0x: number;
	readonly machinery: number;
}

/** UNKNOWN_CODE: leaves without a function. Null where 0x knows 95 % of them. */
export function unknownCode({ ticks, leavesUnknownTo0x, machinery }: Leaves): Finding | null {
	if (ticks.busy === 0) return null;
	const to0x = leavesUnknownTo0x / ticks.busy;
	const left = ticks.unknown / ticks.busy;
	if (to0x < NOTABLE_UNKNOWN && left < NOTABLE_UNKNOWN) return null;
	return {
		code: "UNKNOWN_CODE",
		severity: left >= NOTABLE_UNKNOWN ? "warning" : "info",
		about: ABOUT,
		figures: {
			busy: ticks.busy,
			unknownTo0x: leavesUnknownTo0x,
			shareUnknownTo0x: to0x,
			machinery,
			unknown: ticks.unknown,
			share: left,
		},
		sentence:
			`0x has no name for the top of the stack in ${percent(to0x)} of the busy ticks, and its own flamegraph gives all their time to ` +
			`the callers; here V8's machinery is charged to the function it works for (${percent(machinery / ticks.busy)}), native code and ` +
			`library builtins are frames of their own, and ${percent(left)} stay "(unknown code)"`,
	};
}

/** DRAWING_FAILED: there is no flamegraph.html of 0x's own. */
export const drawingFailed = (why: string): Finding => ({
	code: "DRAWING_FAILED",
	severity: "warning",
	about: ABOUT,
	figures: {},
	sentence: `0x did not draw its own flamegraph (${why}); the ticks were read from V8's log instead`,
});
