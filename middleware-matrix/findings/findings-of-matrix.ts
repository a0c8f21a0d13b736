import type { FiguresOf, Finding } from "#src/model/finding.js";
import type { LayerEffect, LayerMetric, Matrix, Stack } from "#src/model/matrix.js";

/** More processes than this, loaded in turn, throw each other out of the caches. */
const MANY_ALIVE = 4;

/** What follows from the layers that were found, before anything is measured. */
export const findingsOfStack = ({ layers }: Stack): Finding[] =>
	layers.flatMap(({ id, name, keptIn }): Finding[] => {
		if (keptIn?.reason !== "needed") return [];
		const { without, besides } = keptIn;
		return [{ code: "LAYER_NEEDED", severity: "info", about: null, figures: { layer: id, name, without, besides } }];
	});

/** Of the time that was given, so much more may be taken without a word. */
const PUNCTUAL = 1.1;

/** The fewest sets may take longer than there was time. */
export const findingsOfTime = (withinMs: number, tookMs: number, { sets, variants }: Matrix): Finding[] =>
	tookMs <= PUNCTUAL * withinMs
		? []
		: [
				{
					code: "MATRIX_OVER_TIME",
					severity: "info",
					about: null,
					figures: { withinMs, tookMs, sets: sets.length, variants: variants.length },
				},
			];

export const profilesLeftOut = (variants: readonly string[], withinMs: number): Finding => ({
	code: "PROFILES_LEFT_OUT",
	severity: "info",
	about: null,
	figures: { variants: [...variants], withinMs },
});

/** Layers were to be switched both ways, and were switched this one only. */
export const oneWayOnly = (way: "absent" | "toggled", why: FiguresOf<"ONE_WAY_ONLY">["why"]): Finding => ({
	code: "ONE_WAY_ONLY",
	severity: "info",
	about: null,
	figures: { way, why },
});

/** What follows from layers measured one against the other. */
export function findingsOfMatrix(matrix: Matrix): Finding[] {
	return [
		...variantsFailed(matrix),
		...variantsNotWarm(matrix),
		...bareDiffers(matrix),
		...layersInteract(matrix),
		...toggledDisagrees(matrix),
		...inFewRounds(matrix),
		...profileDisagrees(matrix),
		...manyAlive(matrix),
		...switchesIdle(matrix),
		...layerCosts(matrix),
	];
}

function layerCosts({ effects }: Matrix): Finding[] {
	const real = effects.filter(({ verdict }) => verdict === "costs" || verdict === "saves");
	return [...new Set(real.map(({ factor }) => factor))].map((layer): Finding => {
		const own = real.filter(({ factor }) => factor === layer);
		return {
			code: "LAYER_COST",
			severity: "info",
			about: null,
			figures: {
				layer,
				effects: own.map(({ metric, change, share, low, high, holmP }) => ({
					metric,
					change,
					share,
					low,
					high,
					holmP,
				})),
			},
		};
	});
}

function layersInteract({ remainders, design, method, effects }: Matrix): Finding[] {
	const leaveOneOutWouldTell = method !== "both" && design.kind === "one-at-a-time" && !design.leaveOneOut;
	return remainders
		.filter(({ large }) => large)
		.map(
			({ metric, change, low, high, share }): Finding => ({
				code: "LAYERS_INTERACT",
				severity: "warning",
				about: null,
				figures: {
					...{ metric, change, low, high, share, leaveOneOutWouldTell },
					partlySkipped: method === "both" && effects.some((each) => each.metric === metric && each.way === "toggled"),
				},
			}),
		);
}

const profileDisagrees = ({ attributions }: Matrix): Finding[] =>
	attributions.flatMap(
		({ factor, profiledNsPerRequest, measuredNsPerRequest, lowNs, highNs, disagreement }): Finding[] =>
			disagreement === null
				? []
				: [
						{
							code: "PROFILE_DISAGREES",
							severity: "info",
							about: null,
							figures: { layer: factor, profiledNsPerRequest, measuredNsPerRequest, lowNs, highNs, disagreement },
						},
					],
	);

