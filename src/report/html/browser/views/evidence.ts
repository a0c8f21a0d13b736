import type { Comparison } from "#src/model/comparison.js";
import type { Matrix } from "#src/model/matrix.js";
import type { ProfileRecord } from "#src/model/profile.js";
import type { RunRecord } from "#src/model/run.js";
import { el, foreign, unbroken } from "#src/report/html/browser/dom.js";
import { colouringOf } from "#src/report/html/browser/flame/colouring.js";
import { healthTable } from "#src/report/html/browser/tables/health-table.js";
import { unpackTree } from "#src/report/html/packed-tree.js";
import type { PageData } from "#src/report/html/page-data.js";
import { collectorLabel } from "#src/report/labels/collector.js";
import {
	formatBytes,
	formatCount,
	formatDurationMs,
	formatPercent,
	formatWholePercent,
} from "#src/report/numbers/format.js";
import { matrixMethodSentence } from "#src/report/sentences/matrix-method.js";

/** How far the profilers agree: a stacked bar for each, and the overlap. */
export function agreementSection(data: PageData): HTMLElement | null {
	const { run, profiles } = data;
	if (profiles.length === 0) return null;
	return el(
		"section",
		{ class: "agreement", "aria-label": "Profilers" },
		el("h2", {}, profilesTitle(data)),
		...profiles.map(({ collector, variant, tree }) => {
			const { groups } = colouringOf(unpackTree(tree), "kind");
			const bar = el("div", { class: "stack" });
			for (const group of groups) {
				if (group.selfShare === 0) continue;
				const part = el("span", { class: group.className, title: `${group.label} ${formatPercent(group.selfShare)}` });
				part.style.width = `${group.selfShare * 100}%`;
				part.append(stackLabel(group.label, group.selfShare));
				bar.append(part);
			}
			return el(
				"div",
				{ class: run.matrix === null ? "stack-row" : "stack-row of-variant" },
				el("span", {}, foreign(variant ?? collectorLabel(collector))),
				bar,
			);
		}),
		...run.agreements.map(({ collectors: [a, b], selfOverlap, packageOverlap }) =>
			el(
				"p",
				{},
				unbroken(
					`${collectorLabel(a)} and ${collectorLabel(b)} put ${formatWholePercent(selfOverlap)} of self time into the same functions and ${formatWholePercent(packageOverlap)} into the same packages. `,
				),
				el(
					"span",
					{ class: "muted" },
					"This is the sum, over functions (or packages), of the smaller of the two shares; native code counts for its caller. 100 % would be the same profile twice.",
				),
			),
		),
		...run.profiles.map((profile) => {
			const { ticks } = profile;
			if (ticks === null) return null;
			const parts = [
				`${formatCount(Math.round(ticks.busy))} busy ticks`,
				`${formatCount(Math.round(ticks.idle))} idle`,
				`${formatCount(Math.round(ticks.lost))} lost`,
				ticks.busy === 0 ? null : `${formatPercent(ticks.unknown / ticks.busy)} without a known function`,
				ticks.putBack === 0 || ticks.busy === 0
					? null
					: `${formatPercent(ticks.putBack / ticks.busy)} put back to inlined functions (${formatPercent(ticks.ambiguous / ticks.busy)} ambiguous)`,
			];
			const sentences = [parts.filter((part) => part !== null).join(", "), ...profile.notes];
			return el(
				"p",
				{ class: "muted" },
				el("b", {}, foreign(profileName(profile)), ": "),
				sentences.map((sentence) => `${sentence.replace(/\.$/, "")}.`).join(" "),
			);
		}),
	);
}

function profilesTitle({ run, profiles }: PageData): string {
	if (run.comparison !== null || run.matrix !== null) return "Whose CPU time it is";
	return profiles.length > 1 ? "Do the profilers agree?" : "The profiler";
}

const profileName = ({ collector, variant }: ProfileRecord): string =>
	variant === null ? collectorLabel(collector) : `${variant}, ${collectorLabel(collector)}`;

/** As much of a label as fits the part of a bar that is about 420 px long. */
function stackLabel(label: string, share: number): string {
	const percent = formatWholePercent(share);
	const fits = (text: string): boolean => share * 420 > text.length * 6.6 + 8;
	return fits(`${label} ${percent}`) ? `${label} ${percent}` : fits(percent) ? percent : "";
}

/** What is needed to judge or repeat the run. */
export function factsSection(run: RunRecord): HTMLElement {
	const { machine, target } = run;
	const lengthMs = run.finishedAt === null ? null : Date.parse(run.finishedAt) - Date.parse(run.startedAt);
	return el(
		"section",
		{ class: "facts", "aria-label": "The run" },
		el("h2", {}, "The run"),
		el(
			"dl",
			{},
			...fact("Command", run.commandLine.map(shellWord).join(" "), "mono"),
			...fact("Run", `${run.id}, ${run.status}`),
			...fact(
				"Started",
				`${run.startedAt}${lengthMs === null || Number.isNaN(lengthMs) ? "" : `, took ${formatDurationMs(lengthMs)}`}`,
			),
			...(run.comparison === null ? targetFacts(target) : comparisonFacts(run.comparison)),
			...(run.matrix === null ? [] : matrixFacts(run.matrix)),
			...fact(
				"Target’s Node",
				target.nodeVersion === null ? null : `${target.nodeVersion} (V8 ${target.v8Version ?? "unknown"})`,
			),
			...fact("Tool", `az-prof ${run.tool.version} on Node ${run.tool.nodeVersion}`),
			...fact(
				"Machine",
				`${machine.cpuModel}, ${formatCount(machine.cpus)} CPUs, ${formatBytes(machine.memoryBytes)}, ${machine.platform} ${machine.release} ${machine.arch}`,
			),
			...fact(
				"Other load",
				`load average ${machine.loadAverage1m.toFixed(2)}${machine.stealShare === null ? "" : `, ${formatPercent(machine.stealShare)} stolen by the hypervisor`}`,
			),
			...fact("Pinning", pinning(run)),
		),
		run.measurements.length === 0 ? null : healthTable(run),
	);
}

