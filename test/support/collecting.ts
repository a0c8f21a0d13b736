import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CollectContext, Collected, CollectedTree, Collector } from "#src/collect/collector.js";
import { realWorld } from "#src/commands/real-world.js";
import { type FlamePlan, investigateFlame } from "#src/investigate/flame.js";
import type { FlameRun } from "#src/model/run.js";
import type { RunningTarget, StartOptions } from "#src/target/target.js";

/** What a test wants to be profiled, and where it wants to look in or put a spoke in the wheel. */
export interface Scenario {
	readonly argv: readonly string[];
	/** Default "/". */
	readonly path?: string;
	readonly env?: Readonly<Record<string, string>>;
	/** Default 2 s. */
	readonly windowMs?: number;
	/** Default 1.5 s. */
	readonly warmupMs?: number;
	readonly signal?: AbortSignal;
	/** Changes how a target is started. */
	readonly onStart?: (options: StartOptions) => StartOptions;
	/** Just before the collector's window opens; not for windows aside. */
	readonly beforeWindow?: (target: RunningTarget) => Promise<void> | void;
	/** Just after it has closed. */
	readonly afterWindow?: (target: RunningTarget) => Promise<void> | void;
	/** When the collector is through with a target, before it is ended. */
	readonly beforeEnd?: (target: RunningTarget) => Promise<void> | void;
}

export interface Collection<Result extends Collected = CollectedTree> {
	readonly collected: Result;
	readonly record: FlameRun;
	/** The collector's own folder; gone after `use`. */
	readonly folder: string;
}

const CLIENTS = 8;

/**
 * Runs one collector as `az-prof flame` does, with the real target, agent and generator, and hands over what it brought.
 * @throws what the collector threw
 */
export async function withCollection<T, Result extends Collected>(
	collector: Collector<Result>,
	scenario: Scenario,
	use: (collection: Collection<Result>) => Promise<T> | T,
): Promise<T> {
	const out = mkdtempSync(join(tmpdir(), "az-prof-collect-"));
	let collected: Result | undefined;
	let failure: unknown;
	const watched: Collector<Result> = {
		...collector,
		collect: async (context) => {
			try {
				collected = await collector.collect(spied(context, scenario));
				return collected;
			} catch (error) {
				failure = error;
				throw error;
			}
		},
	};
	try {
		const plan: FlamePlan = {
			commandLine: [],
			target: { kind: "command", argv: scenario.argv, env: scenario.env ?? {}, cwd: out, port: null },
			load: {
				kind: "closed",
				clients: CLIENTS,
				durationMs: scenario.windowMs ?? 2_000,
				warmupMs: scenario.warmupMs ?? 1_500,
				warmupMaxMs: (scenario.warmupMs ?? 1_500) * 2,
				timeoutMs: 10_000,
			},
			expectedStatus: null,
			startTimeoutMs: 20_000,
			out,
			secrets: [],
			keepsLog: true,
			signal: scenario.signal ?? new AbortController().signal,
			say: () => {},
			warn: () => {},
			endpoint: { method: "GET", path: scenario.path ?? "/", headers: {}, body: null },
			collectors: [watched],
			quick: false,
			answered: null,
		};
		const outcome = await investigateFlame(plan, realWorld);
		if (failure !== undefined) throw failure;
		if (collected === undefined) throw outcome.failure ?? new Error("the collector was not asked");
		return await use({ collected, record: outcome.record, folder: join(outcome.folder.path, collector.name) });
	} finally {
		rmSync(out, { recursive: true, force: true });
	}
}

function spied(context: CollectContext, scenario: Scenario): CollectContext {
	return {
		...context,
		withTarget: (options, use) =>
			context.withTarget(scenario.onStart?.(options) ?? options, async (target) => {
				const result = await use(target);
				await scenario.beforeEnd?.(target);
				return result;
			}),
		measure: (target, hooks) =>
			context.measure(target, {
				...hooks,
				onWindowOpens: async (answers) => {
					if (hooks.aside === undefined) await scenario.beforeWindow?.(target);
					await hooks.onWindowOpens?.(answers);
				},
				onWindowClosed: async (answers) => {
					await hooks.onWindowClosed?.(answers);
					if (hooks.aside === undefined) await scenario.afterWindow?.(target);
				},
			}),
	};
}
