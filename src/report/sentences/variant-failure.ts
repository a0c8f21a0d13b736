import type { VariantFailure } from "#src/model/matrix.js";
import { formatShare } from "#src/report/numbers/shares.js";
import { answerDifferenceClause } from "./answer-difference.js";

const TOO_MANY_REQUESTS = "429";

/** Why a variant is not measured, as the end of a sentence that begins with its name. */
export function variantFailureText(failed: VariantFailure): string {
	switch (failed.kind) {
		case "no start":
		case "died":
			return failed.why;
		case "other answer":
			return answerDifferenceClause(failed.difference, ["the whole target", "this one"]);
		case "unexpected status": {
			const hint = failed.status === TOO_MANY_REQUESTS ? ": it limits the rate" : "";
			return `answers ${formatShare(failed.share)} of the requests with ${failed.status}${hint}`;
		}
	}
}
