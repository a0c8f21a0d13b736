import type { EarlyNoise } from "#src/model/comparison.js";
import { EARLY_SHARE } from "./early-look.js";
import { detectableChange } from "./forecast.js";
import { type JudgeDesign, type Judged, marginOf } from "./judge-contrasts.js";
import { levelOfLooks } from "./looks.js";
import { changeOf, type PairedSet } from "./paired-set.js";
import { errorOfRounds } from "./rounds-error.js";

/** Far too noisy: not even a change of so many margins would be found. */
const MARGINS = 2;
/** With a probability of about 95 % the true spread is not smaller than this part of what two or three sets show (by chi square). */
const SURE_PART: Readonly<Record<number, number>> = { 2: 0.51, 3: 0.578 };

/**
 * Whether a run that has just begun can already be seen to be far too noisy for the margin of a primary metric, and what it could find in
 * the time that it has. One set shows by its rounds how uncertain its CPU is at least; of two and three sets only so much of the spread
 * counts as is certain. Null where it is not so, or too late to be early.
 * @param fitting how many sets there is time for
 */
export function earlyNoise(
	judged: readonly Judged[],
	sets: readonly Pick<PairedSet, "rounds" | "endedAtMs">[],
	design: JudgeDesign,
	fitting: number,
): EarlyNoise | null {
	const found = judged.flatMap((each): (EarlyNoise & { readonly excess: number })[] => {
		if (!each.judged || each.verdict !== "cannot tell" || !design.primary.includes(each.metric)) return [];
		const spread = certainSpread(each, sets);
		if (spread === null || fitting < design.firstLook) return [];
		const level = levelOfLooks(each.alpha * (1 - EARLY_SHARE), design.firstLook, design.mostSets);
		const [least, probable] = [spread.least, spread.seen].map((sd) => detectableChange(sd, fitting, level));
		const margin = marginOf(each.metric, design);
		if (least == null || probable == null || least <= MARGINS * margin) return [];
		const detectable = changeOf(each.metric, probable);
		if (!Number.isFinite(detectable)) return [];
		return [
			{
				metric: each.metric,
				afterMs: sets.at(-1)?.endedAtMs ?? 0,
				sets: sets.length,
				setSd: spread.seen,
				margin: design.margins[each.metric],
				detectable,
				excess: least / margin,
			},
		];
	});
	const [worst] = found.sort((a, b) => b.excess - a.excess);
	if (worst === undefined) return null;
	const { excess: _, ...noise } = worst;
	return noise;
}

interface Spread {
	/** As large as it is at least. */
	readonly least: number;
	/** As it looks. */
	readonly seen: number;
}

function certainSpread({ metric, sd, sets }: Judged, measured: readonly Pick<PairedSet, "rounds">[]): Spread | null {
	const part = SURE_PART[sets];
	const between = sd === null || part === undefined ? null : { least: part * sd, seen: sd };
	const within = (metric === "cpu" && measured.length <= 3 ? errorOfRounds(measured) : null) ?? 0;
	if (between === null) return within === 0 ? null : { least: within, seen: within };
	return { least: Math.max(between.least, within), seen: Math.max(between.seen, within) };
}
