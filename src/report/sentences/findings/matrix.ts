import type { FiguresOf } from "#src/model/finding.js";
import type { LayerMetric } from "#src/model/matrix.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import { formatBytes } from "#src/report/numbers/bytes.js";
import { formatCount, withSign } from "#src/report/numbers/format.js";
import { formatSignedSize } from "#src/report/numbers/shares.js";
import { formatDurationMs, formatNs } from "#src/report/numbers/times.js";
import { neededText } from "#src/report/sentences/kept-in.js";
import { listOf, quoted } from "#src/report/sentences/phrases.js";
import { profileDisagreementText } from "#src/report/sentences/profile-disagreement.js";
import { variantFailureText } from "#src/report/sentences/variant-failure.js";
import type { SentenceWriters } from "./writers.js";

const formats: Readonly<Record<LayerMetric, (amount: number) => string>> = {
	cpu: formatNs,
	alloc: formatBytes,
	p50: formatNs,
	p99: formatNs,
	"loaded-p50": formatNs,
	"loaded-p99": formatNs,
	rps: (perSecond) => `${formatCount(perSecond)} requests/s`,
};

const signed = (metric: LayerMetric, amount: number): string => withSign(amount, formats[metric]);

/** " [+19.8 µs … +22.9 µs]"; nothing without an interval. */
const interval = (metric: LayerMetric, low: number | null, high: number | null): string =>
	low === null || high === null ? "" : ` [${signed(metric, low)} … ${signed(metric, high)}]`;

function layersInteract(figures: FiguresOf<"LAYERS_INTERACT">): string {
	const { metric, change, low, high, leaveOneOutWouldTell, partlySkipped } = figures;
	const amount = `${formats[metric](Math.abs(change))}${interval(metric, low, high)} ${change < 0 ? "less" : "more"}`;
	const hint = leaveOneOutWouldTell ? " --leave-one-out measures each in the company of all others too." : "";
	const why = partlySkipped
		? "they work on each other, or those whose hooks were only skipped cost by being there. --absent leaves out each of them."
		: "they work on each other, so what one costs depends on which others are on.";
	return `Together the layers cost ${amount} in ${wordsOf(metric).figure} than their effects add up to: ${why}${hint}`;
}

function profileDisagrees(figures: FiguresOf<"PROFILE_DISAGREES">): string {
	const { layer, profiledNsPerRequest, measuredNsPerRequest, lowNs, highNs, disagreement } = figures;
	return `The profile of all layers charges ${formatNs(profiledNsPerRequest)} of CPU a request to ${layer}, switching it off measured ${signed("cpu", measuredNsPerRequest)}${interval("cpu", lowNs, highNs)}: ${profileDisagreementText(disagreement)}. Believe the measurement.`;
}

function layerCost({ layer, effects }: FiguresOf<"LAYER_COST">): string {
	const costs = effects.map(
		({ metric, change, low, high, share }) =>
			`${wordsOf(metric).figure} ${signed(metric, change)}${interval(metric, low, high)}, ${formatSignedSize(share)} of bare`,
	);
	return `${layer}: ${costs.join("; ")}.`;
}

function oneWayOnly({ way, why }: FiguresOf<"ONE_WAY_ONLY">): string {
	const told =
		way === "toggled"
			? "Hooks were only skipped in a warm process, no layer was left out"
			: "Every layer was left out, as hooks could not be skipped";
	switch (why.kind) {
		case "failed":
			return `${told}: ${quoted(why.message)}.`;
		case "no time":
			return `${told}: there was no time for process sets without ${listOf(why.suspects)}. A longer --within tells sizes.`;
	}
}

const NAMED = 4;
const briefly = (texts: readonly string[]): string =>
	texts.length <= NAMED
		? listOf(texts)
		: `${texts.slice(0, NAMED).join(", ")} and ${formatCount(texts.length - NAMED)} more`;

export const matrixSentences = {
	VARIANT_FAILED: ({ figures: { variant, failed } }) =>
		`The variant “${variant}” could not be measured: ${quoted(variantFailureText(failed))}. Effects that need it are missing.`,
	BARE_DIFFERS: ({ figures: { metric, change, low, high, sets } }) =>
		`Bare and its control are the same and yet differ by ${formatSignedSize(change)} [${formatSignedSize(low)} … ${formatSignedSize(high)}] in ${wordsOf(metric).figure} over ${sets} process sets: something here favours one variant over another, and effects of this size may be that.`,
	LAYERS_INTERACT: ({ figures }) => layersInteract(figures),
	TOGGLED_DISAGREES: ({ figures: { layer, metric, absentShare, toggledShare } }) =>
		`${layer}: skipping its hooks in a warm process says ${formatSignedSize(toggledShare)} in ${wordsOf(metric).figure}, never registering it ${formatSignedSize(absentShare)}. They differ by more than their intervals; believe the latter, because what a layer costs by being there (inline caches, routes' hooks) does not go away with its hooks.`,
	LAYER_CPU_IN_FEW_ROUNDS: ({ figures: { layer, typicalShare, allShare, lowNs, highNs } }) =>
		`${layer}: in most of the short slices it takes ${formatSignedSize(typicalShare)} of bare in CPU per request, over all of them ${formatSignedSize(allShare)}${interval("cpu", lowNs, highNs)}. The rest comes in a few of them, as with a timer or a batch, and is not in its figure.`,
	PROFILE_DISAGREES: ({ figures }) => profileDisagrees(figures),
	ONE_WAY_ONLY: ({ figures }) => oneWayOnly(figures),
	VARIANTS_NOT_WARM: ({ figures: { variants } }) => {
		const cold = variants.map((each) => `${each.variant} in ${formatCount(each.cold)} of ${formatCount(each.sets)}`);
		return `The cost of some variants still fell while they were measured, and these process sets say nothing of them: ${briefly(cold)}. More --warmup-requests help, or a longer --within.`;
	},
	MANY_ALIVE: ({ figures: { rotation } }) =>
		`${rotation} processes were alive and loaded in turn, so each finds the caches cold after its break: everything costs a little more than alone. It is the same for all variants, and the differences stand.`,
	LAYER_NEEDED: ({ figures: { name, without, besides } }) =>
		`${name} cannot be left out alone, so it is on in every variant: ${quoted(neededText({ without, besides }))}.`,
	MATRIX_OVER_TIME: ({ figures: { withinMs, tookMs, sets, variants } }) =>
		`It took ${formatDurationMs(tookMs)} instead of the ${formatDurationMs(withinMs)} that --within gives to all of it: fewer than ${formatCount(sets)} process sets of ${formatCount(variants)} variants would not tell a cost from chance.`,
	PROFILES_LEFT_OUT: ({ figures: { variants, withinMs } }) =>
		`The ${formatDurationMs(withinMs)} of --within left no time for all flamegraphs; these have none, or not of every kind: ${listOf(variants)}.`,
	LAYER_SWITCH_IDLE: ({ figures: { layer } }) =>
		`${layer}: nothing that is measured differs with it. Either it does nothing for this endpoint, or its switch does not reach the target, as a variable or a flag that nothing reads.`,
	LAYER_COST: ({ figures }) => layerCost(figures),
} satisfies Partial<SentenceWriters>;
