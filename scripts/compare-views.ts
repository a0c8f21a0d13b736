/**
 * Draws every view of recorded runs with two builds of az-prof, byte by byte the same or not: in a terminal of 80 and of 120 columns and
 * in a pipe, Markdown, JSON, every export, and the report's page by its embedded data and by what a browser shows of it, under each tab.
 *
 *   npm run script scripts/compare-views.ts -- --before DIR [--after DIR] [--runs FOLDER] [--lines 12]
 *
 * DIR is a checkout that is built (npm ci). --after is this one where it is not given, and the runs are its: the samples and recordings of
 * the tests, and a story of each command told in a simulated world; --runs adds those of a folder (profiles/runs). A view that both
 * builds refuse in the same words counts as equal, and is counted apart. Ends with 0 where all are equal, with 1 where one is not,
 * and shows the first lines of what differs.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { projectRoot } from "#src/process/entry-point.js";
import { optionsOf } from "./bench/options.js";
import { inScripts } from "./bench/processes.js";
import { areEqual, type Drawn, differenceOf, type Pair, tableOf } from "./compare-views/differences.js";
import { embeddedOf, PageReader } from "./compare-views/pages.js";
import { type RecordedRun, recordedRuns } from "./compare-views/recorded-runs.js";
import { PAGE_KINDS, viewsOf } from "./compare-views/views.js";

const REPORT_FILE = "report.html";

const options = optionsOf({
	texts: { before: "", after: projectRoot, runs: "" },
	numbers: { lines: { usual: 12, least: 1, most: 10_000 } },
});
const [beforeCli, afterCli] = [cliOf("before", options.before), cliOf("after", options.after)];
if (options.runs !== "" && !existsSync(options.runs)) refuse(`--runs: there is no folder ${options.runs}`);

const folder = mkdtempSync(join(tmpdir(), "az-prof-views-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const runs = await recordedRuns(join(folder, "runs"), options.runs === "" ? null : options.runs);
const before = await drawnBy(beforeCli);
const after = await drawnBy(afterCli);
const pairs = before.map((each, index): Pair => ({ before: each, after: after[index] as Drawn }));
const different = pairs.filter((pair) => !areEqual(pair));
console.log([`${runs.length} runs`, "", ...tableOf(pairs)].join("\n"));
for (const pair of different) {
	console.log(`\n${pair.after.of}: ${pair.after.kind}\n${differenceOf(pair, options.lines).join("\n")}`);
}
process.exitCode = different.length === 0 ? 0 : 1;

function cliOf(name: "before" | "after", checkout: string): string {
	if (checkout === "") refuse(`--${name} DIR is needed: a checkout of az-prof that is built`);
	const cli = join(resolve(checkout), "dist", "cli.js");
	return existsSync(cli) ? cli : refuse(`--${name}: there is no ${cli}; npm ci in that checkout builds it`);
}

function refuse(sentence: string): never {
	console.error(sentence);
	process.exit(2);
}

/** All views of all runs by one build. Both find the runs in the same place, as views name it. */
async function drawnBy(cli: string): Promise<Drawn[]> {
	const orders = runs.flatMap((run) => viewsOf(run).map((view) => ({ run, view })));
	const answers = answersOf(
		cli,
		orders.map(({ view: { args, columns } }) => ({ args, columns })),
	);
	const drawn = orders.map(({ run, view }, index): Drawn => {
		const { code, out, err } = answers[index] as Answer;
		return { kind: view.kind, of: nameOf(run, view.part), code, content: Buffer.from(out, "base64"), said: err };
	});
	return [...drawn, ...(await pagesOf())];
}

function nameOf({ name }: RecordedRun, part: string): string {
	return part === "" ? name : `${name}, ${part}`;
}

interface Answer {
	readonly code: number;
	/** In base64. */
	readonly out: string;
	readonly err: string;
}

function answersOf(
	cli: string,
	orders: readonly { readonly args: readonly string[]; readonly columns: number | null }[],
): Answer[] {
	const [ordersFile, answersFile] = [join(folder, "orders.json"), join(folder, "answers.json")];
	writeFileSync(ordersFile, JSON.stringify(orders));
	// As a terminal with colours has it, whatever this one is.
	const { NO_COLOR: _, FORCE_COLOR: __, NODE_OPTIONS: ___, ...env } = process.env;
	execFileSync(process.execPath, [inScripts("compare-views", "draw.mjs"), cli, ordersFile, answersFile], {
		cwd: folder,
		env: { ...env, TERM: "xterm-256color" },
		stdio: ["ignore", "inherit", "inherit"],
	});
	return JSON.parse(readFileSync(answersFile, "utf8"));
}

/** The pages that the build has left in the folders of the runs. */
async function pagesOf(): Promise<Drawn[]> {
	const reader = await PageReader.start();
	const drawn: Drawn[] = [];
	try {
		for (const run of runs) {
			const file = join(run.path, REPORT_FILE);
			const html = existsSync(file) ? readFileSync(file, "utf8") : null;
			const text = html === null ? "" : await reader.textOf(file);
			// The other build writes its own.
			rmSync(file, { force: true });
			const part = (kind: string, content: string): Drawn => ({
				kind,
				of: run.name,
				code: html === null ? 2 : 0,
				content: Buffer.from(content),
				said: html === null ? "it left no page" : "",
			});
			drawn.push(part(PAGE_KINDS.data, html === null ? "" : embeddedOf(html)), part(PAGE_KINDS.text, text));
		}
	} finally {
		await reader.end();
	}
	return drawn;
}
