import type { Calibration } from "#src/model/calibration.js";
import type { Comparison } from "#src/model/comparison.js";
import { detectableChange } from "./forecast.js";
import { levelOfLooks, MOST_LOOKS } from "./looks.js";

/** Lengths of a comparison for which a calibration says what it could see. */
const WITHIN_MS = [10_000, 30_000, 60_000, 120_000] as const;

/** What a comparison of two equal sides says of the machine; null where too few sets were measured. */
export function calibrationOf(
	comparison: Comparison,
	about: { readonly machineKey: string; readonly target: string; readonly measuredAt: string },
): Calibration | null {
	const cpu = comparison.effects.find(({ metric }) => metric === "cpu");
	const sets = comparison.sets.length;
	if (cpu === undefined || cpu.setSd === null || sets < 2) return null;
	const { firstLook, alpha } = comparison.design;
	const msPerSet = (comparison.sets.at(-1)?.endedAtMs ?? 0) / sets;
	const looks = comparison.running.filter(({ metric }) => metric === "cpu");
	return {
		...about,
		sets,
		msPerSet,
		cpuSetSd: cpu.setSd,
		detectable: WITHIN_MS.map((withinMs) => {
			const fitting = Math.min(MOST_LOOKS, Math.floor(withinMs / msPerSet));
			const log =
				fitting < firstLook ? null : detectableChange(cpu.setSd ?? 0, fitting, levelOfLooks(alpha, firstLook, fitting));
			return { withinMs, sets: fitting, cpu: log === null ? null : Math.expm1(log) };
		}),
		looks: looks.length,
		falseAlarms: looks.filter(({ low, high }) => low > 0 || high < 0).length,
	};
}
