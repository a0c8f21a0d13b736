import type { Charge, Factor, Layer, Matrix, Stack } from "#src/model/matrix.js";
import { effectOf } from "#src/report/figures/matrix.js";
import { formatCount } from "#src/report/numbers/format.js";
import { formatNs } from "#src/report/numbers/times.js";
import { answerDifferenceClause } from "./answer-difference.js";
import { briefName } from "./brief-name.js";
import { keptInText } from "./kept-in.js";
import { listOf } from "./phrases.js";

/** What is said of layers without which the answer is another one: those that stayed in, and those that were measured all the same. */

/** Beside the name of a layer of which `answersDifferNote` tells. */
export const ANSWER_DIFFERS = "†";

type Charges = Pick<Matrix, "charges">;

const chargeOf = ({ charges }: Charges, { id }: Layer): Charge | undefined => charges.find(({ layer }) => layer === id);

/** "the profile charges it 41.0 µs of CPU a request" */
function chargeText({ by, nsPerRequest, functions }: Charge): string {
	const amount = `${formatNs(nsPerRequest)} of CPU a request`;
	switch (by) {
		case "source":
			return `the profile charges it ${amount}`;
		case "name":
			return `the profile charges ${amount} to functions that are called like it (${functions.map((name) => briefName(name, 40)).join(", ")})`;
	}
}

/** True where it could be measured if its user does not mind that the answer changes. */
const canBeAllowed = ({ keptIn }: Layer): boolean =>
	keptIn?.reason === "needed" && keptIn.without.kind === "other answer" && keptIn.besides.length === 0;

/** Why a layer is on in every variant, what is known of its cost and how more could be; it begins with the reason. */
export function keptInSentence(layer: Layer, matrix: Charges | null): string {
	if (layer.keptIn === null) return "";
	const charge = matrix === null ? undefined : chargeOf(matrix, layer);
	return [
		keptInText(layer.keptIn),
		...(charge === undefined ? [] : [chargeText(charge)]),
		...(canBeAllowed(layer) ? [allowClause(layer)] : []),
	].join("; ");
}

const allowClause = ({ name }: Layer): string => `--allow ${name} measures it all the same`;

/** Of what was found a charge below this part of it is not worth a sentence of its own: it stands with the reason. */
const WORTH_TELLING = 0.5;

/**
 * The dearest layer may be one that could not be left out. Empty where none is needed, or where the profile charges all of them with
 * little beside what was measured.
 */
export function neededClause(matrix: Matrix, { layers }: Pick<Stack, "layers">): string {
	const needed = layers.filter(({ keptIn }) => keptIn?.reason === "needed");
	const byCharge = needed
		.flatMap((layer) => {
			const charge = chargeOf(matrix, layer);
			return charge === undefined ? [] : [{ layer, charge }];
		})
		.toSorted((a, b) => b.charge.nsPerRequest - a.charge.nsPerRequest);
	const [dearest] = byCharge;
	const largestNs = Math.max(0, ...matrix.factors.map(({ name }) => effectOf(matrix, name, "cpu")?.change ?? 0));
	if (dearest !== undefined && dearest.charge.nsPerRequest >= WORTH_TELLING * largestNs) {
		const { layer, charge } = dearest;
		const more = charge.nsPerRequest > largestNs ? ", more than any layer measured" : "";
		return ` ${briefName(layer.name, 40)} could not be left out (${whyBriefly(layer)}); ${chargeText(charge)}${more}${canBeAllowed(layer) ? `; ${allowClause(layer)}` : ""}.`;
	}
	const [first, ...others] = needed.filter((layer) => canBeAllowed(layer) && chargeOf(matrix, layer) === undefined);
	if (first === undefined) return "";
	const names =
		others.length === 0
			? briefName(first.name, 40)
			: `${briefName(first.name, 40)} and ${formatCount(others.length)} more`;
	return ` ${names} could not be left out (${whyBriefly(first)}), so what ${others.length === 0 ? "it costs" : "they cost"} is not known; ${allowClause(first)}.`;
}

const whyBriefly = ({ keptIn }: Layer): string =>
	keptIn?.reason === "needed" && keptIn.without.kind === "other answer"
		? "the answer changes"
		: "the target does not answer without it";

export const answerDiffers = ({ factors }: Pick<Matrix, "factors">, name: string): boolean =>
	factors.some((factor) => factor.name === name && factor.answerDiffers !== undefined);

/** Which layers change the answer and were measured all the same; null where none is. */
export function answersDifferNote({ factors }: Pick<Matrix, "factors">): string | null {
	const texts = factors.flatMap(({ name, answerDiffers: difference }: Factor) =>
		difference === undefined
			? []
			: [`${name}: ${answerDifferenceClause(difference, ["the whole target", "the rest"])}`],
	);
	if (texts.length === 0) return null;
	return `${ANSWER_DIFFERS} Without it the answer differs, so other work is in its figure too (${listOf(texts)}).`;
}
