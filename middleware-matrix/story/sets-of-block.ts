import type { DesignSet } from "#matrix/effects/effects-of-design.js";
import { figuresOfVariants } from "#matrix/effects/variant-figures.js";
import type { ProcessSet } from "#src/analyse/comparison/process-set.js";
import { measuredMs } from "#src/analyse/comparison/set-changes.js";
import { KnownError } from "#src/errors.js";
import { type InterleaveClock, type InterleavePlan, type LiveSet, measureSets } from "#src/measure/interleave.js";
import type { VariantFailure } from "#src/model/matrix.js";
import type { RandomSource } from "#src/random.js";
import { type MeasuredDesign, variantOfCell } from "./measured-design.js";
import type { MatrixDesign } from "./plan.js";
import { CYCLES_TO_FIT, setTimes } from "./set-times.js";
import type { StartVariants } from "./start-variants.js";
import { type MeasuredVariant, ofVariant, VariantFailed, whyFailed } from "./variant.js";

const LONGEST_VARIANT_MS = 1_500;
/** Measured time by the time for starts and warm-up: processes differ by about what a second leaves unknown of each. */
const SHARE_OF_REST = 1;
/** Of the answers of a variant; above, it is its refusals that would be measured. */
const MOST_UNEXPECTED = 0.01;

/** How the sets of all blocks are measured. */
export interface MeasuringContext {
	readonly rules: MatrixDesign;
	readonly starting: StartVariants;
	readonly clock: InterleaveClock;
	readonly random: RandomSource;
	readonly signal: AbortSignal;
	/** "GET /metrics", for messages. */
	readonly endpoint: string;
}

/** The sets of one block of a design, one after the other. When a variant fails, it goes on with the others. */
export class SetsOfBlock {
	readonly #measured: MeasuredDesign;
	readonly #context: MeasuringContext;
	readonly #block: number;
	readonly #withinMs: number;
	#events: ReturnType<typeof measureSets> | null = null;
	/** Cells that are alive in #events. */
	#alive: readonly number[] = [];

	constructor(measured: MeasuredDesign, block: number, withinMs: number, context: MeasuringContext) {
		this.#measured = measured;
		this.#block = block;
		this.#withinMs = withinMs;
		this.#context = context;
	}

	/**
	 * The next whole set; null where too few variants are left to be compared.
	 * @throws what makes going on senseless: bare cannot be measured, or the run is interrupted
	 */
	async next(): Promise<DesignSet | null> {
		for (;;) {
			this.#context.signal.throwIfAborted();
			this.#refuseWithoutBare();
			const cells = this.#measured.blocks[this.#block] ?? [];
			const alive = cells.filter((cell) => variantOfCell(this.#measured, cell).failed === null);
			if (alive.length < 2) return null;
			if (this.#events === null || alive.length !== this.#alive.length) {
				await this.close();
				this.#alive = alive;
				this.#events = this.#measure(alive.map((cell) => variantOfCell(this.#measured, cell)));
			}
			try {
				return this.#keep(await this.#wholeSet(this.#events));
			} catch (error) {
				await this.close();
				this.#context.signal.throwIfAborted();
				if (!(error instanceof VariantFailed)) throw error;
				error.variant.failed = error.failure;
			}
		}
	}

	/** Ends whatever is alive. */
	async close(): Promise<void> {
		const events = this.#events;
		this.#events = null;
		await events?.return(undefined as never).catch(() => {});
	}

	async #wholeSet(events: ReturnType<typeof measureSets>): Promise<ProcessSet> {
		for (;;) {
			const { value } = await events.next();
			this.#context.signal.throwIfAborted();
			if (value.kind === "set") return value.set;
		}
	}

	#measure(variants: readonly MeasuredVariant[]): ReturnType<typeof measureSets> {
		const { rules, starting, random, clock } = this.#context;
		const count = variants.length;
		const { shortestMs, warmupMaxMs } = setTimes(count, this.#withinMs, rules, starting);
		const plan: InterleavePlan = {
			variants: count,
			setMs: count * (rules.variantMs ?? shortestMs),
			withinMs: null,
			laterSets: {
				withinMs: this.#withinMs,
				sets: CYCLES_TO_FIT,
				wanted: rules.variantMs === null ? { shareOfRest: SHARE_OF_REST, processSd: null } : null,
				shortestMs: count * shortestMs,
				longestMs: count * LONGEST_VARIANT_MS,
			},
			sliceMs: rules.sliceMs,
			warmupRequests: starting.warmupRequests(count),
			warmupMaxMs,
			clients: rules.clients,
			light: "a third of the time",
			sampledShare: 0,
			bytes: null,
		};
		const start = (order: readonly number[]): Promise<LiveSet> => {
			for (const { tally } of variants) tally.beginSet();
			return starting.start(variants, order);
		};
		return measureSets(start, plan, random, clock);
	}

	#keep(set: ProcessSet): DesignSet {
		const figures = figuresOfVariants(set);
		for (const [index, cell] of this.#alive.entries()) {
			const variant = variantOfCell(this.#measured, cell);
			variant.sets.push(ofVariant(set, index));
			variant.failed = refusalOf(variant);
		}
		this.#refuseWithoutBare();
		return {
			endedAtMs: this.#context.clock.now(),
			block: this.#block,
			measuredMs: measuredMs(set),
			figures: this.#measured.variants.map(({ failed }, cell) => {
				const index = this.#alive.indexOf(cell);
				return index < 0 || failed !== null ? null : (figures[index] ?? null);
			}),
			cold: (set.cold ?? []).flatMap((index) => this.#alive[index] ?? []),
		};
	}

	/** Every effect is a difference from it. */
	#refuseWithoutBare(): void {
		const bare = this.#measured.design.bare.map((cell) => variantOfCell(this.#measured, cell));
		const [first] = bare;
		if (first === undefined || first.failed === null || bare.some(({ failed }) => failed === null)) return;
		throw new KnownError({
			code: "TARGET_ANSWER",
			what: `without any of its layers the target cannot be measured on ${this.#context.endpoint}`,
			why: whyFailed(first.failed),
			fix: "keep a layer in every variant with --skip",
		});
	}
}

function refusalOf({ tally }: MeasuredVariant): VariantFailure | null {
	const [status, share] = tally.mostUnexpected();
	return share < MOST_UNEXPECTED ? null : { kind: "unexpected status", status, share };
}
