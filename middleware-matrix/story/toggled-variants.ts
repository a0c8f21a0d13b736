import { closedOrder, END_GRACE_MS, youngGenerationFlags } from "#src/investigate/process-start.js";
import type { Run } from "#src/investigate/run.js";
import type { LiveSet } from "#src/measure/interleave.js";
import type { SetContext } from "#src/measure/live-set.js";
import { openToggledSet, switchingAgentOf } from "#src/measure/toggled-set.js";
import { type Answer, answerDifference, fetchAnswer } from "#src/target/answer.js";
import type { RunningTarget, TargetSpec } from "#src/target/target.js";
import type { LiveVariants } from "./live-variants.js";
import type { MatrixPlan } from "./plan.js";
import { type MeasuredVariant, meet, VariantFailed } from "./variants.js";

/** All variants of a process together are warmed by so many requests, but each by some. */
const WARMUP_REQUESTS = 16_000;
const FEWEST_WARMUP_REQUESTS = 600;
/** Masks of one process take no memory. */
const MOST_TOGGLED = 64;

/** One process for all variants of a set, in which layers are switched. */
export class ToggledVariants implements LiveVariants {
	/** @param spec the target with the hooks of its layers made to be switched */
	constructor(
		readonly run: Run,
		readonly plan: MatrixPlan,
		readonly spec: TargetSpec,
		readonly whole: Answer,
	) {}

	readonly mostSideBySide = MOST_TOGGLED;
	alive = (): number => 1;
	warmupRequests = (variants: number): number =>
		Math.min(this.plan.design.warmupRequests, Math.max(FEWEST_WARMUP_REQUESTS, Math.ceil(WARMUP_REQUESTS / variants)));

	async start(variants: readonly MeasuredVariant[], _: readonly number[], context: SetContext): Promise<LiveSet> {
		const { plan } = this;
		const target = await this.run.startTarget(
			plan.endpoint,
			{
				label: "toggled",
				nodeFlags: youngGenerationFlags(plan.design.semiSpaceMiB),
				pinWhenReady: true,
				endGraceMs: END_GRACE_MS,
			},
			this.spec,
		);
		try {
			for (const variant of variants) {
				meet(variant, target);
				await this.#check(target, variant);
			}
			return await openToggledSet(
				variants.map(({ name }) => name),
				{ target, order: closedOrder(target, plan.endpoint, plan, plan.design.clients) },
				(index) => toggle(target, variants[index]?.without ?? []),
				context,
			);
		} catch (error) {
			await target.end();
			throw error;
		}
	}

	/** A layer that others need shows here: skipping its hooks must not change the answer. */
	async #check(target: RunningTarget, variant: MeasuredVariant): Promise<void> {
		await toggle(target, variant.without);
		const answer = await fetchAnswer(target.origin, this.plan.endpoint);
		const difference = answerDifference(this.whole, answer, ["the whole target", "this one"]);
		if (difference !== null) throw new VariantFailed(variant, difference);
	}
}

/** Makes a target that was started for it skip the hooks of these layers and run all others. */
async function toggle(target: RunningTarget, off: readonly string[]): Promise<void> {
	await switchingAgentOf(target).call("layers.toggle", { off });
}
