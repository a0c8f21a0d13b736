import type { CallTree } from "#src/model/call-tree.js";
import type { AllocRun } from "#src/model/run.js";
import { allocationFigures } from "#src/report/figures/allocation.js";
import { answerParts } from "./answer.js";
import { findingList } from "./blocks.js";
import { figureTable } from "./figures.js";
import { functionTable } from "./functions.js";

/** The answer of `az-prof alloc` for a pull request. Ends with a newline, so that it can be appended to a file. */
export function renderAllocMarkdown(run: AllocRun, trees: ReadonlyMap<string, CallTree>): string {
	const parts = [
		...answerParts(run, trees),
		figureTable(allocationFigures(run)),
		...run.profiles.map((profile) => functionTable(run, profile, trees.get(profile.id))),
		findingList(run.findings),
	];
	return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
