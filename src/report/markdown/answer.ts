import type { CallTree } from "#src/model/call-tree.js";
import type { RunRecord } from "#src/model/run.js";
import { answer } from "#src/report/sentences/headline.js";
import { escapeMarkdown } from "./escape.js";

const NO_TREES: ReadonlyMap<string, CallTree> = new Map();

/** The headline, and what else was found for a paragraph of its own. */
export function answerParts(run: RunRecord, trees = NO_TREES): readonly [headline: string, besides: string] {
	const { headline, besides } = answer(run, trees);
	return [escapeMarkdown(headline), escapeMarkdown(besides)];
}
