import { refuseSharedPort } from "#matrix/discovery/shared-port.js";
import type { WithoutLayers } from "#matrix/discovery/without-layers.js";
import { KnownError, messageOf } from "#src/errors.js";
import type { OpenRun } from "#src/investigate/open-run.js";
import { END_GRACE_MS, youngGenerationFlags } from "#src/investigate/process-start.js";
import type { LiveSet } from "#src/measure/interleave.js";
import { openLiveSet } from "#src/measure/live-set.js";
import { fileNameOf } from "#src/store/file-name.js";
import { describeExit } from "#src/target/death.js";
import { allStarted, startTogether } from "#src/target/start-together.js";
import type { RunningTarget } from "#src/target/target.js";
import { meet, ordersOf, setContextOf } from "./live-variants.js";
import type { MatrixPlan } from "./plan.js";
import type { StartVariants } from "./start-variants.js";
import { type MeasuredVariant, VariantFailed } from "./variant.js";

/** Of the time for a set: where a request is dear, the number of requests is reached long after that. */
const WARMUP_SHARE = 1 / 2;
const SHORTEST_WARMUP_MS = 500;

/** A process for each variant, in which the layers that are off never were. */
export class ProcessEach implements StartVariants {
	constructor(
		readonly run: OpenRun,
		readonly plan: MatrixPlan,
		readonly target: WithoutLayers,
		/** As many processes as there is memory for. */
		readonly mostVariants: number,
	) {}

	processes = (variants: number): number => variants;
	warmupRequests = (): number => this.plan.design.warmupRequests;
	warmupMaxMs = (_: number, eachMs: number): number => Math.max(SHORTEST_WARMUP_MS, WARMUP_SHARE * eachMs);

	async start(variants: readonly MeasuredVariant[], order: readonly number[]): Promise<LiveSet> {
		const { plan, run } = this;
		const { world } = run;
		const started = await startTogether(order, world.cores, (index) =>
			this.#startOne(variants[index] as MeasuredVariant),
		);
		const targets = await allStarted(started).catch((error: Error) => {
			if (plan.signal.aborted) throw error;
			refuseSharedPort(error);
			const failed = started.findIndex(({ failure }) => failure === error);
			throw new VariantFailed(variants[failed] as MeasuredVariant, {
				kind: "no start",
				why: error instanceof KnownError ? error.what : messageOf(error),
			});
		});
		try {
			for (const [index, target] of targets.entries()) meet(variants[index] as MeasuredVariant, target, world);
			const live = await openLiveSet(
				targets.map((target, index) => ({
					name: variants[index]?.name ?? "",
					target,
					...ordersOf(target, plan),
				})),
				await setContextOf(variants, run, plan.signal, world.cores),
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
				pinned: "when settled",
				endGraceMs: END_GRACE_MS,
			},
			this.target.without(variant.without),
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
			if (ended) return;
			const why = `${describeExit(exit)} under load`;
			dead ??= new VariantFailed(variants[index] as MeasuredVariant, { kind: "died", why });
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
		warmAtOnce: live.warmAtOnce,
		isolates: live.isolates,
		settle: orDeath(live.settle),
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
