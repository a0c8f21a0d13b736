/**
 * What `az-prof compare` says of changes whose truth is known, on real processes, and beside it two runs of autocannon compared by
 * autocannon-compare.
 *
 *   npm run build && node scripts/verdict-bench.mjs --apps simple --cases none,cpu5 --runs 20 [--tool autocannon] [--write]
 *
 * Runs are added to scripts/results/verdict-bench.json, and --write makes the table of docs/verdict-bench.md from it. Cases take turns, so that a
 * slow hour of the machine hits all of them. Traffic goes to loopback only; every run has a time limit.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { judgeByAutocannon } from "./verdict-bench/autocannon.mjs";
import { tableOf } from "./verdict-bench/table.mjs";

const { values } = parseArgs({
	options: {
		apps: { type: "string", default: "simple" },
		cases: { type: "string", default: "none,cpu5" },
		runs: { type: "string", default: "1" },
		tool: { type: "string", default: "az-prof" },
		write: { type: "boolean", default: false },
	},
});

const root = new URL("..", import.meta.url).pathname;
const inScripts = (name) => join(root, "scripts", "verdict-bench", name);
const inject = ["node", "--require", inScripts("inject.cjs")];
const gatewayFlags = ["--host", "127.0.0.1", "--port", "0", "--rate-limit-max", "0", "--log", "none", "--no-auth"];
const apps = {
	simple: { path: "/", argv: [...inject, inScripts("simple.cjs")] },
	plugins: { path: "/", argv: [...inject, inScripts("ten-plugins.cjs")] },
	gateway: { path: "/health", argv: [...inject, join(root, "dist/gateway/main.js"), ...gatewayFlags] },
};

/** Margins are half of the change that is looked for, so that what decides is the interval. */
const cases = {
	none: { failOn: "cpu=2%", truth: "no change", within: { simple: 40, other: 75 } },
	cpu1: { cpu: 0.01, failOn: "cpu=0.5%", truth: "regressed", metric: "cpu", within: { simple: 120, other: 120 } },
	cpu2: { cpu: 0.02, failOn: "cpu=1%", truth: "regressed", metric: "cpu", within: { simple: 80, other: 150 } },
	cpu5: { cpu: 0.05, failOn: "cpu=2.5%", truth: "regressed", metric: "cpu", within: { simple: 40, other: 75 } },
	cpu10: { cpu: 0.1, failOn: "cpu=5%", truth: "regressed", metric: "cpu", within: { simple: 40, other: 75 } },
	alloc300: {
		inject: "alloc:300",
		failOn: "alloc=0.5%",
		truth: "regressed",
		metric: "alloc",
		within: { simple: 40, other: 75 },
	},
	alloc2: { alloc: 0.02, failOn: "alloc=1%", truth: "regressed", metric: "alloc", within: { simple: 40, other: 75 } },
	await1: {
		inject: "await:1",
		failOn: "cpu=10%,p50=10%,p99=10%,p99.9=25%",
		truth: "regressed",
		metric: "p50",
		not: "cpu",
		within: { simple: 40, other: 75 },
	},
	stall: {
		inject: "stall:20:200",
		failOn: "cpu=10%,p50=10%,p99=10%,p99.9=25%",
		truth: "regressed",
		metric: "p99.9",
		not: "cpu",
		within: { simple: 40, other: 75 },
	},
	refactor: { inject: "refactor", failOn: "cpu=2%", truth: "no change", within: { simple: 40, other: 75 } },
	neighbour: { failOn: "cpu=2%", truth: "no change", neighbour: true, within: { simple: 40, other: 75 } },
};

const file = join(root, "scripts", "results", "verdict-bench.json");
const results = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { scales: {}, runs: [] };
const save = () => writeFileSync(file, `${JSON.stringify(results, null, "\t")}\n`);
const out = mkdtempSync(join(tmpdir(), "az-prof-bench-"));
const machine = `${cpus()[0]?.model}, ${cpus().length} cores, Linux ${release()}, Node ${process.version}`;

