import { cpuChanges } from "#src/analyse/comparison/functions/verdicts-of.js";
import type { Comparison } from "#src/model/comparison.js";
import type {
	Commit,
	CostPart,
	Diagnosis,
	Difference,
	Stretch,
	Suspect,
	TakenBack,
	Trial,
} from "#src/model/diagnosis.js";
import type { DiagnoseRun } from "#src/model/run.js";
import { changedFunction } from "#src/report/figures/changed-functions.js";
import { kindLabel } from "#src/report/labels/frame.js";
import { wordsOf } from "#src/report/labels/metrics.js";
import { formatBytes } from "#src/report/numbers/bytes.js";
import { formatCostDifference } from "#src/report/numbers/cost-unit.js";
import { formatCount } from "#src/report/numbers/format.js";
import { formatHundredths, formatShareOfChange } from "#src/report/numbers/shares.js";
import { formatAgeMs, formatNs, formatSignedNs } from "#src/report/numbers/times.js";
import { briefName } from "./brief-name.js";
import { costFigures, costName } from "./changed-functions.js";
import { processSets } from "./comparison.js";
import { comparedAnswer } from "./headlines/compared.js";
import { listOf, quoted } from "./phrases.js";

/** A link of the chain from the verdict to the proof. */
export interface ChainLink {
	readonly name: "verdict" | "part" | "function" | "line" | "proof";
	readonly text: string;
	/** Whether it could be told. */
	readonly isTold: boolean;
}

/** Named in a sentence. */
const NAMED = 2;
const MAX_SUBJECT = 60;
const MAX_REASON = 240;

/** From what changed to the proof of why; what could not be told says so. */
export function chainOf(run: DiagnoseRun): ChainLink[] {
	const { comparison, diagnosis } = run;
	const { verdict, rest, besides } = comparedAnswer(run);
	const answer: ChainLink = {
		name: "verdict",
		text: [`${verdict}${rest}`, ...besides].join(""),
		isTold: comparison !== null && comparison.verdict !== "cannot tell" && verdict !== "",
	};
	if (comparison === null || diagnosis.metric === null) return [answer];
	return [answer, partLink(diagnosis), functionLink(comparison), lineLink(run), proofLink(diagnosis, comparison)];
}

/** "In the application +14.2 µs [11.1 … 17.3] CPU a request; fastify +3.2 µs […]; all together +23.8 µs." */
function partLink({ parts }: Diagnosis): ChainLink {
	if (parts === null || parts.length === 0) {
		const text = "Whose code costs more cannot be told: too few process sets were sampled; a longer --within helps.";
		return { name: "part", text, isTold: false };
	}
	const clear = parts.filter(({ lowNs, highNs }) => lowNs > 0 || highNs < 0);
	const whole = formatSignedNs(parts.reduce((sum, { differenceNs }) => sum + differenceNs, 0));
	if (clear.length === 0) {
		const text = `CPU of no part differs for certain; all together ${whole} a request.`;
		return { name: "part", text, isTold: false };
	}
	const told = clear.slice(0, NAMED + 1).map((part) => {
		const { differenceNs: difference, lowNs: low, highNs: high } = part;
		const { change, interval } = formatCostDifference("cpu", { difference, low, high });
		return `${partName(part)} ${change} ${interval}`;
	});
	return { name: "part", text: `CPU a request: ${told.join("; ")}; all together ${whole}.`, isTold: true };
}

/** "the application", "fastify", "Node core" */
export function partName({ kind, package: name }: CostPart): string {
	if (name !== null) return briefName(name);
	return kind === null ? "all others" : kind === "app" ? "the application" : kindLabel(kind);
}

function functionLink(comparison: Comparison): ChainLink {
	const wanted = comparison.verdict === "regressed" ? "dearer" : "cheaper";
	const { functions } = comparison;
	if (functions === null) {
		return {
			name: "function",
			text: "Too few process sets were sampled for functions to be told; a longer --within helps.",
			isTold: false,
		};
	}
	const named = cpuChanges(functions)
		.filter(({ kind, verdict }) => verdict === wanted && kind !== "layer")
		.map((change) => changedFunction(change, comparison.sides[1].cwd));
	if (named.length === 0) {
		const text = `Of ${formatCount(functions.tested)} functions, files and packages none became ${wanted} for certain: what changed is waiting, or spread out.`;
		return { name: "function", text, isTold: false };
	}
	const told = named.slice(0, NAMED).map((cost) => {
		const changed = cost.linesChanged ? ", in lines that changed" : "";
		return `${costName(cost)} ${costFigures(cost, "cpu")} CPU a request${changed}`;
	});
	const more = named.length > NAMED ? `; ${formatCount(named.length - NAMED)} more below` : "";
	return { name: "function", text: `${told.join("; ")}${more}.`, isTold: true };
}

