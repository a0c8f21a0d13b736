import type { Finding } from "#src/model/finding.js";
import type { RunRecord } from "#src/model/run.js";
import { el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import { themeToggle } from "#src/report/html/browser/theme.js";
import type { PageData } from "#src/report/html/page-data.js";
import { loadLabel } from "#src/report/labels/load.js";
import { formatCount, formatDurationMs } from "#src/report/numbers/format.js";
import { endpointLabel } from "#src/report/sentences/headline.js";

/** The most findings that stand open, so that table and graph stay in the first view. */
const OPEN_FINDINGS = 3;
const severityOrder: Readonly<Record<Finding["severity"], number>> = { problem: 0, warning: 1, info: 2 };
const marks: Readonly<Record<Finding["severity"], string>> = { problem: "✕", warning: "!", info: "i" };

/** What was measured, and the sentence that answers the question. */
export function summarySection({ run, headline }: PageData): HTMLElement {
	return el(
		"header",
		{ class: "summary" },
		el(
			"div",
			{ class: "eyebrow" },
			el("b", {}, "az-prof"),
			...eyebrow(run).map((part) => foreign(part)),
			el("span", { class: "spacer" }),
			themeToggle(),
		),
		run.status === "partial" ? partialBanner(run) : null,
		el("h1", {}, foreign(unbroken(headline))),
	);
}

function eyebrow(run: RunRecord): string[] {
	return [
		run.command,
		...loadParts(run),
		run.target.nodeVersion === null ? "" : `Node ${run.target.nodeVersion.replace(/^v/, "")}`,
		run.machine.cpuModel,
		run.target.git === null || run.comparison !== null
			? ""
			: run.target.git.commit.slice(0, 8) + (run.target.git.dirty ? "+" : ""),
		run.startedAt.replace(/T(\d\d:\d\d).*/, " $1 UTC"),
	].filter((part) => part !== "");
}

function loadParts(run: RunRecord): string[] {
	const { comparison } = run;
	const [first] = run.measurements;
	if (comparison !== null) {
		const { sets, design, elapsedMs } = comparison;
		return [
			...(first === undefined ? [] : [endpointLabel(first.endpoint)]),
			`${formatCount(design.clients)} clients to each side`,
			`${formatCount(sets.length)} process ${sets.length === 1 ? "set" : "sets"} in ${formatDurationMs(elapsedMs)}`,
		];
	}
	if (run.matrix !== null) {
		const { sets, design, elapsedMs, factors } = run.matrix;
		return [
			...(first === undefined ? [] : [endpointLabel(first.endpoint)]),
			`${formatCount(factors.length)} ${factors.length === 1 ? "layer" : "layers"} switched`,
			`${formatCount(design.clients)} clients`,
			`${formatCount(sets.length)} process ${sets.length === 1 ? "set" : "sets"} in ${formatDurationMs(elapsedMs)}`,
		];
	}
	return first === undefined || run.command === "load"
		? []
		: [loadLabel(first.load), formatDurationMs(first.load.durationMs)];
}

function partialBanner(run: RunRecord): HTMLElement {
	const why = (run.partialReason ?? "it did not reach its end").replace(/\.$/, "");
	return el(
		"p",
		{ class: "partial", role: "alert" },
		el("b", {}, "Partial run: "),
		foreign(why),
		run.measurements.length === 0 ? ". Nothing was measured until then." : ". Below is what was measured until then.",
	);
}

/** Problems and warnings as lines; what is only good to know is folded away. */
export function findingsSection(findings: readonly Finding[]): HTMLElement | null {
	if (findings.length === 0) return null;
	const sorted = [...findings].sort((a, b) => severityOrder[a.severity] - severityOrder[b.severity]);
	const serious = sorted.filter((each) => each.severity !== "info");
	const open = serious.slice(0, OPEN_FINDINGS);
	const folded = sorted.slice(open.length);
	const warnings = serious.length - open.length;
	const notes = sorted.length - serious.length;
	const label = [counted(warnings, "more warning"), counted(notes, "note")]
		.filter((part) => part !== null)
		.join(" and ");
	return el(
		"section",
		{ class: "findings", "aria-label": "Findings" },
		el("ul", {}, ...open.map(findingLine)),
		folded.length === 0 ? null : el("details", {}, el("summary", {}, label), el("ul", {}, ...folded.map(findingLine))),
	);
}

const counted = (count: number, noun: string): string | null =>
	count === 0 ? null : `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;

const findingLine = (finding: Finding): HTMLElement =>
	el(
		"li",
		{ class: finding.severity },
		el("span", { class: "mark", "aria-label": finding.severity }, marks[finding.severity]),
		el("span", {}, foreign(unbroken(finding.sentence)), " ", el("code", {}, finding.code)),
	);
