import { functionTicks, totalTicks } from "../../analyse/call-tree.js";
import type { CallTree } from "../../model/call-tree.js";
import type { RunRecord } from "../../model/run-record.js";
import { allocationFigures } from "../allocation-figures.js";
import { formatBytes, formatPercent, NO_FIGURE } from "../format.js";
import { ownerLabel, sourceLabel } from "../frame-label.js";
import { headline } from "../headline.js";
import { costPerRequest } from "../profile-cost.js";
import { findingList, table } from "./blocks.js";
import { codeCell, escapeMarkdown } from "./escape.js";

const TOP_FUNCTIONS = 10;

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

function functionTable(run: RunRecord, profile: RunRecord["profiles"][number], tree: CallTree | undefined): string {
	if (tree === undefined || profile.measures !== "allocation") return "";
	const bytes = costPerRequest(run, profile);
	const all = totalTicks(tree);
	return table(
		[
			["self/request", "right"],
			["self", "right"],
			["total", "right"],
			["function", "left"],
			["where", "left"],
		],
		functionTicks(tree)
			.filter(({ selfTicks }) => selfTicks > 0)
			.slice(0, TOP_FUNCTIONS)
			.map(({ frame, selfTicks, totalTicks: total }) => [
				bytes === null ? NO_FIGURE : formatBytes((selfTicks / all) * bytes),
				formatPercent(selfTicks / all),
				formatPercent(total / all),
				codeCell(frame.name),
				codeCell(sourceLabel(frame, run.target.cwd) ?? ownerLabel(frame)),
			]),
	);
}
