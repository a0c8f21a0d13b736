import { type FunctionTicks, functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import { selfInterval } from "#src/analyse/call-tree/self-interval.js";
import type { CallTree } from "#src/model/call-tree.js";
import type { ProfileRecord } from "#src/model/profile.js";
import type { RunRecord } from "#src/model/run.js";
import { costPerRequest } from "#src/report/figures/profile-cost.js";
import { cwdOf } from "#src/report/figures/target.js";
import { placeLabel } from "#src/report/labels/frame.js";
import { costUnitOf, formatCostDifference } from "#src/report/numbers/cost-unit.js";
import { NO_FIGURE } from "#src/report/numbers/format.js";
import { formatPercent } from "#src/report/numbers/shares.js";
import { table } from "./blocks.js";
import { codeCell, escapeMarkdown } from "./escape.js";

const TOP_FUNCTIONS = 10;

function intervalCell(
	tree: CallTree,
	ticks: Pick<FunctionTicks, "frame" | "selfTicks">,
	perRequest: number | null,
): string {
	const interval = selfInterval(tree, ticks);
	if (interval === null || perRequest === null) return NO_FIGURE;
	const [difference, low, high] = [ticks.selfTicks, ...interval].map(
		(each) => (each / totalTicks(tree)) * perRequest,
	) as [number, number, number];
	return formatCostDifference("cpu", { difference, low, high }).interval;
}

/** The dearest functions of a profile by what they cost themselves; empty without a tree. */
export function functionTable(run: RunRecord, profile: ProfileRecord, tree: CallTree | undefined): string {
	if (tree === undefined) return "";
	const perRequest = costPerRequest(run, profile);
	const unit = costUnitOf(profile.measures);
	const all = totalTicks(tree);
	const rows = functionTicks(tree)
		.filter(({ selfTicks }) => selfTicks > 0)
		.slice(0, TOP_FUNCTIONS)
		.map(({ frame, selfTicks, totalTicks: total }) => [
			perRequest === null ? NO_FIGURE : unit.format((selfTicks / all) * perRequest),
			...(profile.measures === "cpu" ? [intervalCell(tree, { frame, selfTicks }, perRequest)] : []),
			formatPercent(selfTicks / all),
			formatPercent(total / all),
			codeCell(frame.name),
			codeCell(placeLabel(frame, cwdOf(run.target))),
		]);
	if (rows.length === 0) return "";
	return `${unit.title} of a function itself, per request, by ${escapeMarkdown(profile.id)}:\n\n${table(
		[
			["self/request", "right"],
			...(profile.measures === "cpu" ? [["95 %", "right"] as const] : []),
			["self", "right"],
			["total", "right"],
			["function", "left"],
			["where", "left"],
		],
		rows,
	)}`;
}
