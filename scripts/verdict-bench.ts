/**
 * What `az-prof compare` says of changes whose truth is known, on real processes: whether it detects a change of one metric, beside two
 * runs of autocannon compared by autocannon-compare; and what its headline begins with on an app with ten plugins.
 *
 *   npm run script scripts/verdict-bench.ts -- --apps simple --cases none,cpu5 --runs 20 [--tool autocannon] [--write]
 *   npm run script scripts/verdict-bench.ts -- --apps plugins --cases headlines --runs 10 [--write]
 *
 * Runs are added to scripts/results/verdict-bench.json, each at once, until there are so many of every case: the same command goes on
 * where an earlier one ended. --anew forgets the earlier runs of these cases first. --write makes the tables of docs/verdict-bench.md.
 * Cases take turns, so that a slow hour of the machine hits all of them. Traffic goes to loopback only; every run has a time limit.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AppName, appNames, apps } from "./bench/apps.js";
import { comparisonOf } from "./bench/az-prof.js";
import { writeIntoPage } from "./bench/document.js";
import { machine } from "./bench/machine.js";
import { optionsOf } from "./bench/options.js";
import { turnsUntil } from "./bench/results.js";
import { judgeByAutocannon } from "./verdict-bench/autocannon.js";
import { type CaseName, caseNames, cases, withinOf } from "./verdict-bench/cases.js";
import { headlineTable } from "./verdict-bench/headline-table.js";
import { compareInjected, measureAddedMs, wordsFor } from "./verdict-bench/injection.js";
import { isRight, toldBy } from "./verdict-bench/judge.js";
import { type VerdictRun, verdictResults } from "./verdict-bench/results.js";
import { detectionTable } from "./verdict-bench/table.js";

/** All cases of that kind. */
const KINDS = { detections: "detection", headlines: "headline" } as const;

const options = optionsOf({
	lists: {
		apps: { usual: "simple", of: appNames },
		cases: { usual: "none,cpu5", of: [...caseNames, ...Object.keys(KINDS)] },
	},
	numbers: { runs: { usual: 1, least: 0, most: 200 } },
	choices: { tool: ["az-prof", "autocannon"] },
	flags: ["anew", "write"],
});

interface Turn {
	readonly app: AppName;
	readonly name: CaseName;
}

const isAskedFor = (name: CaseName): boolean =>
	options.cases.includes(name) ||
	Object.entries(KINDS).some(([word, kind]) => options.cases.includes(word) && cases[name].kind === kind);
const turns = appNames
	.filter((app) => options.apps.includes(app))
	.flatMap((app) => caseNames.filter(isAskedFor).map((name): Turn => ({ app, name })));
const isRunOf =
	({ app, name }: Turn) =>
	(run: VerdictRun): boolean =>
		run.tool === options.tool && run.app === app && run.case === name;

const kept = verdictResults();
const { results, save } = kept;
const out = mkdtempSync(join(tmpdir(), "az-prof-bench-"));
if (options.anew) results.runs = results.runs.filter((run) => !turns.some((turn) => isRunOf(turn)(run)));
try {
	for (const turn of turnsUntil(options.runs, turns, (each) => results.runs.filter(isRunOf(each)).length)) {
		const run = await runOnce(turn);
		results.runs.push(run);
		save();
		console.log(
			`${turn.app} ${turn.name}, ${isRight(run, cases[turn.name]) ? "right" : "not right"}: ${JSON.stringify(run)}`,
		);
	}
} finally {
	rmSync(out, { recursive: true, force: true });
}
if (options.write) {
	writeIntoPage("verdict-bench.md", "headlines", headlineTable(results));
	writeIntoPage("verdict-bench.md", "table", detectionTable(results));
}

async function runOnce({ app, name }: Turn): Promise<VerdictRun> {
	const test = cases[name];
	const words = await wordsFor(app, test.change, kept, out);
	const isMeasured = test.kind === "headline" && test.size.kind === "measured" && options.tool === "az-prof";
	const measured = isMeasured ? { addedMs: await measureAddedMs(apps[app], words) } : {};
	const neighbour = test.neighbour ? startNeighbour() : null;
	const asked = { app, case: name, date: new Date().toISOString(), machine };
	try {
		if (options.tool === "autocannon") {
			return { tool: "autocannon", ...asked, ...(await judgeByAutocannon(apps[app], words)) };
		}
		const margins = test.failOn === null ? [] : ["--fail-on", test.failOn];
		const within = ["--within", `${withinOf(test, app)}s`];
		const { run, ...answer } = await compareInjected(apps[app], words, [...margins, ...within], out);
		const told = toldBy(comparisonOf(run), { headline: run.headline, ...answer });
		return { tool: "az-prof", ...asked, ...told, ...measured };
	} finally {
		neighbour?.kill("SIGKILL");
	}
}

/** Burns a fifth of a second, rests a fifth, on whichever core it gets; ends by itself after three minutes. */
function startNeighbour() {
	const script =
		"const end = Date.now() + 180e3; const burn = () => { const until = Date.now() + 200; while (Date.now() < until); if (Date.now() < end) setTimeout(burn, 200); }; burn();";
	return spawn(process.execPath, ["-e", script], { stdio: "ignore" });
}