const effectOf = (effects: readonly LayerEffect[], factor: string, metric: LayerMetric): LayerEffect | undefined =>
	effects.find((each) => each.factor === factor && each.metric === metric);

function toggledDisagrees({ effects, bothWays }: Matrix): Finding[] {
	const all = [...effects, ...(bothWays?.effects ?? [])];
	return (bothWays?.disagreements ?? []).flatMap(({ factor, metric, difference }): Finding[] => {
		const own = all.filter((each) => each.factor === factor && each.metric === metric);
		const [absent, skipped] = [false, true].map((isSkipped) =>
			own.find(({ way }) => (way === "toggled") === isSkipped),
		);
		if (absent === undefined || skipped === undefined) return [];
		return [
			{
				code: "TOGGLED_DISAGREES",
				severity: "warning",
				about: null,
				figures: { layer: factor, metric, absentShare: absent.share, toggledShare: skipped.share, difference },
			},
		];
	});
}

/** What typical rounds do not have: they are a part of all rounds, so the interval of the difference is rather too wide. */
function inFewRounds({ effects, allRounds, design }: Matrix): Finding[] {
	return allRounds.disagreements.flatMap(({ factor, metric, difference }): Finding[] => {
		const [typical, all] = [effects, allRounds.effects].map((each) => effectOf(each, factor, metric));
		if (typical === undefined || all === undefined || Math.abs(difference) < design.margins.cpu) return [];
		return [
			{
				code: "LAYER_CPU_IN_FEW_ROUNDS",
				severity: "warning",
				about: null,
				figures: {
					layer: factor,
					typicalShare: typical.share,
					allShare: all.share,
					lowNs: all.low,
					highNs: all.high,
				},
			},
		];
	});
}

const bareDiffers = ({ controlDifferences }: Matrix): Finding[] =>
	controlDifferences
		.filter(({ real }) => real)
		.map(
			({ metric, change, low, high, sets }): Finding => ({
				code: "BARE_DIFFERS",
				severity: "warning",
				about: null,
				figures: { metric, change, low, high, sets },
			}),
		);

/** What has an effect, however small, shows in the bytes; without those only a CPU figure that is settled says so much. */
const switchesIdle = ({ method, factors, effects }: Matrix): Finding[] =>
	(method === "settings" ? factors : []).flatMap(({ name: layer }): Finding[] => {
		const own = effects.filter(({ factor }) => factor === layer);
		const surest = effectOf(effects, layer, "alloc") ?? effectOf(effects, layer, "cpu");
		const holdZero = own.every(({ low, high }) => low !== null && high !== null && low <= 0 && high >= 0);
		if (surest?.verdict !== "nothing" || !holdZero) return [];
		return [{ code: "LAYER_SWITCH_IDLE", severity: "info", about: null, figures: { layer } }];
	});

const manyAlive = ({ design: { rotation, blocks } }: Matrix): Finding[] =>
	rotation <= MANY_ALIVE ? [] : [{ code: "MANY_ALIVE", severity: "info", about: null, figures: { rotation, blocks } }];

/** One of many processes may look cold by chance; one that fewer sets have warm than not is a loss. */
const FEWEST_COLD = 2;

function variantsNotWarm({ variants, sets }: Matrix): Finding[] {
	const cold = variants.flatMap(({ name }, index) => {
		const own = sets.filter(({ figures }) => figures[index] != null);
		const notWarm = own.filter((set) => set.cold.includes(index));
		const few = notWarm.length === 0 || (notWarm.length < FEWEST_COLD && 2 * notWarm.length <= own.length);
		return few ? [] : [{ variant: name, cold: notWarm.length, sets: own.length }];
	});
	if (cold.length === 0) return [];
	const severity = cold.some((each) => 2 * each.cold > each.sets) ? "warning" : "info";
	return [{ code: "VARIANTS_NOT_WARM", severity, about: null, figures: { variants: cold } }];
}

const variantsFailed = ({ variants }: Matrix): Finding[] =>
	variants.flatMap(({ name, failed }): Finding[] =>
		failed === null
			? []
			: [{ code: "VARIANT_FAILED", severity: "warning", about: null, figures: { variant: name, failed } }],
	);
