import type { Design, DesignKind } from "./design.js";
import { factorial } from "./factorial.js";
import { oneAtATime } from "./one-at-a-time.js";

export interface DesignRequest {
	readonly kind: DesignKind;
	/** Their names, each once; a factorial and the first stage of a screen take 16 at the most (see groupFactors). */
	readonly factors: readonly string[];
	/** Of one-at-a-time: measure every "all but" as well. */
	readonly leaveOneOut: boolean;
}

/**
 * The cells to measure and how effects follow from them. For a screen it is the first stage; the second is a
 * one-at-a-time design of what screenSelection leaves. Throws a RangeError without factors, for a name that comes
 * twice, and for more factors than a factorial takes.
 */
export function designFor({ kind, factors, leaveOneOut }: DesignRequest): Design {
	if (factors.length === 0) throw new RangeError("a design needs at least one factor");
	const twice = factors.find((name, index) => factors.indexOf(name) !== index);
	if (twice !== undefined) throw new RangeError(`the factor "${twice}" is in the design twice`);
	switch (kind) {
		case "one-at-a-time":
			return oneAtATime(factors, leaveOneOut);
		case "factorial":
		case "screen":
			return factorial(factors);
	}
}
