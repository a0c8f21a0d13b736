import type { CallTree } from "#src/model/call-tree.js";
import type { FlameRun } from "#src/model/run.js";
import { answerParts } from "./answer.js";
import { findingList } from "./blocks.js";
import { functionTable } from "./functions.js";
import { measurementTable } from "./measurements.js";

/** The answer of `az-prof flame` for a pull request: the sentence, the percentiles, and each profiler's dearest functions. */
export function renderFlameMarkdown(run: FlameRun, trees: ReadonlyMap<string, CallTree>): string {
	const parts = [
		...answerParts(run, trees),
		measurementTable(run.measurements),
		...run.profiles.map((profile) => functionTable(run, profile, trees.get(profile.id))),
		findingList(run.findings),
	];
	return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
