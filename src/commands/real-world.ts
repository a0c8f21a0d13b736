import { availableParallelism } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { countObjects } from "#src/collect/counted-objects.js";
import { targetFunctionSampler } from "#src/collect/function-sampler.js";
import { takeHeapSnapshot } from "#src/collect/heap-snapshot.js";
import { SourceMaps } from "#src/collect/source-maps.js";
import type { World } from "#src/investigate/world.js";
import { startLoadGenerator } from "#src/load/handle/generator-process.js";
import { clientCeiling } from "#src/measure/client-ceiling.js";
import { cpuReaderOf } from "#src/measure/cpu-reader.js";
import { watchMachine } from "#src/measure/machine.js";
import { machineAdvice } from "#src/measure/machine-advice.js";
import { availableBytes, residentBytes } from "#src/measure/memory.js";
import { planCpus } from "#src/process/pinning.js";
import { seededRandom } from "#src/random.js";
import { openSides } from "#src/sides/open-sides.js";
import { machineKeyOf, readCalibration, saveCalibration } from "#src/store/calibrations.js";
import { createRunFolder } from "#src/store/run-folder.js";
import { fetchAnswer } from "#src/target/answer.js";
import { askEndpoint } from "#src/target/ask-endpoint.js";
import { gitStateOf } from "#src/target/git-state.js";
import { startTarget } from "#src/target/start-target.js";

/** Processes, sockets, clocks, files: what every command measures with. */
export const realWorld: World = {
	now: () => performance.now(),
	date: () => new Date(),
	sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }).catch(() => {}),
	random: seededRandom,
	cores: availableParallelism(),
	planCpus: () => planCpus(),
	watchMachine,
	machineAdvice: (cpus) => machineAdvice(cpus),
	residentBytes,
	availableBytes,
	startTarget,
	fetchAnswer,
	askEndpoint,
	cpuReaderOf,
	functionSamplerOf: targetFunctionSampler,
	countObjects,
	takeHeapSnapshot,
	sourceMaps: (folder) => new SourceMaps(folder),
	openSides,
	gitStateOf,
	startGenerator: startLoadGenerator,
	clientCeiling,
	createRunFolder,
	machineKeyOf,
	readCalibration: (machineKey) => readCalibration(machineKey),
	saveCalibration: (calibration) => void saveCalibration(calibration),
};
