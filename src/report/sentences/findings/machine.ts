import type { FiguresOf } from "#src/model/finding.js";
import type { UnpinnedReason } from "#src/model/findings/machine.js";
import { formatShare, formatSize } from "#src/report/numbers/shares.js";
import { formatDurationMs } from "#src/report/numbers/times.js";
import { listOf } from "#src/report/sentences/phrases.js";
import type { SentenceWriters } from "./writers.js";

const unpinned: Readonly<Record<UnpinnedReason, string>> = {
	"no taskset": "taskset is not installed",
	"one core": "there is only one core",
	"target runs already": "the target runs already",
};

function adviceSentence(advice: FiguresOf<"MACHINE_ADVICE">): string {
	switch (advice.kind) {
		case "slow clock":
			return `The kernel's clock is ${advice.clockSource}, which is slow to read: where the hardware allows it, boot with clocksource=tsc.`;
		case "changing speed":
			return `Core ${advice.core} changes its speed (governor ${advice.governor}): set it to performance while measuring: cpupower frequency-set -g performance.`;
		case "shared core":
			return `Core ${advice.targetCores.join(", ")} of the target and core ${advice.generatorCore} of the generator are two threads of one physical core: a machine with two physical cores, or hyper-threading switched off, is less noisy.`;
	}
}

export const machineSentences = {
	NOT_PINNED: ({ figures }) =>
		`Target and generator were not kept on different cores, because ${unpinned[figures.because]}; they may have taken time from each other.`,
	SEVERAL_PORTS: ({ figures: { port, otherPorts } }) =>
		`The target listens on port ${port}, which came first and is loaded, and on ${listOf(otherPorts.map(String))}; --port chooses another.`,
	NOISY_MACHINE: ({ figures }) =>
		`The hypervisor took ${formatShare(figures.stealShare)} of the CPU time away during the run; wall-clock figures suffer first.`,
	MACHINE_ADVICE: ({ figures }) => adviceSentence(figures),
	CALIBRATED: ({ figures: { measuredAt, target, detectable } }) =>
		`Calibrated on ${measuredAt.slice(0, 10)} with ${target}: in 8 of 10 runs this machine detects a change of CPU per request of ${listOf(detectable.map(({ withinMs, cpuShare }) => `${formatSize(cpuShare)} in ${formatDurationMs(withinMs)}`))}.`,
} satisfies Partial<SentenceWriters>;
