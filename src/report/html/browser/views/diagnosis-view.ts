import type { CostPart, Diagnosis, Difference, Suspect } from "#src/model/diagnosis.js";
import type { DiagnoseRun } from "#src/model/run.js";
import { proofRows, type TrialRow, trialRows } from "#src/report/figures/trials.js";
import { el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import { formatCostDifference } from "#src/report/numbers/cost-unit.js";
import { formatNs } from "#src/report/numbers/times.js";
import { chainOf, differenceName, partName, reasonWords } from "#src/report/sentences/diagnosis.js";

/** Of what differs. */
const SHOWN_SUSPECTS = 12;

/** The chain from the verdict to the proof, with the lines themselves and what was taken back. */
export function diagnosisSections(run: DiagnoseRun): HTMLElement[] {
	const { diagnosis } = run;
	if (diagnosis.metric === null) return [];
	return [
		el(
			"section",
			{ class: "panel diagnosis", "aria-label": "Diagnosis" },
			el(
				"ol",
				{ class: "chain" },
				...chainOf(run).map(({ name, text, isTold }) =>
					el(
						"li",
						{ class: isTold ? null : "untold", "data-link": name },
						el("b", {}, name),
						el("span", {}, foreign(unbroken(text))),
						name === "part" ? partsTable(diagnosis) : null,
						name === "line" ? guiltyLines(diagnosis) : null,
						name === "proof" ? trialsTable(diagnosis) : null,
					),
				),
			),
			suspectsList(run),
		),
	];
}

/** Below the sentence, which names the clear ones. */
function partsTable({ parts }: Diagnosis): HTMLElement | null {
	if (parts === null || parts.length === 0) return null;
	const row = (part: CostPart): HTMLElement => {
		const { baseNs, headNs, differenceNs: difference, lowNs: low, highNs: high } = part;
		const { change, interval } = formatCostDifference("cpu", { difference, low, high });
		return el(
			"tr",
			{ class: low > 0 || high < 0 ? "proved" : null },
			el("th", { scope: "row" }, foreign(partName(part))),
			...[formatNs(baseNs), formatNs(headNs), change, interval].map((text) =>
				el("td", { class: "num" }, unbroken(text)),
			),
		);
	};
	const heads = ["CPU a request", "Base", "Head", "Change", "Interval"];
	return el(
		"details",
		{},
		el("summary", {}, "By whose code"),
		el(
			"table",
			{ class: "trials" },
			el("thead", {}, el("tr", {}, ...heads.map((each) => el("th", { scope: "col" }, each)))),
			el("tbody", {}, ...parts.map(row)),
		),
	);
}

function guiltyLines({ suspects, culprits }: Diagnosis): HTMLElement | null {
	const guilty = suspects.filter(({ difference }) => culprits.includes(difference.id));
	const blocks = guilty.flatMap(({ difference }) => diffBlock(difference) ?? []);
	return blocks.length === 0 ? null : el("div", {}, ...blocks);
}

function diffBlock(difference: Difference): HTMLElement | null {
	if (difference.kind !== "lines") return null;
	const line = (sign: "-" | "+", text: string): HTMLElement =>
		el("span", { class: sign === "+" ? "added" : "removed" }, `${sign} ${text}\n`);
	return el(
		"pre",
		{ class: "diff" },
		...difference.removed.map((text) => line("-", text)),
		...difference.added.map((text) => line("+", text)),
	);
}

function trialsTable({ trials, suspects }: Diagnosis): HTMLElement | null {
	if (trials.length === 0) return null;
	const proof = proofRows(trials, suspects);
	return el(
		"div",
		{},
		proof.length < 2 ? null : rowsTable("Metric", proof, ({ metric }) => metric),
		rowsTable("Taken back", trialRows(trials, suspects), ({ name }) => name),
	);
}

const rowsTable = (title: string, rows: readonly TrialRow[], nameOf: (row: TrialRow) => string): HTMLElement =>
	el(
		"table",
		{ class: "trials" },
		el(
			"thead",
			{},
			el(
				"tr",
				{},
				...[title, "Gone", "Base", "Head", "Without", "Sets", "Result"].map((each) => el("th", { scope: "col" }, each)),
			),
		),
		el(
			"tbody",
			{},
			...rows.map((row) =>
				el(
					"tr",
					{ class: row.outcome === "proved" ? "proved" : null },
					el("th", { scope: "row" }, foreign(nameOf(row))),
					...[row.gone, row.base, row.head, row.without, row.sets].map((text) =>
						el("td", { class: "num" }, unbroken(text)),
					),
					el("td", {}, row.outcome, row.reason === "" ? null : el("small", {}, foreign(row.reason))),
				),
			),
		),
	);

function suspectsList({ diagnosis, comparison }: DiagnoseRun): HTMLElement | null {
	const { suspects } = diagnosis;
	if (suspects.length === 0 || comparison === null) return null;
	const item = (suspect: Suspect): HTMLElement => {
		const why = reasonWords(suspect, comparison);
		return el("li", {}, foreign(differenceName(suspect.difference)), why === "" ? null : el("small", {}, foreign(why)));
	};
	const more = suspects.length - SHOWN_SUSPECTS;
	return el(
		"details",
		{},
		el("summary", {}, `All that differs (${suspects.length}), the most suspect first`),
		el("ol", {}, ...suspects.slice(0, SHOWN_SUSPECTS).map(item)),
		more > 0 ? el("p", { class: "muted" }, `${more} more are in run.json.`) : null,
	);
}
