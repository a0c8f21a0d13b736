import type { Matrix } from "#src/model/matrix.js";
import { leadMetric } from "#src/report/figures/matrix.js";
import { loadLabel } from "#src/report/labels/load.js";
import { formatCount } from "#src/report/numbers/format.js";
import { formatSize } from "#src/report/numbers/shares.js";
import { formatDurationMs } from "#src/report/numbers/times.js";
import { evidenceClause } from "./matrix.js";

const methods: Readonly<Record<Matrix["method"], string>> = {
	absent: "A layer that is off is never registered",
	toggled: "A layer that is off is registered, its hooks are skipped in the same warm process",
	settings: "Layers are switched by environment variables or flags, as told",
};

function designClause({ design, variants }: Matrix): string {
	// Those that were only loaded for a flamegraph are not part of it.
	const designed = variants.filter(
		({ figures, failed, measurementId }) => !(figures === null && failed === null && measurementId !== null),
	);
	const count = `${formatCount(designed.length)} variants`;
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

/** How the evidence was gathered and how far its intervals hold. */
export function matrixMethodSentence(matrix: Matrix): string {
	const { design, method } = matrix;
	const margin = design.margins[leadMetric(matrix)];
	const young =
		design.semiSpaceMiB === null
			? "V8's young generation as Node comes"
			: `V8's young generation fixed at ${design.semiSpaceMiB} MiB`;
	const named = `A layer is named where its p (Holm) is below ${formatSize(design.alpha)}${margin === undefined ? "" : ` and it reaches ${formatSize(margin)} of bare`}`;
	return `${designClause(matrix)}. ${methods[method]}. Measured in ${evidenceClause(matrix)}, in slices of ${formatDurationMs(design.sliceMs)} in random order, ${formatCount(design.clients)} clients and in turn ${loadLabel(design.light)}. Intervals of all layers hold together with ${formatSize(design.confidence)}. ${named}. ${young}. Seed ${design.seed}.`;
}
