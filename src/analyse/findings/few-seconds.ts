import type { Finding } from "#src/model/finding.js";
import type { Window } from "#src/model/measurement.js";

/** FEW_SECONDS: what the first answer of a run was made of, and what it does not have. */
export const fewSeconds = (
	clean: Window,
	sampled: Window,
	of: {
		/** --quick */
		readonly asked: boolean;
		readonly windowMs: number;
		readonly others: readonly string[];
	},
): Finding => ({
	code: "FEW_SECONDS",
	severity: "info",
	about: clean.id,
	figures: {
		asked: of.asked,
		cleanMs: clean.measuredNs / 1e6,
		sampledMs: sampled.measuredNs / 1e6,
		windowMs: of.windowMs > clean.load.durationMs ? of.windowMs : null,
		others: [...of.others],
	},
});
