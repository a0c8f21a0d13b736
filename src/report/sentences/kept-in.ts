import type { KeptIn, Missed } from "#src/model/matrix.js";
import { answerDifferenceClause } from "./answer-difference.js";

/** Why a layer is on in every variant, as the end of a sentence that begins with its name. */
export function keptInText(keptIn: KeptIn): string {
	switch (keptIn.reason) {
		case "container":
			return keptIn.because === "holds the route"
				? `holds the route ${keptIn.route}; what it registers is looked at one by one`
				: "only registers other plugins; they are looked at one by one";
		case "off path":
			return {
				"attaches nothing": "runs while the application is built, and attaches nothing to routes",
				"own routes": `only its own routes pass through it, and ${keptIn.route} is none of them`,
				"only routes": `only registers routes, and ${keptIn.route} is none of them`,
			}[keptIn.because];
		case "needed":
			return `cannot be left out: ${neededText(keptIn)}`;
		case "not chosen":
			return "stays in, as asked";
	}
}

/** What happens without it: "the target exited with code 1 before it answered, once cors is left out as well". */
export const neededText = ({ without, besides }: Omit<Extract<KeptIn, { reason: "needed" }>, "reason">): string =>
	besides.length === 0 ? missedText(without) : `${missedText(without)}, once ${besides.join(", ")} is left out as well`;

const missedText = (missed: Missed): string =>
	missed.kind === "no answer"
		? missed.why
		: answerDifferenceClause(missed.difference, ["the whole target", "the rest"]);
