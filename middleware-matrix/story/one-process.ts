import { askTarget } from "#matrix/discovery/ask-target.js";
import type { OpenRun } from "#src/investigate/open-run.js";
import { END_GRACE_MS, youngGenerationFlags } from "#src/investigate/process-start.js";
import type { LiveSet } from "#src/measure/interleave.js";
import type { Factor } from "#src/model/matrix.js";
import { type Answer, answerDifference } from "#src/target/answer.js";
import { answeringOf } from "#src/target/answering.js";
import type { RunningTarget, TargetSpec } from "#src/target/target.js";
import { meet, ordersOf, setContextOf } from "./live-variants.js";
import type { MatrixPlan } from "./plan.js";
import type { StartVariants } from "./start-variants.js";
import { openSwitchedSet, switchingAgentOf } from "./switched-set.js";
import { type MeasuredVariant, VariantFailed } from "./variant.js";

/** All variants of a process together are warmed by so many requests, but each by some. */
const WARMUP_REQUESTS = 16_000;
const FEWEST_WARMUP_REQUESTS = 600;
/** Where a request is dear, of the time for a set, and at the least, all variants together. */
const WARMUP_SHARE = 1 / 2;
const SHORTEST_WARMUP_MS = 2_000;
/** Variants of one process take no memory. */
const MOST_VARIANTS = 64;

/** One process for all variants of a set, in which the hooks of layers that are off are skipped. */
export class OneProcess implements StartVariants {
	/**
	 * @param spec the target with the hooks of its layers made to be skipped
	 * @param whole its answer with all of them
	 * @param factors what is switched
	 */
	constructor(
		readonly run: OpenRun,
		readonly plan: MatrixPlan,
		readonly spec: TargetSpec,
		readonly whole: Answer,
		readonly factors: readonly Factor[],
	) {}

	readonly mostVariants = MOST_VARIANTS;
	processes = (): number => 1;
	warmupRequests = (variants: number): number =>
		Math.min(this.plan.design.warmupRequests, Math.max(FEWEST_WARMUP_REQUESTS, Math.ceil(WARMUP_REQUESTS / variants)));

	warmupMaxMs = (variants: number, eachMs: number): number =>
		Math.max(SHORTEST_WARMUP_MS / variants, WARMUP_SHARE * eachMs);

	async start(variants: readonly MeasuredVariant[]): Promise<LiveSet> {
		const { plan, run } = this;
		const { world } = run;
		const target = await run.startTarget(
			plan.endpoint,
			{
				label: "toggled",
				nodeFlags: youngGenerationFlags(plan.design.semiSpaceMiB),
				pinned: "when ready",
				endGraceMs: END_GRACE_MS,
			},
			this.spec,
		);
		try {
			for (const variant of variants) {
				meet(variant, target, world);
				await this.#check(target, variant);
			}
			return await openSwitchedSet(
				variants.map(({ name }) => name),
				{ target, ...ordersOf(target, plan) },
				(index) => skip(target, variants[index]?.without ?? []),
				await setContextOf(variants, run, plan.signal, 1),
				world,
			);
		} catch (error) {
			await target.end();
			throw error;
		}
	}

	#changesAnswer({ without }: MeasuredVariant): boolean {
		return this.factors.some(
			({ answerDiffers, layers }) => answerDiffers !== undefined && layers.some((id) => without.includes(id)),
		);
	}

	/** A layer that others need shows here: skipping its hooks must not change the answer. */
	async #check(target: RunningTarget, variant: MeasuredVariant): Promise<void> {
		this.plan.signal.throwIfAborted();
		await skip(target, variant.without);
		const answer = await askTarget(this.run.world, target, this.plan.endpoint, this.plan.signal);
		// A layer that is allowed to change the answer has it change in whatever is left out with it.
		if (this.#changesAnswer(variant)) return;
		const difference = answerDifference(this.whole, answer);
		if (difference !== null) throw new VariantFailed(variant, { kind: "other answer", difference });
	}
}

/** Makes a target that was started for it skip the hooks of these layers and run all others. */
async function skip(target: RunningTarget, off: readonly string[]): Promise<void> {
	const agent = switchingAgentOf(target);
	const answering = answeringOf(target);
	// In all workers of a cluster alike.
	await Promise.all((answering.length === 0 ? [agent] : answering).map((each) => each.call("layers.toggle", { off })));
}
