import { percent, signedPercent } from "#src/analyse/statistics/percent.js";
import type { Calibration } from "#src/model/calibration.js";
import type { Comparison, Effect, MetricName } from "#src/model/comparison.js";
import type { Finding } from "#src/model/finding.js";
import type { Machine } from "#src/model/machine.js";

/** Findings that follow from two sides measured together. */

const seconds = (valueMs: number): string => `${Number((valueMs / 1e3).toFixed(1))} s`;

const NOISY_STEAL_SHARE = 0.02;
/** Above this, signs thrown at random bring about such a change too often for it to rest on every set. */
const UNCONFIRMED_P = 0.05;

const names: Readonly<Record<MetricName, string>> = {
	cpu: "CPU per request",
	alloc: "bytes per request",
	p50: "p50",
	p99: "p99",
	"p99.9": "p99.9",
	errors: "the share of failed requests",
};

export function findingsOfComparison(comparison: Comparison, machine: Machine): Finding[] {
	return [
		...answersDiffer(comparison),
		...fewSets(comparison),
		...tooNoisy(comparison, machine),
		...unconfirmed(comparison),
		...inFewRounds(comparison),
		youngGeneration(comparison),
	];
}

function answersDiffer({ answersDiffer: difference }: Comparison): Finding[] {
	if (difference === null) return [];
	return [
		{
			code: "ANSWERS_DIFFER",
			severity: "warning",
			about: null,
			figures: { difference },
			sentence: `The sides answer differently: ${difference.replace(/\.$/, "")}. What is compared may be other work, not the same work done otherwise.`,
		},
	];
}

/** The longest a set takes in the mean, start and warm-up of both sides included. */
const setTimeMs = ({ elapsedMs, sets }: Comparison): number => elapsedMs / sets.length;

/** The time was over before the first look; a run that was interrupted has its own reason. */
function fewSets(comparison: Comparison): Finding[] {
	const { sets, design, elapsedMs } = comparison;
	if (sets.length === 0 || sets.length >= design.firstLook) return [];
	const perSetMs = setTimeMs(comparison);
	if (elapsedMs + perSetMs <= design.withinMs) return [];
	const neededMs = wholeTensOfSeconds(design.firstLook * perSetMs * 1.1);
	return [
		{
			code: "FEW_SETS",
			severity: "warning",
			about: null,
			figures: { sets: sets.length, firstLook: design.firstLook, setMs: perSetMs, neededMs },
			sentence: `The time was over after ${sets.length} process ${sets.length === 1 ? "set" : "sets"}, and nothing is decided before ${design.firstLook}. A set took ${seconds(perSetMs)}, most of it for starting and warming both sides: --within ${neededMs / 1e3}s is needed at least.`,
		},
	];
}

function tooNoisy(comparison: Comparison, machine: Machine): Finding[] {
	const { verdict, effects, sets, design } = comparison;
	if (verdict !== "cannot tell" || sets.length < design.firstLook) return [];
	const unclear = effects.filter((each) => each.judged && each.verdict === "cannot tell" && each.setSd !== null);
	const [first, ...rest] = unclear;
	if (first === undefined || first.setSd === null) return [];
	const others = rest.length === 0 ? "" : ` Also unclear: ${rest.map(({ metric }) => names[metric]).join(", ")}.`;
	return [
		{
			code: "TOO_NOISY",
			severity: "warning",
			about: null,
			figures: {
				metric: first.metric,
				setSd: first.setSd,
				sets: first.sets,
				margin: first.margin,
				smallestDetectable: first.smallestDetectable,
				secondsToDecide: first.secondsToDecide,
			},
			sentence: `The change in ${names[first.metric]} varies by ${size(first, first.setSd)} from one process set to the next (standard deviation of ${first.sets}), too much to decide on a margin of ${size(first, first.margin)}. What helps: ${remedies(comparison, first, machine).join("; ")}.${others}`,
		},
	];
}

/** Failed requests are compared by the difference of two shares. */
const size = ({ metric }: Effect, value: number): string =>
	metric === "errors" ? percent(value).replace(" %", " percentage points") : percent(value);

