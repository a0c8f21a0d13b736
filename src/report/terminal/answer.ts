import type { CallTree } from "#src/model/call-tree.js";
import type { RunRecord } from "#src/model/run.js";
import { answer } from "#src/report/sentences/headline.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { printable, wrap } from "./table.js";

const NO_TREES: ReadonlyMap<string, CallTree> = new Map();

/** The headline, and what else was found below it. */
export function renderAnswer(run: RunRecord, style: TerminalStyle, trees = NO_TREES): string {
	const { headline, besides } = answer(run, trees);
	const lines = (text: string): string => wrap(printable(text), style.columns);
	return [colorsOf(style).bold(lines(headline)), lines(besides)].filter((part) => part !== "").join("\n");
}