function lineLink(run: DiagnoseRun): ChainLink {
	const { diagnosis } = run;
	const { suspects, culprits, unread } = diagnosis;
	const nowMs = Date.parse(run.startedAt);
	const guilty = suspects.filter(({ difference }) => culprits.includes(difference.id));
	if (guilty.length > 0) {
		const text = guilty.map(({ difference }) => differenceWords(difference, nowMs)).join("; and ");
		return { name: "line", text: `${text}.`, isTold: true };
	}
	const left = unread.length === 0 ? "" : ` ${unreadClause(diagnosis)}`;
	if (suspects.length === 0) {
		return { name: "line", text: `Nothing is known to differ that could be taken back.${left}`, isTold: false };
	}
	const first = suspects.slice(0, NAMED).map(({ difference }) => differenceWords(difference, nowMs));
	const text = `${formatCount(suspects.length)} ${suspects.length === 1 ? "thing differs" : "things differ"}, the most suspect first: ${first.join("; ")}.${left}`;
	return { name: "line", text, isTold: false };
}

/** "Not taken apart: yarn.lock (a lockfile that is not read)." */
function unreadClause({ unread }: Diagnosis): string {
	const why = {
		lockfile: "a lockfile that is not read",
		submodule: "a submodule",
		commands: "another script, not another version of one",
		"too many": "too many lines differ",
	} as const;
	return `Not taken apart: ${listOf(unread.slice(0, 3).map(({ kind, name }) => `${briefName(name)} (${why[kind]})`))}.`;
}

/** "src/metrics.js:12–18, by 1a2b3c4 “Label by path”, 3 days old" */
function differenceWords(difference: Difference, nowMs: number): string {
	switch (difference.kind) {
		case "lines":
			return `${differenceName(difference)}${commitClause(difference.commits, nowMs)}`;
		case "file":
			return `${differenceName(difference)}${commitClause(difference.commits, nowMs)}`;
		case "package":
			return `${differenceName(difference)} in ${briefName(difference.lockfile)}${commitClause(difference.commits, nowMs)}`;
		case "variable":
			return `the environment variable ${differenceName(difference)}`;
		case "words":
			return `the command line: ${differenceName(difference)}`;
	}
}

/** "src/metrics.js:12–18", "fastify 5.1.0 → 5.6.0", "CACHE", "--a → --b" */
export function differenceName(difference: Difference): string {
	switch (difference.kind) {
		case "lines":
			return `${briefName(difference.file)}${difference.baseFile === null ? " (new)" : linesClause(difference.head)}`;
		case "file":
			return briefName(difference.file);
		case "package":
			return `${briefName(difference.name)} ${difference.base ?? "not there"} → ${difference.head ?? "gone"}`;
		case "variable":
			return briefName(difference.name);
		case "words":
			return [difference.base, difference.head].map((words) => briefName(words.join(" ")) || "nothing").join(" → ");
	}
}

/** ":12–18", ":12", " behind line 12" */
const linesClause = ({ from, lines }: Stretch): string =>
	lines === 0 ? ` behind line ${from}` : lines === 1 ? `:${from}` : `:${from}–${from + lines - 1}`;

function commitClause([newest, ...older]: readonly Commit[], nowMs: number): string {
	if (newest === undefined) return ", not committed or not known to git";
	const age = formatAgeMs(Math.max(0, nowMs - Date.parse(newest.committedAt)));
	const others = older.length === 0 ? "" : ` and ${formatCount(older.length)} more`;
	return `, by ${newest.commit.slice(0, 7)} “${briefName(newest.subject, MAX_SUBJECT)}”${others}, ${age} old`;
}

/** "regression", "improvement" */
const changeWord = ({ verdict }: Pick<Comparison, "verdict">): string =>
	verdict === "improved" ? "improvement" : "regression";

