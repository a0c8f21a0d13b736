import type { CostChange, FunctionBytes, FunctionVerdicts } from "#src/model/function-verdicts.js";
import type { JudgedCosts } from "./judge-functions.js";

/** As the record keeps functions that were judged by their CPU, in nanoseconds. */
export const cpuVerdicts = ({ sets, ticks, tested, alpha, changed }: JudgedCosts): FunctionVerdicts => ({
	...{ sets, ticks, tested, alpha },
	changed: changed.map(({ base, head, difference, low, high, ...what }) => ({
		...what,
		baseNs: base,
		headNs: head,
		differenceNs: difference,
		lowNs: low,
		highNs: high,
	})),
});

/** The same of those that were judged by what they allocate. @param intervalBytes that a tick stands for */
export const bytesVerdicts = (
	{ sets, ticks, tested, alpha, changed }: JudgedCosts,
	intervalBytes: number,
): FunctionBytes => ({
	...{ sets, tested, alpha },
	sampledBytes: { base: ticks.base * intervalBytes, head: ticks.head * intervalBytes },
	changed: changed.map(({ base, head, difference, low, high, ...what }) => ({
		...what,
		baseBytes: base,
		headBytes: head,
		differenceBytes: difference,
		lowBytes: low,
		highBytes: high,
	})),
});

/** Out of the record, whatever the unit. */
export const cpuChanges = ({ changed }: FunctionVerdicts): CostChange[] =>
	changed.map(({ baseNs, headNs, differenceNs, lowNs, highNs, ...what }) => ({
		...what,
		base: baseNs,
		head: headNs,
		difference: differenceNs,
		low: lowNs,
		high: highNs,
	}));

export const bytesChanges = ({ changed }: FunctionBytes): CostChange[] =>
	changed.map(({ baseBytes, headBytes, differenceBytes, lowBytes, highBytes, ...what }) => ({
		...what,
		base: baseBytes,
		head: headBytes,
		difference: differenceBytes,
		low: lowBytes,
		high: highBytes,
	}));
