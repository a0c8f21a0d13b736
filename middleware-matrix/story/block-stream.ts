import type { ProcessSet } from "#src/analyse/comparison/process-set.js";
import { measuredMs } from "#src/analyse/comparison/set-changes.js";
import { figuresOfVariants } from "#src/analyse/comparison/variant-figures.js";
import { KnownError } from "#src/errors.js";
import { endpointName } from "#src/investigate/run.js";
import { type InterleavePlan, type LiveSet, measureSets } from "#src/measure/interleave.js";
import type { StageSet } from "./estimates.js";
import type { Stage } from "./stage.js";
import { type MeasuredVariant, ofVariant, VariantFailed } from "./variants.js";

/** Into the time, where starts and warm-up leave it. */
const CYCLES_TO_FIT = 4;
/** Of one variant in the first set; it shows how long the others should be. */
const FIRST_VARIANT_MS = 700;
const SHORTEST_VARIANT_MS = 700;
const LONGEST_VARIANT_MS = 1_500;
/** Measured time by the time for starts and warm-up. */
const SHARE_OF_REST = 0.6;
/** Of the answers of a variant; above, it is its refusals that would be measured. */
const MOST_UNEXPECTED = 0.01;

/** The sets of one block. When a variant fails, it goes on with the others. */
export class BlockStream {
	#events: ReturnType<typeof measureSets> | null = null;
	/** Cells that are alive in #events. */
	#alive: readonly number[] = [];

	constructor(
		readonly stage: Stage,
		readonly cells: readonly number[],
		readonly block: number,
		readonly withinMs: number,
	) {}

	/** The next whole set; null where too few variants are left to be compared. */
	async next(): Promise<StageSet | null> {
		for (;;) {
			const alive = this.cells.filter((cell) => this.stage.variantOf(cell).failed === null);
			this.#refuseWithoutBare();
			if (alive.length < 2) return null;
			if (this.#events === null || alive.length !== this.#alive.length) {
				await this.#events?.return(undefined as never).catch(() => {});
				this.#alive = alive;
				this.#events = this.#measure(alive);
			}
			try {
				return this.#keep(await wholeSet(this.#events, this.stage.context.plan.signal));
			} catch (error) {
				this.#events = null;
				if (!this.#blame(error)) throw error;
			}
		}
	}

	#measure(alive: readonly number[]): ReturnType<typeof measureSets> {
		const { stage } = this;
		const { context } = stage;
		const { design } = context.plan;
		const variants = alive.map((cell) => stage.variantOf(cell));
		const count = variants.length;
		const plan: InterleavePlan = {
			variants: count,
			setMs: count * (design.variantMs ?? FIRST_VARIANT_MS),
			laterSets: {
				withinMs: this.withinMs,
				sets: CYCLES_TO_FIT,
				shareOfRest: design.variantMs === null ? SHARE_OF_REST : null,
				shortestMs: count * SHORTEST_VARIANT_MS,
				longestMs: count * LONGEST_VARIANT_MS,
			},
			sliceMs: design.sliceMs,
			warmupRequests: context.live.warmupRequests(count),
			warmupMaxMs: design.warmupMaxMs,
			clients: design.clients,
		};
		const start = async (order: readonly number[]): Promise<LiveSet> => {
			for (const { tally } of variants) tally.beginSet();
			return context.live.start(variants, order, {
				generator: await context.run.generator(),
				signal: context.plan.signal,
				onSlice: (variant, slice) => variants[variant]?.tally.add(slice),
				onWarmup: (variant, slice) => variants[variant]?.tally.addWarmup(slice),
			});
		};
		return measureSets(start, plan, context.random, context.clock);
	}

	#keep(set: ProcessSet): StageSet {
		const figures = figuresOfVariants(set);
		for (const [index, cell] of this.#alive.entries()) {
			const variant = this.stage.variantOf(cell);
			variant.sets.push(ofVariant(set, index));
			variant.failed = refusalOf(variant);
		}
		this.#refuseWithoutBare();
		const byCell = this.stage.design.cells.map((_, cell) => {
			const index = this.#alive.indexOf(cell);
			return index < 0 || this.stage.variantOf(cell).failed !== null ? null : (figures[index] ?? null);
		});
		return {
			endedAtMs: this.stage.context.clock.now(),
			block: this.block,
			measuredMs: measuredMs(set),
			figures: byCell,
		};
	}

	/** Whether it is one variant's fault; then it is not measured any more. */
	#blame(error: unknown): boolean {
		if (this.stage.context.plan.signal.aborted) return false;
		if (!(error instanceof VariantFailed)) return false;
		error.variant.failed = error.reason;
		return true;
	}

	/** Every effect is a difference from it. */
	#refuseWithoutBare(): void {
		const { design, context } = this.stage;
		const bare = design.bare.map((cell) => this.stage.variantOf(cell));
		const [first] = bare;
		if (first === undefined || bare.some(({ failed }) => failed === null)) return;
		throw new KnownError({
			code: "TARGET_ANSWER",
			what: `without any of its layers the target cannot be measured on ${endpointName(context.plan.endpoint)}`,
			why: first.failed ?? "",
			fix: "keep a layer in every variant with --skip",
		});
	}
}

async function wholeSet(events: ReturnType<typeof measureSets>, signal: AbortSignal): Promise<ProcessSet> {
	for (;;) {
		const { value } = await events.next();
		signal.throwIfAborted();
		if (value.kind === "set") return value.set;
	}
}

function refusalOf({ tally }: MeasuredVariant): string | null {
	const [status, share] = tally.mostUnexpected();
	if (share < MOST_UNEXPECTED) return null;
	const hint = status === "429" ? ": it limits the rate" : "";
	return `answers ${(share * 100).toFixed(0)} % of the requests with ${status}${hint}`;
}