const targetFacts = (target: RunRecord["target"]): HTMLElement[] => [
	...fact("Target", target.argv === null ? (target.origin ?? "unknown") : target.argv.map(shellWord).join(" "), "mono"),
	...fact("In", target.cwd, "mono"),
	...fact(
		"Code",
		target.git === null
			? null
			: `${target.git.commit.slice(0, 12)}${target.git.dirty ? " with uncommitted changes" : ""}`,
	),
];

function comparisonFacts(comparison: Comparison): HTMLElement[] {
	const { sides, design, sets } = comparison;
	return [
		...sides.flatMap((side) => {
			const commit =
				side.commit === null ? "" : ` (${side.commit.slice(0, 12)}${side.dirty ? " with uncommitted changes" : ""})`;
			return [
				...fact(
					side.name === "base" ? "Base" : "Head",
					`${side.label}${side.label.includes(side.commit?.slice(0, 7) ?? "\0") ? "" : commit}`,
				),
				...fact("", side.argv.map(shellWord).join(" "), "mono"),
				...fact("", `in ${side.cwd}`, "mono"),
				...fact("", side.envNames.length === 0 ? null : `environment differs in ${side.envNames.join(", ")}`),
			];
		}),
		...fact("Answers", comparison.answersDiffer === null ? null : `differ: ${comparison.answersDiffer}`),
		...fact(
			"Design",
			`${formatCount(sets.length)} of at most ${formatCount(design.mostSets)} process sets, looked at from the ${ordinal(design.firstLook)} on; ${formatDurationMs(design.setMs)} measured in each, in slices of ${formatDurationMs(design.sliceMs)}, after ${formatCount(design.warmupRequests)} requests of warm-up to each side`,
		),
		...fact(
			"Decision",
			`${formatDurationMs(comparison.elapsedMs)} of ${formatDurationMs(design.withinMs)}, α ${Number((design.alpha * 100).toPrecision(4))} %, seed ${design.seed}`,
		),
		...fact(
			"Young generation",
			design.semiSpaceMiB === null ? "as Node comes" : `fixed at ${design.semiSpaceMiB} MiB on both sides`,
		),
	];
}

const matrixFacts = (matrix: Matrix): HTMLElement[] => [
	...fact("Framework", matrix.framework === null ? null : `${matrix.framework.name} ${matrix.framework.version}`),
	...fact("Method", matrixMethodSentence(matrix)),
	...fact(
		"Sets",
		`${formatDurationMs(matrix.design.setMs)} measured in each after ${formatCount(matrix.design.warmupRequests)} requests of warm-up to each variant, ${formatCount(matrix.design.rotation)} processes in turn, ${formatCount(matrix.design.blocks)} ${matrix.design.blocks === 1 ? "block" : "blocks"}; ${formatDurationMs(matrix.elapsedMs)} of ${formatDurationMs(matrix.design.withinMs)}`,
	),
];

const ordinal = (count: number): string =>
	`${formatCount(count)}${count === 1 ? "st" : count === 2 ? "nd" : count === 3 ? "rd" : "th"}`;

/** Links to what the collectors left behind, relative to the report. */
export function filesSection(run: RunRecord): HTMLElement {
	const files = [
		...run.profiles.flatMap(({ files, variant }) =>
			files.map(({ title, path }) => ({ title: variant === null ? title : `${title}, ${variant}`, path })),
		),
		...run.profiles.flatMap(({ collector, variant, treeFile }) =>
			treeFile === null
				? []
				: [
						{
							title: `${collectorLabel(collector)} call tree${variant === null ? "" : `, ${variant}`}`,
							path: treeFile,
						},
					],
		),
		{ title: "Run record", path: "run.json" },
		...run.measurements.flatMap((each) =>
			each.hlogFile === null ? [] : [{ title: `Histograms per second, ${each.id}`, path: each.hlogFile }],
		),
		...run.target.logFiles.map((path) => ({ title: "Target’s output", path })),
	];
	return el(
		"section",
		{ class: "files", "aria-label": "Files" },
		el("h2", {}, "Files of this run"),
		el(
			"ul",
			{},
			...files.map(({ title, path }) =>
				el("li", {}, el("a", { href: relativeUrl(path) }, title), " ", foreign(path, "mono muted")),
			),
		),
	);
}

/** Always below the report's own folder: a path cannot become a scheme or climb out. */
const relativeUrl = (path: string): string =>
	`./${path
		.split(/[\\/]/)
		.filter((part) => part !== "" && part !== "." && part !== "..")
		.map(encodeURIComponent)
		.join("/")}`;

function fact(term: string, text: string | null, className = ""): HTMLElement[] {
	return text === null ? [] : [el("dt", {}, foreign(term)), el("dd", { class: className }, foreign(text))];
}

const shellWord = (word: string): string =>
	/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

function pinning(run: RunRecord): string {
	const generator = run.measurements.find((each) => each.generator.pinnedCpus !== null)?.generator.pinnedCpus ?? null;
	const place = (cpus: string | null): string => (cpus === null ? "on any CPU" : `on CPU ${cpus}`);
	return `target ${place(run.target.pinnedCpus)}, generator ${place(generator)}`;
}
