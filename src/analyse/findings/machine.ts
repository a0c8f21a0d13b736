import type { Calibration } from "#src/model/calibration.js";
import type { Finding } from "#src/model/finding.js";
import type { MachineAdvice, UnpinnedReason } from "#src/model/findings/machine.js";
import type { Machine } from "#src/model/machine.js";

/** Findings about the machine that a run was made on. */

/** From this share of stolen CPU time on, a hypervisor disturbs. */
const NOISY_STEAL_SHARE = 0.02;

/** The share that a hypervisor took, where that is enough to disturb; else null. */
export const disturbingSteal = ({ stealShare }: Machine): number | null =>
	stealShare !== null && stealShare > NOISY_STEAL_SHARE ? stealShare : null;

/** @param unpinnedBecause why target and generator are not kept apart; null where they are */
export function findingsOfMachine(
	machine: Machine,
	{ unpinnedBecause }: { readonly unpinnedBecause: UnpinnedReason | null },
): Finding[] {
	const stealShare = disturbingSteal(machine);
	return [
		...(unpinnedBecause === null ? [] : [notPinned(unpinnedBecause)]),
		...(stealShare === null ? [] : [noisyMachine(stealShare)]),
	];
}

const notPinned = (because: UnpinnedReason): Finding => ({
	code: "NOT_PINNED",
	severity: "info",
	about: null,
	figures: { because },
});

const noisyMachine = (stealShare: number): Finding => ({
	code: "NOISY_MACHINE",
	severity: "warning",
	about: null,
	figures: { stealShare },
});

/** CALIBRATED: what this machine could see when it was calibrated. */
export function calibrationNote({ detectable, measuredAt, target }: Calibration): Finding[] {
	const known = detectable.flatMap(({ withinMs, cpu }) => (cpu === null ? [] : [{ withinMs, cpuShare: cpu }]));
	if (known.length === 0) return [];
	return [{ code: "CALIBRATED", severity: "info", about: null, figures: { measuredAt, target, detectable: known } }];
}

/** MACHINE_ADVICE: what makes this machine noisier than it needs to be. */
export const adviceNote = (advice: MachineAdvice): Finding => ({
	code: "MACHINE_ADVICE",
	severity: "info",
	about: null,
	figures: advice,
});
