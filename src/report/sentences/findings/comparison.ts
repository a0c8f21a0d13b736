import type { FiguresOf } from "#src/model/finding.js";
import { isShare, type MetricName } from "#src/model/metric-names.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import { formatDecimal } from "#src/report/numbers/format.js";
import {
	formatOptionPercent,
	formatPoints,
	formatSignedPoints,
	formatSignedSize,
	formatSize,
} from "#src/report/numbers/shares.js";
import { formatDurationMs, formatOptionSeconds } from "#src/report/numbers/times.js";
import { answerDifferenceClause } from "#src/report/sentences/answer-difference.js";
import { capitalized } from "#src/report/sentences/phrases.js";
import type { SentenceWriters } from "./writers.js";

/** Shares are compared by their difference. */
const size = (metric: MetricName, value: number): string => (isShare(metric) ? formatPoints(value) : formatSize(value));

const signedSize = (metric: MetricName, value: number): string =>
	isShare(metric) ? formatSignedPoints(value) : formatSignedSize(value);

function tooNoisy(figures: FiguresOf<"TOO_NOISY">): string {
	const { metric, setSd, sets, margin, alsoUnclear } = figures;
	const others =
		alsoUnclear.length === 0 ? "" : ` Also unclear: ${alsoUnclear.map((each) => wordsOf(each).figure).join(", ")}.`;
	const time = figures.neededMs === null ? " More time alone would hardly help." : "";
	return `The change in ${wordsOf(metric).figure} varies by ${size(metric, setSd)} from one process set to the next (standard deviation of ${sets}), too much to decide on a margin of ${size(metric, margin)}. What helps: ${remedies(figures).join("; ")}.${time}${others}`;
}

function remedies({
	metric,
	load,
	stealShare,
	neededMs,
	marginNeeded,
	youngGeneration,
}: FiguresOf<"TOO_NOISY">): string[] {
	const disturbances = [
		...(load === null ? [] : [`load average ${formatDecimal(load.average1m, 1)} on ${load.cpus} CPUs`]),
		...(stealShare === null ? [] : [`the hypervisor took ${formatSize(stealShare)} of the CPU time`]),
	];
	return [
		`a quieter machine${disturbances.length === 0 ? "" : ` (${disturbances.join(", ")})`}`,
		...(neededMs === null ? [] : [`--within ${formatOptionSeconds(neededMs)}`]),
		marginNeeded === null
			? "a wider margin"
			: `a wider margin (--fail-on ${metric}=${formatOptionPercent(marginNeeded)})`,
		...(youngGeneration === "as is" ? ["a fixed young generation (leave out --as-is)"] : []),
	];
}

export const comparisonSentences = {
	ANSWERS_DIFFER: ({ figures: { difference } }) =>
		`The sides answer differently: ${answerDifferenceClause(difference)}. What is compared may be other work, not the same work done otherwise.`,
	FEW_SETS: ({ figures: { sets, firstLook, setMs, neededMs, large } }) =>
		`The time was over after ${sets} process ${sets === 1 ? "set" : "sets"}, and before ${firstLook} of them only large changes are told${large === null ? "" : ` (of ${wordsOf(large.metric).figure} from about ${size(large.metric, large.change)} on)`}. A set took ${formatDurationMs(setMs)}, most of it for starting and warming both sides: for smaller ones --within ${formatOptionSeconds(neededMs)} is needed at least.`,
	NOISY_FOR_MARGIN: ({ figures: { metric, afterMs, sets, setSd, margin, withinMs, detectable } }) =>
		`This machine is far too noisy for a margin of ${size(metric, margin)}: after ${sets} process ${sets === 1 ? "set" : "sets"} (${formatDurationMs(afterMs)}) the change in ${wordsOf(metric).figure} varies by about ${size(metric, setSd)} from one to the next. In ${formatDurationMs(withinMs)} changes from about ${size(metric, detectable)} on can be seen.`,
	LARGE_CHANGE: ({ figures: { metric, verdict, afterMs, sets, change, low, high } }) =>
		`${capitalized(verdict)} by far, seen after ${sets} process ${sets === 1 ? "set" : "sets"} (${formatDurationMs(afterMs)}): ${wordsOf(metric).figure} ${signedSize(metric, change)} [${signedSize(metric, low)} … ${signedSize(metric, high)}]. The interval allows for all that starts of the same code may differ by.`,
	NOT_PROFILED: () =>
		"No flamegraphs were taken, as there is no verdict for them to explain: --profile takes them all the same.",
	TOO_NOISY: ({ figures }) => tooNoisy(figures),
	SETS_NOT_WARM: ({ figures: { cold, sets, sides } }) =>
		`In ${cold} of ${sets} process sets the cost of ${sides.join(" and ")} still fell when the warm-up had to end, so ${cold === 1 ? "that set says" : "those sets say"} nothing of cost and latency. More --warmup-requests help, or a longer --within.`,
	UNCONFIRMED: ({ figures: { metric, permutationP, sets } }) =>
		`A second test does not confirm the change in ${wordsOf(metric).figure}: with the signs of the ${sets} sets thrown at random, as large a change comes about in ${formatSize(permutationP)} of cases. A few sets carry it; measure again, with a longer --within.`,
	CPU_IN_FEW_ROUNDS: ({ figures: { typicalChange, change } }) =>
		`In most of the short slices head takes ${formatSignedSize(typicalChange)} CPU per request, over all of them ${formatSignedSize(change)}: a part of the difference is in a few of them, as with a timer or a batch, work that does not come with every request. The verdict is on all of it, with a wider interval.`,
	AS_IS: () =>
		"V8's young generation was left as Node has it (--as-is): its size develops differently in each process, so the same code differs more from start to start, and intervals are wider.",
	YOUNG_GENERATION_FIXED: ({ figures: { semiSpaceMiB } }) =>
		`Node processes of both sides ran with V8's young generation fixed at ${semiSpaceMiB} MiB (semi-space), because left to itself it differs between two starts of the same code. Garbage collection may cost less than in production; --as-is leaves it as Node has it.`,
	DIRTY_TREE: ({ figures: { head } }) =>
		`Changes that are not committed were not measured: head is ${head}. Give --head . to measure the working tree.`,
	SAME_START: () =>
		"Base and head are started by the same command in the same environment: no difference is to be expected.",
	SAME_COMMIT: () => "Base and head are the same commit: no difference is to be expected.",
	NOT_PREPARED: ({ figures: { command } }) =>
		`Head is the working tree and was measured as it is: "${command}" ran for base only. Commit and give --head HEAD to have both prepared alike.`,
	SUBMODULES: ({ figures: { sides } }) =>
		`The repository has submodules, which are not checked out for ${sides.join(" and ")}. Fetch them with --prepare "git submodule update --init" if the server needs them.`,
	ENV_FILE: ({ figures: { sides } }) =>
		`The file .env is not in git, so ${sides.join(" and ")} ran without it. Set what the server needs from it in the environment.`,
} satisfies Partial<SentenceWriters>;
