import { LONG_LINE } from "#src/analyse/import/zero-x/log.js";
import type { TickCounts } from "#src/model/call-tree.js";
import type { ProfileFinding } from "#src/model/finding.js";

/** Findings of 0x. */

/** Below these shares a loss changes no conclusion at the precision that 0x has. */
const NOTABLE_LOSS = 0.01;
const NOTABLE_UNKNOWN = 0.05;
const SERIOUS_LOSS = 0.2;
const NOTABLE_MISS = 1 / 3;

const of0x = { about: "0x", variant: null } as const;

export interface Loss {
	readonly ticks: TickCounts;
	/** Ticks of the window whose log lines are too long for 0x. */
	readonly longLines: number;
	/** Ticks that the sampling interval promises for the window. */
	readonly nominal: number;
}

/** SAMPLES_LOST: ticks that were taken and are in neither 0x's graph nor our tree. Null where it is less than 1 %. */
export function samplesLost({ ticks, longLines }: Loss): ProfileFinding | null {
	const busyTicks = ticks.total - ticks.idle;
	const lostShare = ticks.total === 0 ? 0 : ticks.lost / busyTicks;
	if (lostShare < NOTABLE_LOSS) return null;
	return {
		code: "SAMPLES_LOST",
		severity: lostShare >= SERIOUS_LOSS ? "problem" : "warning",
		...of0x,
		figures: {
			profiler: "0x",
			lostTicks: ticks.lost,
			busyTicks,
			lostShare,
			longLineCharacters: longLines > ticks.lost / 2 ? LONG_LINE : null,
		},
	};
}

/** SAMPLES_MISSED: far fewer ticks were taken than the interval promises. Null where it is less than a third. */
export function samplesMissed({ ticks, nominal }: Loss): ProfileFinding | null {
	const missedShare = nominal === 0 ? 0 : 1 - ticks.total / nominal;
	if (missedShare < NOTABLE_MISS) return null;
	return {
		code: "SAMPLES_MISSED",
		severity: "info",
		...of0x,
		figures: { takenTicks: ticks.total, nominalTicks: nominal, missedShare },
	};
}

export interface Leaves {
	readonly ticks: TickCounts;
	readonly leavesUnknownTo0x: number;
	readonly machinery: number;
}

/** UNKNOWN_CODE: leaves without a function. Null where 0x knows 95 % of them. */
export function unknownCode({ ticks, leavesUnknownTo0x, machinery }: Leaves): ProfileFinding | null {
	if (ticks.busy === 0) return null;
	const unknownTo0xShare = leavesUnknownTo0x / ticks.busy;
	const unknownShare = ticks.unknown / ticks.busy;
	if (unknownTo0xShare < NOTABLE_UNKNOWN && unknownShare < NOTABLE_UNKNOWN) return null;
	return {
		code: "UNKNOWN_CODE",
		severity: unknownShare >= NOTABLE_UNKNOWN ? "warning" : "info",
		...of0x,
		figures: { busyTicks: ticks.busy, unknownTo0xShare, machineryShare: machinery / ticks.busy, unknownShare },
	};
}

/** DRAWING_FAILED: there is no flamegraph.html of 0x's own. */
export const drawingFailed = (message: string): ProfileFinding => ({
	code: "DRAWING_FAILED",
	severity: "warning",
	...of0x,
	figures: { message },
});
