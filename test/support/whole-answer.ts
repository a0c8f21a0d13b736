import type { CallTree } from "#src/model/call-tree.js";
import type { RunRecord } from "#src/model/run.js";
import { answer } from "#src/report/sentences/headline.js";

/** The headline, and what else was found. */
export function wholeAnswer(run: RunRecord, trees: ReadonlyMap<string, CallTree> = new Map()): string {
	const { headline, besides } = answer(run, trees);
	return `${headline} ${besides}`.trim();
}
