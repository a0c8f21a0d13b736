import { answersDiffer } from "#src/analyse/findings/comparison.js";
import type { SourceMaps } from "#src/collect/source-maps.js";
import { KnownError, messageOf } from "#src/errors.js";
import type { SlicedOrder } from "#src/load/order/order.js";
import type { LiveSet } from "#src/measure/interleave.js";
import { type FunctionSampler, openLiveSet } from "#src/measure/live-set.js";
import { Tally } from "#src/measure/tally.js";
import type { AnswerDifference } from "#src/model/answer-difference.js";
import type { Frame } from "#src/model/call-tree.js";
import type { Arrivals, Regime } from "#src/model/load.js";
import type { PreparedSide } from "#src/sides/side-request.js";
import { type Answer, answerDifference } from "#src/target/answer.js";
import { type EndpointRequest, endpointName } from "#src/target/endpoint.js";
import { allStarted, startTogether } from "#src/target/start-together.js";
import { takenPortOf } from "#src/target/taken-port.js";
import type { RunningTarget } from "#src/target/target.js";
import type { OpenRun } from "./open-run.js";
import { END_GRACE_MS, slicedOrder, youngGenerationFlags } from "./process-start.js";

export const SIDE_NAMES = ["base", "head"] as const;

const TOO_MANY_REQUESTS = 429;
const RATE_LIMITED_SHARE = 0.01;

export interface SideStart {
	readonly endpoint: EndpointRequest;
	/** How each side is loaded. */
	readonly loads: Readonly<Record<Regime, Arrivals>>;
	readonly timeoutMs: number;
	readonly semiSpaceMiB: number | null;
}

/**
 * The processes of two sides, and of others beside them, set after set: what starts them, what they answer, and what all their slices
 * add up to.
 */
export class LiveSides {
	readonly tallies: readonly Readonly<Record<Regime, Tally>>[];
	/** Found when the first processes answer. */
	answersDiffer: AnswerDifference | null = null;
	cpuSource: "schedstat" | "cpuUsage" = "schedstat";
	processes = 0;

	readonly #failures = new WeakMap<Error, number>();
	/** Those of the last set whose process is gone, in the order they went. */
	#ended: number[] = [];
	/** By side, once its functions were sampled. */
	readonly #sources: Pick<SourceMaps, "ask" | "retraceFrames">[] = [];

	constructor(
		readonly run: OpenRun,
		readonly sides: readonly PreparedSide[],
		readonly how: SideStart,
		/** Base, head, then those beside them. */
		readonly names: readonly string[] = SIDE_NAMES,
	) {
		this.tallies = names.map(() => ({ light: new Tally(), loaded: new Tally() }));
	}

	/** Which of them a failure is of: one that could not be started, did not answer or ended; null: of none. */
	failed(error: KnownError): number | null {
		return this.#failures.get(error) ?? (error.code === "TARGET_DIED" ? (this.#ended[0] ?? null) : null);
	}

