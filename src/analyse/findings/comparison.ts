import type { AnswerDifference } from "#src/model/answer-difference.js";
import type { Comparison, EarlyNoise, Effect, LargeChange } from "#src/model/comparison.js";
import type { FiguresOf, Finding } from "#src/model/finding.js";
import type { Machine } from "#src/model/machine.js";
import { disturbingSteal } from "./machine.js";

/** Findings that follow from two sides measured together. */

/** Above this, signs thrown at random bring about such a change too often for it to rest on every set. */
const UNCONFIRMED_P = 0.05;

export function findingsOfComparison(comparison: Comparison, machine: Machine): Finding[] {
	return [
		...(comparison.answersDiffer === null ? [] : [answersDiffer(comparison.answersDiffer)]),
		...(comparison.large === null ? [] : [largeChange(comparison.large)]),
		...fewSets(comparison),
		...(comparison.noise === null ? [] : [noisyForMargin(comparison.noise, comparison.design.withinMs)]),
		...tooNoisy(comparison, machine),
		...notWarm(comparison),
		...unconfirmed(comparison),
		...inFewRounds(comparison),
		youngGeneration(comparison),
	];
}

export const answersDiffer = (difference: AnswerDifference): Finding => ({
	code: "ANSWERS_DIFFER",
	severity: "warning",
	about: null,
	figures: { difference },
});

/** Both are told as soon as they are seen. */
export const largeChange = (large: LargeChange): Finding => ({
	code: "LARGE_CHANGE",
	severity: "info",
	about: null,
	figures: large,
});

export const noisyForMargin = (noise: EarlyNoise, withinMs: number): Finding => ({
	code: "NOISY_FOR_MARGIN",
	severity: "warning",
	about: null,
	figures: { ...noise, withinMs },
});

/** No verdict, and nobody asked for profiles all the same. */
export const notProfiled: Finding = { code: "NOT_PROFILED", severity: "info", about: null, figures: {} };

/** The longest a set takes in the mean, start and warm-up of both sides included. */
const setTimeMs = ({ elapsedMs, sets }: Comparison): number => elapsedMs / sets.length;

/** The time was over before the first look; a run that was interrupted has its own reason. */
function fewSets(comparison: Comparison): Finding[] {
	const { sets, design, effects, ending, verdict } = comparison;
	if (sets.length === 0 || sets.length >= design.firstLook || ending !== "time" || verdict !== "cannot tell") return [];
	const setMs = setTimeMs(comparison);
	const large = effects.find((each) => each.judged && each.smallestDetectable !== null);
	const neededMs = wholeTensOfSeconds(design.firstLook * setMs * 1.1);
	return [
		{
			code: "FEW_SETS",
			severity: "warning",
			about: null,
			figures: {
				...{ sets: sets.length, firstLook: design.firstLook, setMs, neededMs },
				large: large?.smallestDetectable == null ? null : { metric: large.metric, change: large.smallestDetectable },
			},
		},
	];
}

function tooNoisy(comparison: Comparison, machine: Machine): Finding[] {
	const { verdict, effects, sets, design } = comparison;
	if (verdict !== "cannot tell" || sets.length < design.firstLook) return [];
	const unclear = effects.filter((each) => each.judged && each.verdict === "cannot tell" && each.setSd !== null);
	const [first, ...rest] = unclear;
	if (first === undefined || first.setSd === null) return [];
	return [
		{
			code: "TOO_NOISY",
			severity: "warning",
			about: null,
			figures: {
				metric: first.metric,
				setSd: first.setSd,
				margin: first.margin,
				sets: first.sets,
				smallestDetectable: first.smallestDetectable,
				secondsToDecide: first.secondsToDecide,
				...whatHelps(comparison, first, machine),
				alsoUnclear: rest.map(({ metric }) => metric),
			},
		},
	];
}

type Help = Pick<FiguresOf<"TOO_NOISY">, "neededMs" | "marginNeeded" | "load" | "stealShare" | "youngGeneration">;

function whatHelps({ design, elapsedMs }: Comparison, effect: Effect, machine: Machine): Help {
	const { secondsToDecide, smallestDetectable, margin } = effect;
	const wider = smallestDetectable === null ? null : upToHalfPercent(smallestDetectable);
	return {
		neededMs:
			secondsToDecide === null
				? null
				: wholeTensOfSeconds(Math.max(elapsedMs, design.withinMs) + secondsToDecide * 1e3),
		marginNeeded: wider === null || wider <= margin ? null : wider,
		load: machine.loadAverage1m > machine.cpus ? { average1m: machine.loadAverage1m, cpus: machine.cpus } : null,
		stealShare: disturbingSteal(machine),
		youngGeneration: design.semiSpaceMiB === null ? "as is" : "fixed",
	};
}

const wholeTensOfSeconds = (valueMs: number): number => Math.ceil(valueMs / 10_000) * 10_000;
const upToHalfPercent = (share: number): number => Math.ceil(share * 200) / 200;

function notWarm({ sets }: Comparison): Finding[] {
	const cold = sets.filter((set) => set.cold.length > 0);
	const sides = (["base", "head"] as const).filter((side) => cold.some((set) => set.cold.includes(side)));
	if (sides.length === 0) return [];
	const figures = { cold: cold.length, sets: sets.length, sides };
	return [{ code: "SETS_NOT_WARM", severity: "warning", about: null, figures }];
}

const unconfirmed = ({ effects }: Comparison): Finding[] =>
	effects
		.filter(({ judged, verdict }) => judged && (verdict === "regressed" || verdict === "improved"))
		.flatMap(({ metric, permutationP, sets }): Finding[] =>
			permutationP === null || permutationP <= UNCONFIRMED_P
				? []
				: [{ code: "UNCONFIRMED", severity: "warning", about: null, figures: { metric, permutationP, sets } }],
		);

function inFewRounds({ typicalCpuChange, effects }: Comparison): Finding[] {
	const change = effects.find(({ metric }) => metric === "cpu")?.change ?? null;
	if (typicalCpuChange === null || change === null) return [];
	return [
		{
			code: "CPU_IN_FEW_ROUNDS",
			severity: "warning",
			about: null,
			figures: { typicalChange: typicalCpuChange, change },
		},
	];
}

const youngGeneration = ({ design: { semiSpaceMiB } }: Comparison): Finding =>
	semiSpaceMiB === null
		? { code: "AS_IS", severity: "info", about: null, figures: {} }
		: { code: "YOUNG_GENERATION_FIXED", severity: "info", about: null, figures: { semiSpaceMiB } };
