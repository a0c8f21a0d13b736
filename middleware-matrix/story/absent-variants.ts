import { availableParallelism } from "node:os";
import { KnownError } from "#src/errors.js";
import { closedOrder, END_GRACE_MS, youngGenerationFlags } from "#src/investigate/process-start.js";
import type { Run } from "#src/investigate/run.js";
import type { LiveSet } from "#src/measure/interleave.js";
import { openLiveSet, type SetContext } from "#src/measure/live-set.js";
import { fileNameOf } from "#src/store/file-name.js";
import { describeExit } from "#src/target/start-target.js";
import { allStarted, startTogether } from "#src/target/start-together.js";
import type { RunningTarget } from "#src/target/target.js";
import type { LiveVariants } from "./live-variants.js";
import type { MatrixPlan } from "./plan.js";
import { sharedPortOf } from "./shared-port.js";
import type { Switching } from "./switching.js";
import { type MeasuredVariant, meet, VariantFailed } from "./variants.js";

/** A process for each variant. */
export class AbsentVariants implements LiveVariants {
	constructor(
		readonly run: Run,
		readonly plan: MatrixPlan,
		readonly switching: Switching,
		/** As many processes as there is memory for. */
		readonly mostSideBySide: number,
	) {}

	alive = (variants: number): number => variants;
	warmupRequests = (): number => this.plan.design.warmupRequests;

	async start(variants: readonly MeasuredVariant[], order: readonly number[], context: SetContext): Promise<LiveSet> {
		const { plan } = this;
		const started = await startTogether(order, availableParallelism(), (index) =>
			this.#startOne(variants[index] as MeasuredVariant),
		);
		const failed = started.findIndex(({ failure }) => failure !== null);
		const targets = await allStarted(started).catch((error: Error) => {
			if (plan.signal.aborted) throw error;
			refuseSharedPort(error);
			throw new VariantFailed(
				variants[failed] as MeasuredVariant,
				error instanceof KnownError ? error.what : error.message,
			);
		});
		for (const [index, target] of targets.entries()) meet(variants[index] as MeasuredVariant, target);
		try {
			const live = await openLiveSet(
				targets.map((target, index) => ({
					name: variants[index]?.name ?? "",
					target,
					order: closedOrder(target, plan.endpoint, plan, plan.design.clients),
				})),
				context,
			);
			return namingWhoDied(live, targets, variants);
		} catch (error) {
			await Promise.all(targets.map((target) => target.end()));
			throw error;
		}
	}

	#startOne(variant: MeasuredVariant): Promise<RunningTarget> {
		const { plan } = this;
		return this.run.startTarget(
			plan.endpoint,
			{
				label: fileNameOf(variant.name),
				nodeFlags: youngGenerationFlags(plan.design.semiSpaceMiB),
				pinWhenReady: true,
				endGraceMs: END_GRACE_MS,
			},
			this.switching.without(variant.without),
		);
	}
}

/** Says of a set that broke which of its variants is gone. */
function namingWhoDied(
	live: LiveSet,
	targets: readonly RunningTarget[],
	variants: readonly MeasuredVariant[],
): LiveSet {
	let dead: VariantFailed | null = null;
	let ended = false;
	for (const [index, target] of targets.entries()) {
		void target.exited.then((exit) => {
			if (!ended) dead ??= new VariantFailed(variants[index] as MeasuredVariant, `${describeExit(exit)} under load`);
		});
	}
	const orDeath =
		<A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
		async (...args: A): Promise<R> => {
			try {
				return await call(...args);
			} catch (error) {
				throw dead ?? error;
			}
		};
	return {
		slice: orDeath(live.slice),
		cpu: orDeath(live.cpu),
		beginAllocation: orDeath(live.beginAllocation),
		endAllocation: orDeath(live.endAllocation),
		end: () => {
			ended = true;
			return live.end();
		},
	};
}

/** A server that takes a port of its own choice cannot stand beside itself, and no layer is to blame. */
function refuseSharedPort(error: Error): void {
	const port = sharedPortOf(error);
	if (port === null) return;
	throw new KnownError({
		code: "PORT_TAKEN",
		what: "the variants cannot run side by side",
		why: `the target wants a port that another variant has (${port})`,
		fix: "have it take every port from PORT or listen on 0, or use --quick, which runs one process",
	});
}
