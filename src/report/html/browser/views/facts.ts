import type { Comparison } from "#src/model/comparison.js";
import type { Matrix, Stack } from "#src/model/matrix.js";
import type { Measurement } from "#src/model/measurement.js";
import type { RunRecord } from "#src/model/run.js";
import type { Target } from "#src/model/target.js";
import { nodeOf } from "#src/report/figures/target.js";
import { el, foreign } from "#src/report/html/browser/dom.js";
import { healthTable } from "#src/report/html/browser/tables/health-table.js";
import { formatBytes } from "#src/report/numbers/bytes.js";
import { formatCount, formatRatio } from "#src/report/numbers/format.js";
import { formatConfidence, formatPercent } from "#src/report/numbers/shares.js";
import { formatDurationMs } from "#src/report/numbers/times.js";
import { answerDifferenceClause } from "#src/report/sentences/answer-difference.js";
import { matrixMethodSentence } from "#src/report/sentences/matrix-method.js";

/** What is needed to judge or repeat the run. */
export function factsSection(run: RunRecord): HTMLElement {
	const { machine } = run;
	return el(
		"section",
		{ class: "facts", "aria-label": "The run" },
		el("h2", {}, "The run"),
		el(
			"dl",
			{},
			...fact("Command", run.commandLine.map(shellWord).join(" "), "mono"),
			...fact("Run", `${run.id}, ${run.state.kind}`),
			...fact("Started", `${run.startedAt}${lengthClause(run)}`),
			...ownFacts(run),
			...fact("Target’s Node", nodeText(run.target)),
			...fact("Tool", `az-prof ${run.tool.version} on Node ${run.tool.nodeVersion}`),
			...fact(
				"Machine",
				`${machine.cpuModel}, ${formatCount(machine.cpus)} CPUs, ${formatBytes(machine.memoryBytes)}, ${machine.platform} ${machine.release} ${machine.arch}`,
			),
			...fact(
				"Other load",
				`load average ${formatRatio(machine.loadAverage1m)}${machine.stealShare === null ? "" : `, ${formatPercent(machine.stealShare)} stolen by the hypervisor`}`,
			),
			...fact("Pinning", pinning(run)),
		),
		run.measurements.length === 0 ? null : healthTable(run),
	);
}

function lengthClause({ startedAt, state }: RunRecord): string {
	const lengthMs = state.kind === "complete" ? Date.parse(state.finishedAt) - Date.parse(startedAt) : Number.NaN;
	return Number.isNaN(lengthMs) ? "" : `, took ${formatDurationMs(lengthMs)}`;
}

/** What was measured, by the command. */
function ownFacts(run: RunRecord): HTMLElement[] {
	switch (run.command) {
		case "flame":
		case "load":
		case "alloc":
		case "doctor":
			return targetFacts(run.target);
		case "compare":
		case "diagnose":
		case "calibrate":
			return run.comparison === null ? targetFacts(run.target) : comparisonFacts(run.comparison);
		case "matrix":
			return [...targetFacts(run.target), ...matrixFacts(run.matrix, run.stack)];
	}
}

function targetFacts(target: Target): HTMLElement[] {
	switch (target.kind) {
		case "url":
			return fact("Target", target.origin, "mono");
		case "gateway":
			return fact("Target", target.argv.map(shellWord).join(" "), "mono");
		case "command":
			return [
				...fact("Target", target.argv.map(shellWord).join(" "), "mono"),
				...fact("In", target.cwd, "mono"),
				...fact("Code", target.git === null ? null : codeText(target.git)),
			];
	}
}

const codeText = ({ commit, dirty }: { readonly commit: string; readonly dirty: boolean }): string =>
	`${commit.slice(0, 12)}${dirty ? " with uncommitted changes" : ""}`;

function nodeText(target: Target): string | null {
	const node = nodeOf(target);
	return node === null ? null : `${node.nodeVersion} (V8 ${node.v8Version ?? "unknown"})`;
}

function comparisonFacts(comparison: Comparison): HTMLElement[] {
	const { sides, design, sets } = comparison;
	return [
		...sides.flatMap((side) => {
			const { commit, dirty } = side;
			const code = commit === null ? "" : ` (${codeText({ commit, dirty })})`;
			return [
				...fact(
					side.name === "base" ? "Base" : "Head",
					`${side.label}${side.label.includes(commit?.slice(0, 7) ?? "\0") ? "" : code}`,
				),
				...fact("", side.argv.map(shellWord).join(" "), "mono"),
				...fact("", `in ${side.cwd}`, "mono"),
				...fact("", side.envNames.length === 0 ? null : `environment differs in ${side.envNames.join(", ")}`),
			];
		}),
		...fact(
			"Answers",
			comparison.answersDiffer === null
				? null
				: `differ: ${answerDifferenceClause(comparison.answersDiffer, ["base", "head"])}`,
		),
		...fact(
			"Design",
			`${formatCount(sets.length)} of at most ${formatCount(design.mostSets)} process sets, large changes told from the second on, small ones from the ${ordinal(design.firstLook)}; ${formatDurationMs(design.setMs)} measured in each, in slices of ${formatDurationMs(design.sliceMs)}, after ${formatCount(design.warmupRequests)} requests of warm-up to each side`,
		),
		...fact(
			"Decision",
			`${formatDurationMs(comparison.elapsedMs)} of ${formatDurationMs(design.withinMs)}, α ${formatConfidence(design.alpha)} and ${formatConfidence(design.noChangeAlpha)} for “no change”, seed ${design.seed}`,
		),
		...fact(
			"Young generation",
			design.semiSpaceMiB === null ? "as Node comes" : `fixed at ${design.semiSpaceMiB} MiB on both sides`,
		),
	];
}

function matrixFacts(matrix: Matrix | null, stack: Stack | null): HTMLElement[] {
	const framework = stack?.framework ?? null;
	return [
		...fact("Framework", framework === null ? null : `${framework.name} ${framework.version}`),
		...(matrix === null ? [] : designFacts(matrix)),
	];
}

const designFacts = (matrix: Matrix): HTMLElement[] => [
	...fact("Method", matrixMethodSentence(matrix)),
	...fact(
		"Sets",
		`${formatDurationMs(matrix.design.setMs)} measured in each after ${formatCount(matrix.design.warmupRequests)} requests of warm-up to each variant, ${formatCount(matrix.design.rotation)} processes in turn, ${formatCount(matrix.design.blocks)} ${matrix.design.blocks === 1 ? "block" : "blocks"}; ${formatDurationMs(matrix.elapsedMs)} of ${formatDurationMs(matrix.design.withinMs)}`,
	),
];

const ordinal = (count: number): string =>
	`${formatCount(count)}${count === 1 ? "st" : count === 2 ? "nd" : count === 3 ? "rd" : "th"}`;

function fact(term: string, text: string | null, className = ""): HTMLElement[] {
	return text === null ? [] : [el("dt", {}, foreign(term)), el("dd", { class: className }, foreign(text))];
}

const shellWord = (word: string): string =>
	/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

function pinning({ target, measurements }: RunRecord): string {
	const all: readonly Measurement[] = measurements;
	const generator = all.find((each) => each.generator.pinnedCpus !== null)?.generator.pinnedCpus ?? null;
	const place = (cpus: string | null): string => (cpus === null ? "on any CPU" : `on CPU ${cpus}`);
	return `target ${place(target.kind === "url" ? null : target.pinnedCpus)}, generator ${place(generator)}`;
}
