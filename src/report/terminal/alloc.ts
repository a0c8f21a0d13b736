import { functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import type { CallTree } from "#src/model/call-tree.js";
import type { ProfileRecord } from "#src/model/profile.js";
import type { AllocRun } from "#src/model/run.js";
import { allocationFigures } from "#src/report/figures/allocation.js";
import { costPerRequest } from "#src/report/figures/profile-cost.js";
import { cwdOf } from "#src/report/figures/target.js";
import { placeLabel } from "#src/report/labels/frame.js";
import { formatBytes } from "#src/report/numbers/bytes.js";
import { formatDecimal, NO_FIGURE } from "#src/report/numbers/format.js";
import { formatPercent } from "#src/report/numbers/shares.js";
import { renderAnswer } from "./answer.js";
import { renderFigures } from "./figures.js";
import { renderFindings } from "./findings.js";
import { percentileTable } from "./percentiles.js";
import { colorsOf, type TerminalStyle } from "./style.js";
import { printable, renderTable, shorten, wrap } from "./table.js";

const TOP_FUNCTIONS = 12;
const FIGURE_COLUMNS = 34;

/** The whole answer of `az-prof alloc` for a terminal: sentence, figures, functions, percentiles, findings. */
export function renderAlloc(run: AllocRun, trees: ReadonlyMap<string, CallTree>, style: TerminalStyle): string {
	const parts = [
		renderAnswer(run, style, trees),
		renderFigures(allocationFigures(run), style),
		...run.profiles.map((profile) => functionTable(run, profile, trees.get(profile.id), style)),
		percentileTable(run.measurements, style),
		renderFindings(run.findings, style),
	];
	return parts.filter((part) => part !== "").join("\n\n");
}

/** Functions by the bytes that they allocate themselves. */
function functionTable(
	run: AllocRun,
	profile: ProfileRecord,
	tree: CallTree | undefined,
	style: TerminalStyle,
): string {
	if (tree === undefined || profile.measures !== "allocation") return "";
	const bytes = costPerRequest(run, profile);
	const all = totalTicks(tree);
	const rows = functionTicks(tree)
		.filter(({ selfTicks }) => selfTicks > 0)
		.slice(0, TOP_FUNCTIONS);
	const counted = run.allocation?.objects?.functions ?? [];
	const room = Math.max(30, style.columns - FIGURE_COLUMNS);
	const nameRoom = Math.floor(room * 0.45);
	const table = renderTable(
		[
			{ title: "self/request" },
			{ title: "self" },
			{ title: "total" },
			{ title: "objects" },
			{ title: "function", align: "left" },
			{ title: "where", align: "left" },
		],
		rows.map(({ frame, selfTicks, totalTicks: total }) => {
			const objects = counted.find(
				(each) => each.name === frame.name && each.file === frame.file && each.line === frame.line,
			);
			return [
				bytes === null ? NO_FIGURE : formatBytes((selfTicks / all) * bytes),
				formatPercent(selfTicks / all),
				formatPercent(total / all),
				objects === undefined ? "" : formatDecimal(objects.objectsPerRequest, 1),
				shorten(printable(frame.name), nameRoom),
				shorten(printable(placeLabel(frame, cwdOf(run.target))), room - nameRoom - 2),
			];
		}),
	);
	const note = `By ${profile.collector}: its shares of the clean bytes per request; objects are per request.`;
	return `${table}\n${colorsOf(style).dim(wrap(note, style.columns))}`;
}
