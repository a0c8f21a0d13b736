import { findingsOfMachine } from "#src/analyse/findings/machine.js";
import { messageOf } from "#src/errors.js";
import type { CallTree } from "#src/model/call-tree.js";
import type { Finding } from "#src/model/finding.js";
import type { UnpinnedReason } from "#src/model/findings/machine.js";
import type { ClosedLoad, Load } from "#src/model/load.js";
import type { Progress } from "#src/model/progress.js";
import type { AnyRun, RunCommand, RunOf, RunRecord, RunState } from "#src/model/run.js";
import { RUN_RECORD_FORMAT, RUN_RECORD_VERSION } from "#src/model/run-format.js";
import type { Target } from "#src/model/target.js";
import type { CpuPlan } from "#src/process/pinning.js";
import { redactRecord } from "#src/store/redact-record.js";
import type { RunFolder } from "#src/store/run-folder.js";
import type { TargetSpec } from "#src/target/target.js";
import { toolVersion } from "#src/version.js";
import { type Found, Ledger } from "./found.js";
import { OpenRun } from "./open-run.js";
import { firstDescription } from "./target-description.js";
import type { World } from "./world.js";

/** What every investigation is given. */
export interface RunPlan {
	/** As typed, for the record. */
	readonly commandLine: readonly string[];
	readonly target: TargetSpec;
	readonly load: Load;
	/** Statuses that count as an answer; null: any 2xx. */
	readonly expectedStatus: readonly number[] | null;
	readonly startTimeoutMs: number;
	/** Parent of the run folder; null: profiles/runs. */
	readonly out: string | null;
	/** Strings that must not reach the disk. */
	readonly secrets: readonly string[];
	/** Whether what the target prints is kept: it may repeat the secrets in a shape that nobody foresees. */
	readonly keepsLog: boolean;
	readonly signal: AbortSignal;
	/** Told at once what the user should know before the run is over. */
	warn(finding: Finding): void;
	/** Told what is going on, for a progress line. */
	say(progress: Progress): void;
}

/** The plan of an investigation that loads several variants in turn: a closed loop. */
export interface ClosedRunPlan extends RunPlan {
	readonly load: ClosedLoad;
}

/** A run as it is by now, also while it goes on. */
export interface RunSoFar<Run extends RunRecord = RunRecord> {
	readonly record: Run;
	/** By the id of their profiles. */
	readonly trees: ReadonlyMap<string, CallTree>;
	readonly folder: RunFolder;
}

/** What an investigation leaves: a record in every case, and why it is not whole where it is not. */
export interface RunOutcome<Run extends RunRecord = RunRecord> extends RunSoFar<Run> {
	readonly failure: Error | null;
}

/**
 * Tells the whole story of a run: opens it, lets the story work, and closes it whatever happens. The record is made here and nowhere
 * else, of what the story has found so far, and saved after every change; it says "partial" until its last one.
 * @param first what is found before anything was done
 * @throws KnownError RUN_FOLDER when the folder cannot be made; every later failure is in the outcome
 */
export async function tellRun<Command extends RunCommand>(
	plan: RunPlan,
	world: World,
	command: Command,
	first: Found<Command>,
	story: (run: OpenRun, ledger: Ledger<Command>, soFar: () => RunSoFar<RunOf<Command>>) => Promise<void>,
): Promise<RunOutcome<RunOf<Command>>> {
	const startedAt = world.date();
	const cpus = plan.target.kind === "url" ? unpinned("target runs already") : world.planCpus();
	const watch = world.watchMachine();
	const target = await firstDescription(plan.target, cpus.target, world);
	const recordOf = (id: string, described: Target, state: RunState, found: Found<Command>): RunOf<Command> => {
		const common: Omit<AnyRun, "findings"> = {
			format: RUN_RECORD_FORMAT,
			version: RUN_RECORD_VERSION,
			id,
			commandLine: plan.commandLine,
			startedAt: startedAt.toISOString(),
			state,
			tool: { version: toolVersion, nodeVersion: process.versions.node },
			machine: watch.describe(),
			target: described,
		};
		// What a command finds is all that its record has besides: see Found.
		return { ...common, command, ...found } as unknown as RunOf<Command>;
	};
	const folder = world.createRunFolder({
		command,
		startedAt,
		out: plan.out,
		secrets: plan.secrets,
		firstRecord: (id) => recordOf(id, target, UNFINISHED, first),
	});
	const run = new OpenRun(plan, world, folder, cpus, target, watch.describe);
	const unfinished = (): RunOf<Command> => recordOf(folder.id, run.target, UNFINISHED, ledger.now);
	const ledger = new Ledger<Command>(first, () => folder.saveRecord(unfinished()));
	const soFar = (): RunSoFar<RunOf<Command>> => ({
		record: redactRecord(unfinished(), plan.secrets),
		trees: run.trees,
		folder,
	});
	let failure = await failureOf(async () => {
		await story(run, ledger, soFar);
		plan.signal.throwIfAborted();
	});
	const notClosed = await failureOf(() => run.close());
	failure ??= notClosed;
	ledger.conclude(findingsOfMachine(watch.describe(), cpus));
	const end = (): RunOf<Command> => recordOf(folder.id, run.target, stateOf(failure, world.date()), ledger.now);
	const notSaved = await failureOf(async () => folder.saveRecord(end()));
	failure ??= notSaved;
	return { record: redactRecord(end(), plan.secrets), trees: run.trees, folder, failure };
}

const UNFINISHED: RunState = { kind: "partial", reason: "it did not finish" };

const stateOf = (failure: Error | null, finished: Date): RunState =>
	failure === null
		? { kind: "complete", finishedAt: finished.toISOString() }
		: { kind: "partial", reason: failure.message };

async function failureOf(work: () => Promise<unknown>): Promise<Error | null> {
	try {
		await work();
		return null;
	} catch (error) {
		return error instanceof Error ? error : new Error(messageOf(error));
	}
}

const unpinned = (because: UnpinnedReason): CpuPlan => ({ target: null, generator: null, unpinnedBecause: because });
