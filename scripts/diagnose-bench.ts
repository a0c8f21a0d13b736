/**
 * Whether `az-prof diagnose` names the guilty commit among harmless ones, and whether its proof holds.
 *
 *   npm run script scripts/diagnose-bench.ts -- [--kinds scan,clone] [--runs 1] [--commits 12] [--within 150] [--write] [--example]
 *
 * Each run is kept in scripts/results/diagnose-bench.json; kinds that have as many runs are not run again. --write puts the table into
 * docs/diagnose.md; --example makes the one that stands there, and nothing else.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Difference, Suspect } from "#src/model/diagnosis.js";
import { documentOf, startAzProf } from "./bench/az-prof.js";
import { writeIntoPage } from "./bench/document.js";
import { machine } from "./bench/machine.js";
import { optionsOf } from "./bench/options.js";
import { keptResults, turnsUntil } from "./bench/results.js";
import { type Guilt, guilts, makeHistory } from "./diagnose-bench/history.js";

const resultSchema = z.object({
	kind: z.enum(Object.keys(guilts) as [Guilt, ...Guilt[]]),
	seed: z.number(),
	commits: z.number(),
	machine: z.string(),
	verdict: z.string(),
	/** Whether what is named is of the guilty commit; null where nothing is. */
	isRight: z.boolean().nullable(),
	functions: z.array(z.string()),
	culprit: z.string(),
	share: z.number().nullable(),
	low: z.number().nullable(),
	high: z.number().nullable(),
	trials: z.number(),
	seconds: z.number(),
	headline: z.string(),
});
const resultsSchema = z.object({ runs: z.array(resultSchema) });

const {
	kinds: words,
	runs,
	commits,
	within,
	write,
	example,
} = optionsOf({
	numbers: {
		runs: { usual: 1, least: 1, most: 20 },
		commits: { usual: 12, least: 1, most: 12 },
		within: { usual: 150, least: 30, most: 600 },
	},
	lists: { kinds: { usual: Object.keys(guilts).join(","), of: Object.keys(guilts) } },
	flags: ["write", "example"],
});
const kinds = words as Guilt[];
const { results, save } = keptResults("diagnose-bench", resultsSchema, { runs: [] });

/** Of a repository that is made for it and removed. */
async function diagnosed(kind: Guilt, seed: number, options: readonly string[]) {
	const folder = mkdtempSync(join(tmpdir(), "az-prof-diagnose-"));
	try {
		const { root, guilty, prepare } = makeHistory(join(folder, "shop"), kind, commits, seed);
		const sides = ["--base", "base", "--head", "HEAD", ...prepare, "--within", `${within}s`];
		const { ended } = startAzProf(
			["diagnose", "/", ...sides, ...options, "--out", join(folder, "runs"), "--", "node", "server.cjs"],
			{ cwd: root, timeoutMs: (within + 90) * 1_000, env: { XDG_CACHE_HOME: join(folder, "cache") } },
		);
		return { guilty, ...(await ended) };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function runOnce(kind: Guilt, seed: number): Promise<void> {
	const { guilty, stdout, seconds } = await diagnosed(kind, seed, ["--json", "--no-profile"]);
	const { comparison, diagnosis, headline } = documentOf("diagnose", stdout);
	const named = diagnosis.suspects.filter(({ difference }) => diagnosis.culprits.includes(difference.id));
	const isGuilty = ({ difference }: Suspect): boolean =>
		"commits" in difference && difference.commits.some(({ commit }) => commit === guilty);
	const proof = diagnosis.trials.findLast(({ outcome, aim }) => aim === "proof" && outcome === "proved");
	const [taken] = proof?.takenBack ?? [];
	results.runs.push({
		...{ kind, seed, commits, machine, seconds, headline },
		verdict: comparison?.verdict ?? "nothing measured",
		isRight: named.length === 0 ? null : named.every(isGuilty),
		functions: (comparison?.functions?.changed ?? []).slice(0, 3).map(({ frame }) => frame.name),
		culprit: named.map(({ difference }) => nameOf(difference)).join(", "),
		...{ share: taken?.share ?? null, low: taken?.low ?? null, high: taken?.high ?? null },
		trials: diagnosis.trials.length,
	});
	save();
	console.log(`${kind}: ${headline} (${seconds} s)`);
}

const nameOf = (difference: Difference): string =>
	"file" in difference ? difference.file : "name" in difference ? difference.name : difference.head.join(" ");

if (example) {
	const { stdout } = await diagnosed("label", 1, []);
	process.stdout.write(stdout);
	// The chain; what a comparison shows follows.
	const [chain = ""] = stdout.split("\nmetric ");
	writeIntoPage("diagnose.md", "example", ["```", ...chain.trimEnd().split("\n"), "…", "```"]);
} else {
	for (const kind of turnsUntil(runs, kinds, (each) => results.runs.filter((run) => run.kind === each).length)) {
		await runOnce(kind, 1 + results.runs.filter((run) => run.kind === kind).length);
	}
}

if (write) {
	const percent = (value: number | null): string => (value === null ? "–" : `${Math.round(value * 100)} %`);
	const rows = results.runs.toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || a.seed - b.seed);
	writeIntoPage("diagnose.md", "bench", [
		"| guilt | verdict | functions that changed, the largest first | named | of the guilty commit | gone without it | trials | seconds |",
		"| --- | --- | --- | --- | --- | --: | --: | --: |",
		...rows.map(
			(run) =>
				`| ${run.kind} | ${run.verdict} | ${run.functions.map((name) => `\`${name}\``).join(", ") || "–"} | ${run.culprit || "–"} | ${run.isRight === null ? "–" : run.isRight ? "yes" : "no"} | ${percent(run.share)}${run.low === null ? "" : ` [${percent(run.low)} … ${percent(run.high)}]`} | ${run.trials} | ${Math.round(run.seconds)} |`,
		),
	]);
}
