import { disagreements } from "#matrix/effects/disagreements.js";
import { signedPercent } from "#src/analyse/statistics/percent.js";
import type { Finding } from "#src/model/finding.js";
import type { LayerEffect, LayerMetric, Matrix } from "#src/model/matrix.js";
import { bareDifferences } from "./bare.js";

/** Findings that follow from layers measured one against the other. */

/** More processes than this, loaded in turn, throw each other out of the caches. */
const MANY_ALIVE = 4;

const more = (value: number): string => (value < 0 ? "less" : "more");
const trimmed = (text: string): string => text.replace(/\.$/, "");

const names: Readonly<Record<LayerMetric, string>> = {
	cpu: "CPU per request",
	alloc: "bytes per request",
	p50: "p50",
	p99: "p99",
	rps: "requests per second",
};

export function findingsOfMatrix(matrix: Matrix): Finding[] {
	return [
		...variantsFailed(matrix),
		...bareDiffers(matrix),
		...layersInteract(matrix),
		...toggledDisagrees(matrix),
		...inFewRounds(matrix),
		...profileDisagrees(matrix),
		...manyAlive(matrix),
		...layerNeeded(matrix),
		...layerCosts(matrix),
	];
}

/** 21.3 µs, 1.2 KiB, 312 requests/s; without a sign. */
function amount({ unit }: Pick<LayerEffect, "unit">, value: number): string {
	const size = Math.abs(value);
	const three = (number: number): string => String(Number(number.toPrecision(3)));
	if (unit === "1/s") return `${Math.round(size)} requests/s`;
	const [small, middle, large, step] = unit === "ns" ? ["ns", "µs", "ms", 1000] : ["B", "KiB", "MiB", 1024];
	if (size < step) return `${three(size)} ${small}`;
	return size < step ** 2 ? `${three(size / step)} ${middle}` : `${three(size / step ** 2)} ${large}`;
}

const signedAmount = (effect: Pick<LayerEffect, "unit">, value: number): string =>
	`${value < 0 ? "−" : "+"}${amount(effect, value)}`;

const interval = (effect: Pick<LayerEffect, "unit" | "low" | "high">): string =>
	effect.low === null || effect.high === null
		? ""
		: ` [${signedAmount(effect, effect.low)} … ${signedAmount(effect, effect.high)}]`;

function layerCosts({ effects }: Matrix): Finding[] {
	const real = effects.filter(({ verdict }) => verdict === "costs" || verdict === "saves");
	return [...new Set(real.map(({ factor }) => factor))].map((factor): Finding => {
		const own = real.filter((each) => each.factor === factor);
		return {
			code: "LAYER_COST",
			severity: "info",
			about: null,
			figures: Object.fromEntries([
				["layer", factor],
				...own.flatMap(({ metric, change, low, high, share, holmP }) => [
					[metric, change],
					[`${metric}Low`, low],
					[`${metric}High`, high],
					[`${metric}Share`, share],
					[`${metric}HolmP`, holmP],
				]),
			]),
			sentence: `${factor}: ${own
				.map(
					(each) =>
						`${names[each.metric]} ${signedAmount(each, each.change)}${interval(each)}, ${signedPercent(each.share)} of bare`,
				)
				.join("; ")}.`,
		};
	});
}

function layersInteract({ remainders, design }: Matrix): Finding[] {
	return remainders
		.filter(({ large }) => large)
		.map(
			(remainder): Finding => ({
				code: "LAYERS_INTERACT",
				severity: "warning",
				about: null,
				figures: {
					metric: remainder.metric,
					change: remainder.change,
					low: remainder.low,
					high: remainder.high,
					share: remainder.share,
				},
				sentence: `Together the layers cost ${amount(remainder, remainder.change)}${interval(remainder)} ${more(remainder.change)} in ${names[remainder.metric]} than their effects add up to: they work on each other, so what one costs depends on which others are on.${design.kind === "one-at-a-time" && !design.leaveOneOut ? " --leave-one-out measures each in the company of all others too." : ""}`,
			}),
		);
}

