import { blocksOf } from "#matrix/designs/blocks.js";
import type { Design } from "#matrix/designs/design.js";
import type { Run } from "#src/investigate/run.js";
import type { InterleaveClock } from "#src/measure/interleave.js";
import type { RandomSource } from "#src/random.js";
import { BlockStream } from "./block-stream.js";
import type { StageSet } from "./estimates.js";
import type { LiveVariants } from "./live-variants.js";
import type { MatrixPlan } from "./plan.js";
import type { MeasuredVariant } from "./variants.js";

/** Fewer say nothing of the noise between processes; with few variants it takes more of them, which are short then. */
const FEWEST_CYCLES = 3;
const FEWEST_DEGREES = 6;
/** A cycle is expected to take as long as the longest lately, and a little less the longer that is ago. */
const FADING = 0.7;

/** What a stage stands on. */
export interface StageContext {
	readonly run: Run;
	readonly plan: MatrixPlan;
	readonly live: LiveVariants;
	readonly clock: InterleaveClock;
	readonly random: RandomSource;
}

/** The measuring of one design: its evidence grows set by set. */
export class Stage {
	readonly sets: StageSet[] = [];
	readonly blocks: readonly (readonly number[])[];

	/** @param variants by the cells of the design */
	constructor(
		readonly design: Design,
		readonly variants: readonly MeasuredVariant[],
		readonly context: StageContext,
	) {
		this.blocks = blocksOf(design, context.live.mostSideBySide);
	}

	/** How many processes are alive at once, at the most. */
	get rotation(): number {
		return Math.max(...this.blocks.map((block) => this.context.live.alive(block.length)));
	}

	/**
	 * Measures every block in turn, again and again, until the time is over; after each cycle the evidence is looked at, which
	 * does not decide when to stop.
	 * @throws what makes going on senseless: bare cannot be measured, or the run is interrupted
	 */
	async measure(withinMs: number, afterCycle: () => void): Promise<void> {
		const { clock, plan } = this.context;
		const began = clock.now();
		const streams = this.blocks.map(
			(cells, block) => new BlockStream(this, cells, block, withinMs / this.blocks.length),
		);
		const fewest = Math.max(FEWEST_CYCLES, 1 + Math.ceil(FEWEST_DEGREES / (this.variants.length - 1)));
		let expectedMs = 0;
		for (let cycle = 1; ; cycle++) {
			const cycleBegan = clock.now();
			for (const stream of streams) {
				plan.say(this.#progress(cycle, (clock.now() - began) / 1e3, withinMs / 1e3));
				const set = await stream.next();
				if (set !== null) this.sets.push(set);
			}
			afterCycle();
			expectedMs = Math.max(expectedMs * FADING, clock.now() - cycleBegan);
			const isOver = clock.now() - began + expectedMs > withinMs;
			if (isOver && cycle >= fewest) return;
		}
	}

	#progress(cycle: number, elapsedS: number, withinS: number): string {
		const parts = this.blocks.length === 1 ? "" : ` of ${this.blocks.length} parts`;
		return `set ${cycle}${parts}, ${this.variants.length} variants, ${elapsedS.toFixed(0)} s of about ${withinS.toFixed(0)} s`;
	}

	variantOf(cell: number): MeasuredVariant {
		const variant = this.variants[cell];
		if (variant === undefined) throw new RangeError(`cell ${cell} has no variant`);
		return variant;
	}
}
