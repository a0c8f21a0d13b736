import type { MatrixProgress } from "#src/model/progress.js";
import type { MeasuredDesign } from "./measured-design.js";
import { type MeasuringContext, SetsOfBlock } from "./sets-of-block.js";

/** Fewer say little of the noise between processes; with few variants it takes more of them, which are short then. */
const FEWEST_CYCLES = 3;
/** Where the time is over by more than a tenth before. */
const FEWEST_IN_HASTE = 2;
const PUNCTUAL = 1.1;
const FEWEST_DEGREES = 6;
/** A set is expected to take as long as the longest lately, and a little less the longer that is ago. */
const FADING = 0.7;

/** Who is told how it goes. */
export interface Listener {
	/** Before every set. */
	say(about: Pick<MatrixProgress, "way" | "set" | "blocks" | "variants">): void;
	/** After each set, when the evidence has grown. */
	afterSet(): void;
}

/** How often every block is measured, at the least. */
export function fewestCycles(
	variants: number,
	blocks: MeasuredDesign["blocks"],
): { readonly usual: number; readonly inHaste: number } {
	const inBlocks = blocks.reduce((sum, block) => sum + block.length, 0);
	// Of so many cycles: a value for each process, less one for each variant, and for each set but one.
	const degrees = (cycles: number): number => cycles * (inBlocks - blocks.length) + 1 - variants;
	const enough = (least: number): number => {
		let cycles = least;
		while (degrees(cycles) < FEWEST_DEGREES) cycles++;
		return cycles;
	};
	return { usual: enough(FEWEST_CYCLES), inHaste: enough(FEWEST_IN_HASTE) };
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
	const fewest = fewestCycles(measured.variants.length, measured.blocks);
	let expectedMs = 0;
	try {
		for (let cycle = 1; ; cycle++) {
			let grown = false;
			for (const sets of blocks) {
				const setBeganMs = clock.now();
				const elapsedMs = setBeganMs - beganMs;
				const isOver = elapsedMs + expectedMs > withinMs;
				const needed = elapsedMs + expectedMs > PUNCTUAL * withinMs ? fewest.inHaste : fewest.usual;
				if (isOver && cycle > needed) return;
				const { way, variants } = measured;
				listener.say({ way, set: cycle, blocks: blocks.length, variants: variants.length });
				const set = await sets.next();
				if (set === null) continue;
				measured.sets.push(set);
				grown = true;
				listener.afterSet();
				expectedMs = Math.max(expectedMs * FADING, clock.now() - setBeganMs);
			}
			// So many variants have failed that nothing is left to be compared.
			if (!grown) return;
		}
	} finally {
		for (const sets of blocks) await sets.close();
	}
}
