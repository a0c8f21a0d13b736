import type { Comparison } from "#src/model/comparison.js";
import type { Finding } from "#src/model/finding.js";
import type { Matrix } from "#src/model/matrix.js";
import type { Measurement } from "#src/model/measurement.js";
import type { RunRecord } from "#src/model/run.js";
import { nodeOf } from "#src/report/figures/target.js";
import { el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import { themeToggle } from "#src/report/html/browser/theme.js";
import type { PageData } from "#src/report/html/page-data.js";
import { endpointLabel } from "#src/report/labels/endpoint.js";
import { loadLabel } from "#src/report/labels/load.js";
import { formatCount } from "#src/report/numbers/format.js";
import { formatDurationMs } from "#src/report/numbers/times.js";
import { sentenceOf } from "#src/report/sentences/finding.js";
import { preliminaryBanner } from "./preliminary.js";

/** The most findings that stand open, so that table and graph stay in the first view. */
const OPEN_FINDINGS = 3;
const severityOrder: Readonly<Record<Finding["severity"], number>> = { problem: 0, warning: 1, info: 2 };
const marks: Readonly<Record<Finding["severity"], string>> = { problem: "✕", warning: "!", info: "i" };

/** What was measured, and the sentence that answers the question. */
export function summarySection({ run, headline, besides, preliminary }: PageData): HTMLElement {
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
		preliminary === undefined ? endedBanner(run) : preliminaryBanner(preliminary),
		el("h1", {}, foreign(unbroken(headline))),
		besides === "" ? null : el("p", { class: "besides" }, foreign(unbroken(besides))),
	);
}

function eyebrow(run: RunRecord): string[] {
	const node = nodeOf(run.target);
	return [
		run.command,
		...loadParts(run),
		node === null ? "" : `Node ${node.nodeVersion.replace(/^v/, "")}`,
		run.machine.cpuModel,
		codeText(run),
		run.startedAt.replace(/T(\d\d:\d\d).*/, " $1 UTC"),
	].filter((part) => part !== "");
}

/** Of a comparison there are two, which stand in the table. */
function codeText({ target, command }: RunRecord): string {
	const hasTwo = command === "compare" || command === "calibrate" || command === "diagnose";
	if (target.kind !== "command" || target.git === null || hasTwo) return "";
	return target.git.commit.slice(0, 8) + (target.git.dirty ? "+" : "");
}

function loadParts(run: RunRecord): string[] {
	const [first] = run.measurements;
	switch (run.command) {
		case "load":
			return [];
		case "flame":
		case "alloc":
		case "doctor": {
			const [window] = run.measurements;
			return window === undefined ? [] : [loadLabel(window.load), formatDurationMs(window.load.durationMs)];
		}
		case "compare":
		case "diagnose":
		case "calibrate":
			return run.comparison === null ? [] : interleavedParts(first, run.comparison, "clients to each side");
		case "matrix":
			return run.matrix === null ? [] : interleavedParts(first, run.matrix, "clients", run.matrix.factors.length);
	}
}

function interleavedParts(
	first: Measurement | undefined,
	{ sets, design, elapsedMs }: Pick<Comparison | Matrix, "sets" | "design" | "elapsedMs">,
	clients: string,
	layers?: number,
): string[] {
	return [
		...(first === undefined ? [] : [endpointLabel(first.endpoint)]),
		...(layers === undefined ? [] : [`${formatCount(layers)} ${layers === 1 ? "layer" : "layers"} switched`]),
		`${formatCount(design.clients)} ${clients}`,
		`${formatCount(sets.length)} process ${sets.length === 1 ? "set" : "sets"} in ${formatDurationMs(elapsedMs)}`,
	];
}

function endedBanner({ state, measurements }: RunRecord): HTMLElement | null {
	if (state.kind === "complete") return null;
	return el(
		"p",
		{ class: "partial", role: "alert" },
		el("b", {}, "Partial run: "),
		foreign(state.reason.replace(/\.$/, "")),
		measurements.length === 0 ? ". Nothing was measured until then." : ". Below is what was measured until then.",
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
		el("span", {}, foreign(unbroken(sentenceOf(finding))), " ", el("code", {}, finding.code)),
	);
