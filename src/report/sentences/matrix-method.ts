import type { LayerWay, Matrix } from "#src/model/matrix.js";
import { leadMetric } from "#src/report/figures/matrix.js";
import { loadLabel } from "#src/report/labels/load.js";
import { formatCount } from "#src/report/numbers/format.js";
import { formatSize } from "#src/report/numbers/shares.js";
import { formatDurationMs } from "#src/report/numbers/times.js";
import { briefName } from "./brief-name.js";
import { evidenceClause } from "./matrix.js";
import { listOf } from "./phrases.js";

const ABSENT = "A layer that is off is never registered";
const methods: Readonly<Record<LayerWay, string>> = {
	absent: ABSENT,
	toggled: "A layer that is off is registered, its hooks are skipped in the same warm process",
	settings: "Layers are switched by environment variables or flags, as told",
};

/** Variants of one way; those that were only loaded for a flamegraph are not part of any design. */
const designed = ({ variants }: Matrix, way: LayerWay): number =>
	variants.filter(
		(each) => each.way === way && !(each.figures === null && each.failed === null && each.measurementId !== null),
	).length;

function designClause({ design }: Pick<Matrix, "design">, variants: number): string {
	const count = `${formatCount(variants)} variants`;
	switch (design.kind) {
		case "one-at-a-time":
			return design.leaveOneOut
				? `${count}: bare, each layer alone, all but each, all; an effect is the mean of adding the layer to bare and to all others`
				: `${count}: bare, each layer alone, all; an effect is what the layer adds to bare`;
		case "factorial":
			return `${count}, a factorial design: an effect is the mean of variants with the layer against those without`;
		case "screen":
			return `${count}: all layers first, then those that stood out, measured better`;
	}
}

function howSwitched(matrix: Matrix): string {
	const { method } = matrix;
	if (method !== "both") return `${designClause(matrix, designed(matrix, method))}. ${methods[method]}.`;
	const left = leftOut(matrix);
	const names =
		left.length > MOST_NAMED
			? `${formatCount(left.length)} layers`
			: listOf(left.map((each) => briefName(each, MOST_NAME)));
	return `First, for names, hooks were skipped in one warm process: ${designClause(matrix, designed(matrix, "toggled"))}. Then, for ${left.length === 1 ? "its size" : "their sizes"}, ${names} ${left.length === 1 ? "was" : "were"} left out in processes of their own, ${formatCount(designed(matrix, "absent"))} variants: with and without the layer among all others and without any, an effect is the mean of both. ${ABSENT} there.`;
}

const MOST_NAMED = 4;
const MOST_NAME = 40;

/** Factors that were left out, where others were only skipped. */
const leftOut = ({ factors, effects, bothWays }: Matrix): string[] =>
	factors
		.map(({ name }) => name)
		.filter((name) =>
			[...effects, ...(bothWays?.effects ?? [])].some(({ factor, way }) => factor === name && way !== "toggled"),
		);

/** How the evidence was gathered and how far its intervals hold. */
export function matrixMethodSentence(matrix: Matrix): string {
	const { design } = matrix;
	const margin = design.margins[leadMetric(matrix)];
	const young =
		design.semiSpaceMiB === null
			? "V8's young generation as Node comes"
			: `V8's young generation fixed at ${design.semiSpaceMiB} MiB`;
	const named = `A layer is named where its p (Holm) is below ${formatSize(design.alpha)}${margin === undefined ? "" : ` and it reaches ${formatSize(margin)} of bare`}`;
	return `${howSwitched(matrix)} Measured in ${evidenceClause(matrix)}, in slices of ${formatDurationMs(design.sliceMs)} in random order, ${formatCount(design.clients)} clients and in turn ${loadLabel(design.light)}. Intervals of all layers hold together with ${formatSize(design.confidence)}. ${named}. ${young}. Seed ${design.seed}.`;
}
