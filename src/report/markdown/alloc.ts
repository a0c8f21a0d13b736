import type { CallTree } from "../../model/call-tree.js";
import type { RunRecord } from "../../model/run-record.js";
import { allocationFigures } from "../allocation-figures.js";
import { headline } from "../headline.js";
import { findingList, table } from "./blocks.js";
import { escapeMarkdown } from "./escape.js";
import { functionTable } from "./functions.js";

/** The answer of `az-prof alloc` for a pull request. Ends with a newline, so that it can be appended to a file. */
export function renderAllocMarkdown(run: RunRecord, trees: ReadonlyMap<string, CallTree>): string {
	const figures = allocationFigures(run);
	const parts = [
		escapeMarkdown(headline(run, trees)),
		figures.length === 0
			? ""
			: table(
					[
						["figure", "left"],
						["value", "right"],
						["", "left"],
					],
					figures.map(({ label, text, note }) => [label, text, escapeMarkdown(note ?? "")]),
				),
		...run.profiles.map((profile) => functionTable(run, profile, trees.get(profile.id))),
		findingList(run.findings),
	];
	return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