try {
	for (let run = 0; run < Math.min(200, Number(values.runs)); run++) {
		for (const app of values.apps.split(",")) {
			for (const name of values.cases.split(",")) {
				const found = await runOnce(app, name);
				results.runs.push({ tool: values.tool, app, case: name, date: new Date().toISOString(), machine, ...found });
				save();
				process.stdout.write(`${app} ${name}: ${JSON.stringify(found)}\n`);
			}
		}
	}
} finally {
	rmSync(out, { recursive: true, force: true });
}
if (values.write) {
	const page = join(root, "docs", "verdict-bench.md");
	const [before, , after] = readFileSync(page, "utf8").split(/<!-- table: (?:begin|end) -->\n/);
	writeFileSync(page, `${before}<!-- table: begin -->\n${tableOf(results, cases)}<!-- table: end -->\n${after}`);
}

async function runOnce(app, name) {
	const test = cases[name];
	const change = test.inject ?? (await injectionFor(app, test));
	const neighbour = test.neighbour ? startNeighbour() : null;
	try {
		if (values.tool === "autocannon") return await judgeByAutocannon(apps[app], change);
		return await judgeByAzProf(app, test, change);
	} finally {
		neighbour?.kill("SIGKILL");
	}
}

async function judgeByAzProf(app, test, change) {
	const seconds = test.within[app] ?? test.within.other;
	const began = performance.now();
	const { record, code } = await compare(apps[app], ["--fail-on", test.failOn, "--within", `${seconds}s`], change);
	const { verdict, effects, sets } = record.comparison;
	const named = effects.filter((effect) => effect.judged && effect.verdict === verdict).map(({ metric }) => metric);
	const judged = effects.find(({ metric }) => metric === (test.metric ?? "cpu"));
	return {
		verdict,
		named,
		correct:
			verdict === test.truth && (test.metric === undefined || named.includes(test.metric)) && !named.includes(test.not),
		seconds: Number(((performance.now() - began) / 1e3).toFixed(1)),
		sets: sets.length,
		change: judged?.change ?? null,
		low: judged?.low ?? null,
		high: judged?.high ?? null,
		setSd: judged?.setSd ?? null,
		code,
	};
}

/** What makes the change that is asked for, by the cost of the injected loop on this app; measured once, on a large change. */
async function injectionFor(app, { cpu, alloc }) {
	if (alloc !== undefined) {
		const scale = await scaleOf(app, "alloc", 20_000, "alloc=1%");
		return `alloc:${Math.round((alloc * scale.base) / scale.perUnit)}`;
	}
	if (cpu === undefined) return "none";
	const scale = await scaleOf(app, "cpu", 60_000, "cpu=0.1%");
	return `cpu:${Math.round((cpu * scale.base) / scale.perUnit)}`;
}

async function scaleOf(app, kind, units, failOn) {
	const key = `${app} ${kind} ${machine}`;
	if (results.scales[key] === undefined) {
		const { record } = await compare(apps[app], ["--fail-on", failOn, "--within", "40s"], `${kind}:${units}`);
		const { base, head } = record.comparison.effects.find(({ metric }) => metric === kind);
		results.scales[key] = { base, perUnit: (head - base) / units };
		process.stdout.write(`${key}: ${JSON.stringify(results.scales[key])}\n`);
		save();
	}
	return results.scales[key];
}

async function compare({ path, argv }, options, change) {
	const child = spawn(
		process.execPath,
		[
			join(root, "dist/cli.js"),
			"compare",
			path,
			"--head-env",
			`INJECT=${change}`,
			...options,
			"--json",
			"--no-profile",
			"--out",
			out,
			"--",
			...argv,
		],
		{ cwd: root, env: { ...process.env, NODE_ENV: "production" }, stdio: ["ignore", "pipe", "pipe"], timeout: 300_000 },
	);
	let stdout = "";
	let stderr = "";
	child.stdout.on("data", (chunk) => {
		stdout += chunk;
	});
	child.stderr.on("data", (chunk) => {
		stderr += chunk;
	});
	const code = await new Promise((resolve) => child.once("close", resolve));
	if (stdout === "") throw new Error(`az-prof ended with ${code}: ${stderr}`);
	return { record: JSON.parse(stdout), code };
}

/** Burns a fifth of a second, rests a fifth, on whichever core it gets; ends by itself after three minutes. */
function startNeighbour() {
	const script =
		"const end = Date.now() + 180e3; const burn = () => { const until = Date.now() + 200; while (Date.now() < until); if (Date.now() < end) setTimeout(burn, 200); }; burn();";
	return spawn(process.execPath, ["-e", script], { stdio: "ignore" });
}
