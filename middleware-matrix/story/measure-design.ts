import type { MeasuredDesign } from "./measured-design.js";
import { type MeasuringContext, SetsOfBlock } from "./sets-of-block.js";

/** Fewer say nothing of the noise between processes; with few variants it takes more of them, which are short then. */
const FEWEST_CYCLES = 3;
const FEWEST_DEGREES = 6;
/** A cycle is expected to take as long as the longest lately, and a little less the longer that is ago. */
const FADING = 0.7;

/** Who is told how it goes. */
export interface Listener {
	/** Before every set. */
	say(phase: string): void;
	/** After each cycle, when the evidence has grown. */
	afterCycle(): void;
}

/**
 * Measures every block in turn, again and again, until the time is over; what the evidence says by then does not decide when to
 * stop.
 * @throws what makes going on senseless: bare cannot be measured, or the run is interrupted; what was measured stays in `measured`
 */
export async function measureDesign(
	measured: MeasuredDesign,
	withinMs: number,
	context: MeasuringContext,
	listener: Listener,
): Promise<void> {
	const { clock } = context;
	const beganMs = clock.now();
	const blocks = measured.blocks.map(
		(_, block) => new SetsOfBlock(measured, block, withinMs / measured.blocks.length, context),
	);
	const fewest = Math.max(FEWEST_CYCLES, 1 + Math.ceil(FEWEST_DEGREES / (measured.variants.length - 1)));
	let expectedMs = 0;
	try {
		for (let cycle = 1; ; cycle++) {
			const cycleBeganMs = clock.now();
			let grown = false;
			for (const sets of blocks) {
				listener.say(progress(measured, cycle, clock.now() - beganMs, withinMs));
				const set = await sets.next();
				if (set === null) continue;
				measured.sets.push(set);
				grown = true;
			}
			// So many variants have failed that nothing is left to be compared.
			if (!grown) return;
			listener.afterCycle();
			expectedMs = Math.max(expectedMs * FADING, clock.now() - cycleBeganMs);
			const isOver = clock.now() - beganMs + expectedMs > withinMs;
			if (isOver && cycle >= fewest) return;
		}
	} finally {
		for (const sets of blocks) await sets.close();
	}
}

function progress({ blocks, variants }: MeasuredDesign, cycle: number, elapsedMs: number, withinMs: number): string {
	const parts = blocks.length === 1 ? "" : ` of ${blocks.length} parts`;
	const time = `${Math.round(elapsedMs / 1e3)} s of about ${Math.round(withinMs / 1e3)} s`;
	return `set ${cycle}${parts}, ${variants.length} variants, ${time}`;
}
