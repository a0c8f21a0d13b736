import type { countObjects } from "#src/collect/counted-objects.js";
import type { takeHeapSnapshot } from "#src/collect/heap-snapshot.js";
import type { SourceMaps } from "#src/collect/source-maps.js";
import type { LoadGenerator } from "#src/load/handle/generator-process.js";
import type { clientCeiling } from "#src/measure/client-ceiling.js";
import type { FunctionSampler } from "#src/measure/live-set.js";
import type { WindowClocks } from "#src/measure/measure-window.js";
import type { Calibration } from "#src/model/calibration.js";
import type { MachineAdvice } from "#src/model/findings/machine.js";
import type { Machine } from "#src/model/machine.js";
import type { CpuPlan } from "#src/process/pinning.js";
import type { RandomSource } from "#src/random.js";
import type { openSides } from "#src/sides/open-sides.js";
import type { createRunFolder } from "#src/store/run-folder.js";
import type { fetchAnswer } from "#src/target/answer.js";
import type { askEndpoint } from "#src/target/ask-endpoint.js";
import type { startTarget } from "#src/target/start-target.js";
import type { RunningTarget } from "#src/target/target.js";

/**
 * All that a story touches outside of itself: what starts and asks targets, loads them, keeps time, draws random numbers, knows the
 * machine, and stores. It is handed in, so that every story is told in tests on a simulated world in milliseconds
 * (test/support/simulated-world/); commands/real-world.ts is the one there is.
 */
export interface World extends WindowClocks {
	/** Milliseconds, monotonic; `date` is the time of day. */
	now(): number;
	/** The same numbers for the same seed, a 32-bit integer. */
	random(seed: number): RandomSource;

	/** Cores that this process may use. */
	readonly cores: number;
	/** Which of them the target gets, and which the generator. */
	planCpus(): CpuPlan;
	/** Remembers where the machine's counters stand; `describe` then tells of the time since. */
	watchMachine(): { describe(): Machine };
	/** What makes its figures noisier than they need to be. */
	machineAdvice(cpus: CpuPlan): readonly MachineAdvice[];
	/** Memory of a process, and memory that more of them may have; null where it cannot be known. */
	residentBytes(pid: number | null): number | null;
	availableBytes(): number | null;

	readonly startTarget: typeof startTarget;
	readonly fetchAnswer: typeof fetchAnswer;
	readonly askEndpoint: typeof askEndpoint;
	/** What samples the functions of a target while slices load it; its files go into the folder for as long. */
	functionSamplerOf(target: RunningTarget, folder: string): FunctionSampler;
	readonly countObjects: typeof countObjects;
	readonly takeHeapSnapshot: typeof takeHeapSnapshot;
	/** The source maps of one target, which may write into the folder. */
	sourceMaps(folder: string): Pick<SourceMaps, "ask" | "retrace" | "retraceFrames">;
	/** Both sides of a comparison, ready to be started. */
	readonly openSides: typeof openSides;
	/** The commit of the code in a folder; null where it is not in a repository. */
	gitStateOf(folder: string): Promise<{ readonly commit: string; readonly dirty: boolean } | null>;

	startGenerator(options: { readonly pinnedCpus: string | null }): Promise<LoadGenerator>;
	readonly clientCeiling: typeof clientCeiling;

	readonly createRunFolder: typeof createRunFolder;
	/** Changes with the processor, the number of cores, the kernel and Node. */
	machineKeyOf(machine: Machine): string;
	readCalibration(machineKey: string): Calibration | null;
	/** @throws KnownError RUN_FOLDER */
	saveCalibration(calibration: Calibration): void;
}