function remedies({ design, elapsedMs }: Comparison, effect: Effect, machine: Machine): string[] {
	const disturbances = [
		...(machine.loadAverage1m > machine.cpus
			? [`load average ${machine.loadAverage1m.toFixed(1)} on ${machine.cpus} CPUs`]
			: []),
		...(machine.stealShare !== null && machine.stealShare > NOISY_STEAL_SHARE
			? [`the hypervisor took ${percent(machine.stealShare)} of the CPU time`]
			: []),
	];
	const longer =
		effect.secondsToDecide === null
			? "a longer --within"
			: `--within ${wholeTensOfSeconds(Math.max(elapsedMs, design.withinMs) + effect.secondsToDecide * 1e3) / 1e3}s`;
	const wider = effect.smallestDetectable === null ? null : upToHalfPercent(effect.smallestDetectable);
	return [
		`a quieter machine${disturbances.length === 0 ? "" : ` (${disturbances.join(", ")})`}`,
		longer,
		wider === null || wider <= effect.margin * 100
			? "a wider margin"
			: `a wider margin (--fail-on ${effect.metric}=${wider}%)`,
		...(design.semiSpaceMiB === null ? ["a fixed young generation (leave out --as-is)"] : []),
	];
}

const wholeTensOfSeconds = (valueMs: number): number => Math.ceil(valueMs / 10_000) * 10_000;
const upToHalfPercent = (share: number): number => Math.ceil(share * 200) / 2;

function unconfirmed({ effects }: Comparison): Finding[] {
	return effects
		.filter(({ judged, verdict }) => judged && (verdict === "regressed" || verdict === "improved"))
		.flatMap((effect): Finding[] =>
			effect.permutationP === null || effect.permutationP <= UNCONFIRMED_P
				? []
				: [
						{
							code: "UNCONFIRMED",
							severity: "warning",
							about: null,
							figures: { metric: effect.metric, permutationP: effect.permutationP, sets: effect.sets },
							sentence: `A second test does not confirm the change in ${names[effect.metric]}: with the signs of the ${effect.sets} sets thrown at random, as large a change comes about in ${percent(effect.permutationP)} of cases. A few sets carry it; measure again, with a longer --within.`,
						},
					],
		);
}

function inFewRounds({ typicalCpuChange, effects }: Comparison): Finding[] {
	const change = effects.find(({ metric }) => metric === "cpu")?.change ?? null;
	if (typicalCpuChange === null || change === null) return [];
	return [
		{
			code: "CPU_IN_FEW_ROUNDS",
			severity: "warning",
			about: null,
			figures: { typicalCpuChange, change },
			sentence: `In most of the short slices head takes ${signedPercent(typicalCpuChange)} CPU per request, over all of them ${signedPercent(change)}: a part of the difference is in a few of them, as with a timer or a batch, work that does not come with every request. The verdict is on all of it, with a wider interval.`,
		},
	];
}

function youngGeneration({ design: { semiSpaceMiB } }: Comparison): Finding {
	return semiSpaceMiB === null
		? {
				code: "AS_IS",
				severity: "info",
				about: null,
				figures: {},
				sentence:
					"V8's young generation was left as Node has it (--as-is): its size develops differently in each process, so the same code differs more from start to start, and intervals are wider.",
			}
		: {
				code: "YOUNG_GENERATION_FIXED",
				severity: "info",
				about: null,
				figures: { semiSpaceMiB },
				sentence: `Node processes of both sides ran with V8's young generation fixed at ${semiSpaceMiB} MiB (semi-space), because left to itself it differs between two starts of the same code. Garbage collection may cost less than in production; --as-is leaves it as Node has it.`,
			};
}

/** CALIBRATED: what this machine could see when it was calibrated. */
export function calibrationNote({ detectable, measuredAt, target }: Calibration): Finding[] {
	const known = detectable.flatMap(({ withinMs, cpu }) => (cpu === null ? [] : [{ withinMs, cpu }]));
	if (known.length === 0) return [];
	const list = known.map(({ withinMs, cpu }) => `${percent(cpu)} in ${withinMs / 1e3} s`).join(", ");
	return [
		{
			code: "CALIBRATED",
			severity: "info",
			about: null,
			figures: Object.fromEntries(known.map(({ withinMs, cpu }) => [`within${withinMs / 1e3}s`, cpu])),
			sentence: `Calibrated on ${measuredAt.slice(0, 10)} with ${target}: this machine sees a change of CPU per request of ${list}.`,
		},
	];
}

/** MACHINE_ADVICE: what makes this machine noisier than it needs to be. */
export const adviceNote = ({ what, fix }: { readonly what: string; readonly fix: string }): Finding => ({
	code: "MACHINE_ADVICE",
	severity: "info",
	about: null,
	figures: {},
	sentence: `${what.charAt(0).toUpperCase()}${what.slice(1)}: ${fix}.`,
});