function proofLink(diagnosis: Diagnosis, comparison: Comparison): ChainLink {
	const { trials, culprits, ending, suspects } = diagnosis;
	const proof = trials.findLast(({ outcome, aim }) => aim === "proof" && outcome === "proved");
	const [first] = proof?.takenBack ?? [];
	if (culprits.length > 0 && first !== undefined) {
		return { name: "proof", text: `${goneClause(first, comparison, culprits.length)}.`, isTold: true };
	}
	const told = (text: string): ChainLink => ({ name: "proof", text: `${text}.`, isTold: false });
	if (suspects.length === 0) return told("Nothing could be taken back, so nothing is proved");
	const tried = triedClause(trials, suspects, comparison);
	switch (ending) {
		case "time":
			return told(`The time was over before a cause was proved${tried}; a longer --within helps`);
		case "not proved":
			return told(`Nothing that was taken back by itself is the cause${tried}`);
		default:
			return told(`No cause is proved${tried}`);
	}
}

/** "Without it 97 % [88 … 106] of the regression in CPU is gone: 182 µs → 120 µs, base 118 µs, in 6 process sets" */
function goneClause(taken: TakenBack, comparison: Comparison, parts: number): string {
	const { metric, share, low, high, base, head, without, sets } = taken;
	const figure = (value: number): string => formatTaken(taken, value);
	return `Without ${parts === 1 ? "it" : "them"} ${formatShareOfChange(share ?? 0, low, high)} of the ${changeWord(comparison)} in ${wordsOf(metric).noun} is gone: ${figure(head)} → ${figure(without)}, base ${figure(base)}, in ${processSets(sets)}`;
}

/** A figure of a rotation: 182 µs, 9.19 KiB, 0.12 %. */
export function formatTaken({ unit }: Pick<TakenBack, "unit">, value: number): string {
	switch (unit) {
		case "ns":
			return formatNs(value);
		case "bytes":
			return formatBytes(value);
		case "share":
			return formatHundredths(value);
	}
}

function triedClause(trials: readonly Trial[], suspects: readonly Suspect[], comparison: Comparison): string {
	const proofs = trials.filter(({ aim }) => aim === "proof").slice(0, NAMED + 1);
	if (proofs.length === 0) return "";
	const each = proofs.map((trial) => `${withoutName(trial, suspects)} (${trialWords(trial, comparison)})`);
	return `; tried: ${each.join("; ")}`;
}

/** What was taken back: "server.js:12", "3 things of 1a2b3c4" */
export function withoutName({ without }: Pick<Trial, "without">, suspects: readonly Suspect[]): string {
	const all = suspects.filter(({ difference }) => without.includes(difference.id));
	if (all.length > 2) return `${formatCount(all.length)} of what differs`;
	return all.map(({ difference }) => differenceName(difference)).join(" and ");
}

/** "97 % [88 … 106] of the regression is gone", "does not start: …" */
function trialWords({ outcome, reason, takenBack }: Trial, comparison: Pick<Comparison, "verdict">): string {
	const why = reason === null ? "" : `: ${briefName(quoted(reason), MAX_REASON)}`;
	switch (outcome) {
		case "not applied":
			return `not applied${why}`;
		case "not started":
			return `does not run${why}`;
		default: {
			const [first] = takenBack;
			if (first?.share == null) return "cannot tell";
			const gone = `${formatShareOfChange(first.share, first.low, first.high)} of the ${changeWord(comparison)} is gone`;
			return outcome === "undecided" ? `${gone}, which does not decide it` : gone;
		}
	}
}

/** Why it is suspected. */
export function reasonWords({ because, functions }: Suspect, comparison: Comparison): string {
	const changes = comparison.functions === null ? [] : cpuChanges(comparison.functions);
	const names = functions
		.flatMap((place) => changes[place] ?? [])
		.slice(0, NAMED)
		.map((change) => costName(changedFunction(change, comparison.sides[1].cwd)));
	switch (because) {
		case "waits":
			return "waits in these lines";
		case "owns":
			return `${listOf(names)} is in these lines`;
		case "version":
			return `${listOf(names)} is of this package`;
		case "calls":
			return "more is spent below these lines";
		case "names":
			return `names the package of ${listOf(names)}`;
		case "runs":
			return "is run by requests";
		case "code":
			return "";
		case "cleared":
			return "is run by requests, and costs too little more";
		case "differs":
			return "not code that a request runs";
	}
}