const layerNeeded = ({ layers }: Matrix): Finding[] =>
	layers.flatMap(({ id, name, keptIn }): Finding[] =>
		keptIn?.reason !== "needed"
			? []
			: [
					{
						code: "LAYER_NEEDED",
						severity: "info",
						about: null,
						figures: { layer: id },
						sentence: `${name} cannot be left out alone, so it is on in every variant: ${trimmed(keptIn.sentence)}.`,
					},
				],
	);

const profileDisagrees = ({ attributions }: Matrix): Finding[] =>
	attributions.flatMap((each): Finding[] => {
		const { factor, profiledNsPerRequest, measuredNsPerRequest, lowNs, highNs, disagreement } = each;
		if (disagreement === null) return [];
		const ns = { unit: "ns", low: lowNs, high: highNs } as const;
		return [
			{
				code: "PROFILE_DISAGREES",
				severity: "info",
				about: null,
				figures: { layer: factor, profiledNsPerRequest, measuredNsPerRequest, lowNs, highNs },
				sentence: `The profile of all layers charges ${amount(ns, profiledNsPerRequest)} of CPU a request to ${factor}, leaving it out measured ${signedAmount(ns, measuredNsPerRequest)}${interval(ns)}: ${trimmed(disagreement)}. Believe the measurement.`,
			},
		];
	});

function toggledDisagrees({ effects, toggledEffects }: Matrix): Finding[] {
	return disagreements(effects, toggledEffects ?? []).map(
		({ factor, metric, one: absent, other: toggled, difference }): Finding => ({
			code: "TOGGLED_DISAGREES",
			severity: "warning",
			about: null,
			figures: { layer: factor, metric, absent: absent.change, toggled: toggled.change, differenceShare: difference },
			sentence: `${factor}: skipping its hooks in a warm process says ${signedPercent(toggled.share)} in ${names[metric]}, never registering it ${signedPercent(absent.share)}. They differ by more than their intervals; believe the latter, because what a layer costs by being there (inline caches, routes' hooks) does not go away with its hooks.`,
		}),
	);
}

/** What typical rounds do not have: they are a part of all rounds, so the interval of the difference is rather too wide. */
function inFewRounds({ effects, allRoundsEffects, design }: Matrix): Finding[] {
	return disagreements(effects, allRoundsEffects)
		.filter(({ difference }) => Math.abs(difference) >= design.margins.cpu)
		.map(
			({ factor, one: typical, other: all }): Finding => ({
				code: "CPU_IN_FEW_ROUNDS",
				severity: "warning",
				about: null,
				figures: { layer: factor, typical: typical.change, all: all.change, low: all.low, high: all.high },
				sentence: `${factor}: in most of the short slices it takes ${signedPercent(typical.share)} of bare in CPU per request, over all of them ${signedPercent(all.share)}${interval(all)}. The rest comes in a few of them, as with a timer or a batch, and is not in its figure.`,
			}),
		);
}

const bareDiffers = (matrix: Matrix): Finding[] =>
	bareDifferences(matrix)
		.filter(({ real }) => real)
		.map(
			({ metric, change, low, high, sets }): Finding => ({
				code: "BARE_DIFFERS",
				severity: "warning",
				about: null,
				figures: { metric, change, low, high, sets },
				sentence: `Bare and bare again are the same and yet differ by ${signedPercent(change)} [${signedPercent(low)} … ${signedPercent(high)}] in ${names[metric]} over ${sets} process sets: something here favours one variant over another, and effects of this size may be that.`,
			}),
		);

const manyAlive = ({ design: { rotation, blocks } }: Matrix): Finding[] =>
	rotation <= MANY_ALIVE
		? []
		: [
				{
					code: "MANY_ALIVE",
					severity: "info",
					about: null,
					figures: { rotation, blocks },
					sentence: `${rotation} processes were alive and loaded in turn, so each finds the caches cold after its break: everything costs a little more than alone. It is the same for all variants, and the differences stand.`,
				},
			];

function variantsFailed({ variants }: Matrix): Finding[] {
	return variants.flatMap(({ name, failed }): Finding[] =>
		failed === null
			? []
			: [
					{
						code: "VARIANT_FAILED",
						severity: "warning",
						about: null,
						figures: { variant: name, reason: failed },
						sentence: `The variant “${name}” could not be measured: ${trimmed(failed)}. Effects that need it are missing.`,
					},
				],
	);
}