	/** Starts all of them in this order. */
	async start(order: readonly number[], set: number): Promise<LiveSet> {
		const { run, how } = this;
		const { world, plan } = run;
		const started = await startTogether(order, world.cores, (index) => this.#startOne(index));
		const targets = await allStarted(started);
		const ended: number[] = [];
		this.#ended = ended;
		for (const [index, target] of targets.entries()) void target.exited.then(() => ended.push(index));
		try {
			if (set === 0) await this.#meet(targets);
			for (const tally of this.tallies.flatMap(Object.values<Tally>)) tally.beginSet();
			const orderOf = (target: RunningTarget, regime: Regime): SlicedOrder =>
				slicedOrder(target, how.endpoint, plan.expectedStatus, how.loads[regime], how.timeoutMs);
			const variants = targets.map((target, index) => ({
				name: this.#nameOf(index),
				target,
				order: orderOf(target, "loaded"),
				lightOrder: orderOf(target, "light"),
			}));
			return await openLiveSet(variants, {
				generator: await run.generator(),
				warmAtOnce: world.cores,
				signal: plan.signal,
				cpuReaderOf: world.cpuReaderOf,
				onSlice: (variant, slice, regime) => this.tallies[variant]?.[regime].add(slice),
				onAside: (variant, slice, regime) => this.tallies[variant]?.[regime].addWarmup(slice),
				samplerOf: (variant, target) => this.#samplerOf(variant, target),
				onThreads: (variant, uses, regime) => this.tallies[variant]?.[regime].addThreads(uses),
			});
		} catch (error) {
			await Promise.all(targets.map((target) => target.end()));
			throw error;
		}
	}

	/** Frames of a side where they were written, by its source maps; a side that was never sampled has none. */
	async written(side: number, frames: readonly Frame[]): Promise<readonly Frame[]> {
		return (await this.#sources[side]?.retraceFrames(frames)) ?? frames;
	}

	/** @throws KnownError where it is the error path that is measured */
	refuseRateLimit(): void {
		for (const [index, { loaded }] of this.tallies.entries()) {
			const share = loaded.shareOfStatus(TOO_MANY_REQUESTS);
			if (share < RATE_LIMITED_SHARE) continue;
			throw new KnownError({
				code: "TARGET_ANSWER",
				what: `${this.#nameOf(index)} answers ${Math.round(share * 100)} % of the requests with 429`,
				why: "it limits the rate, so the error path would be compared",
				fix: "switch its rate limit off for the comparison",
			});
		}
	}

	#failing(index: number, error: KnownError): KnownError {
		this.#failures.set(error, index);
		return error;
	}

	#nameOf = (index: number): string => this.names[index] ?? String(index);

	/** It asks for the source maps of a side once, when all slices of a set are over. */
	#samplerOf(variant: number, target: RunningTarget): FunctionSampler | null {
		if (target.agent === null) return null;
		const { world, folder } = this.run;
		const files = folder.subfolder(`functions-${this.#nameOf(variant)}`);
		const { cpu, bytes, endInlining } = world.functionSamplerOf(target, files);
		const askOnce = async (): Promise<void> => {
			if (this.#sources[variant] !== undefined) return;
			const sources = world.sourceMaps(files);
			this.#sources[variant] = sources;
			await sources.ask(target);
		};
		const end = async () => {
			const seen = await bytes.end();
			await askOnce();
			return seen;
		};
		return { cpu, bytes: { begin: bytes.begin, end }, endInlining };
	}

	async #startOne(index: number): Promise<RunningTarget> {
		const name = this.#nameOf(index);
		const side = this.sides[index] as PreparedSide;
		const options = {
			label: name,
			nodeFlags: youngGenerationFlags(this.how.semiSpaceMiB),
			pinned: "when settled" as const,
			endGraceMs: END_GRACE_MS,
		};
		try {
			return await this.run.startTarget(this.how.endpoint, options, side.spec);
		} catch (error) {
			// Ctrl-C is no fault of a side.
			this.run.plan.signal.throwIfAborted();
			if (!(error instanceof KnownError)) throw error;
			throw this.#failing(index, hasTakenPort(error) ? sharedPort(error) : error.of(name));
		}
	}

	async #askOnce({ origin, logTail }: RunningTarget, index: number): Promise<Answer> {
		const { world, plan } = this.run;
		const { endpoint } = this.how;
		try {
			return await world.fetchAnswer(origin, endpoint, plan.signal);
		} catch (error) {
			plan.signal.throwIfAborted();
			throw this.#failing(
				index,
				new KnownError({
					code: "TARGET_SILENT",
					what: `${this.#nameOf(index)} did not answer ${endpointName(endpoint)} once more`,
					why: messageOf(error),
					details: logTail(),
					cause: error,
				}),
			);
		}
	}

	/** The first processes tell whether it is the same work that is compared, and where CPU figures come from. */
	async #meet(targets: readonly RunningTarget[]): Promise<void> {
		const { world, plan } = this.run;
		const [base, head] = await Promise.all(targets.map((target, index) => this.#askOnce(target, index)));
		if (base !== undefined && head !== undefined) this.answersDiffer = answerDifference(base, head);
		// Of those that stand beside others it was told before.
		const isFirst = this.names.length === SIDE_NAMES.length;
		if (this.answersDiffer !== null && isFirst) plan.warn(answersDiffer(this.answersDiffer));
		const reader = targets[0] === undefined ? null : world.cpuReaderOf(targets[0]);
		this.cpuSource = reader?.source ?? this.cpuSource;
		this.processes = reader?.processes ?? 0;
	}
}

/** Both sides run at once, so one of them dies of the other's port where it is fixed. */
const hasTakenPort = ({ code, details }: KnownError): boolean =>
	code === "TARGET_DIED" && takenPortOf(details) !== null;

const sharedPort = (error: KnownError): KnownError =>
	error.with({
		what: "base and head cannot run at once",
		why: "their port is fixed, and taken by the other one or by another process",
		fix: "let the server take its port from the environment: listen(process.env.PORT)",
	});
