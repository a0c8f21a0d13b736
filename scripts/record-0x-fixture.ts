/**
 * Records profiles/fixtures/0x/<version>/ with the installed 0x: test/fixtures/hot-functions under a little load, first GET / and then,
 * inside the same window, GET /deep?depth=200; and test/fixtures/inlined-hook, with the time that its loops took in the window by its
 * own clock. What a unit test does not need is left out, and this machine's paths are replaced.
 *
 *   npm run script scripts/record-0x-fixture.ts -- [--recordings hot-functions,inlined-hook]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { gzipSync } from "node:zlib";
import type { Code, PreprocessedLog } from "#src/analyse/import/zero-x/preprocessed.js";
import { findLog, readOutputs } from "#src/collect/zero-x/outputs.js";
import { FINISH_SIGNAL, type RunnerPlan } from "#src/collect/zero-x/plan.js";
import { entryPoint, projectRoot } from "#src/process/entry-point.js";
import { childrenOf } from "#src/process/process-table.js";
import { freePort, untilAnswered } from "./bench/apps.js";
import { optionsOf } from "./bench/options.js";

interface Recording {
	/** Below the project. */
	readonly server: string;
	readonly warmupMs: number;
	/** One after the other. */
	readonly windowLoads: readonly { readonly path: string; readonly forMs: number }[];
	/** It answers a signal with the milliseconds of each of its loops. */
	readonly tellsItsTime: boolean;
}

const recordings: Readonly<Record<string, Recording>> = {
	"hot-functions": {
		server: "test/fixtures/hot-functions/server.cjs",
		warmupMs: 1_000,
		windowLoads: [
			{ path: "/", forMs: 1_000 },
			{ path: "/deep?depth=200", forMs: 300 },
		],
		tellsItsTime: false,
	},
	// V8 inlines the hook once it has seen some thousand calls.
	"inlined-hook": {
		server: "test/fixtures/inlined-hook/server.cjs",
		warmupMs: 3_000,
		windowLoads: [{ path: "/", forMs: 1_500 }],
		tellsItsTime: true,
	},
};
const names = Object.keys(recordings);
const options = optionsOf({ lists: { recordings: { usual: names.join(), of: names } } });

const require = createRequire(import.meta.url);
const { version } = require("0x/package.json") as { version: string };
const destination = join(projectRoot, "profiles", "fixtures", "0x", version);
/** What V8's log has for a unit test: ticks, libraries, V8's own code, and the marks of our clock. */
const KEPT_LINES =
	/^(tick|shared-library|profiler|v8-version|code-creation,(Builtin|BytecodeHandler|.*az-prof-clock-))/;
const CLIENTS = 4;
const MOST_REQUESTS = 50_000;

mkdirSync(destination, { recursive: true });
for (const [name, recording] of Object.entries(recordings)) {
	if (options.recordings.includes(name)) await record(name, recording);
}

async function record(name: string, recording: Recording): Promise<void> {
	const workingDir = mkdtempSync(join(tmpdir(), "record-0x-"));
	const port = await freePort();
	const plan: RunnerPlan = {
		node: process.execPath,
		argv: [join(projectRoot, recording.server)],
		workingDir,
		title: "recording",
		endStepMs: 1_500,
		renderLimitMs: 30_000,
	};
	const runner = spawn(process.execPath, [entryPoint("collect/zero-x/runner"), JSON.stringify(plan)], {
		env: { ...process.env, PORT: String(port) },
		stdio: ["ignore", "ignore", "pipe"],
	});
	process.on("exit", () => runner.kill("SIGTERM"));
	const messages = createInterface({ input: runner.stderr });
	messages.on("line", (line) => console.error(line));
	await untilAnswered(`http://127.0.0.1:${port}/`);
	await load(port, "/", recording.warmupMs);
	const [target] = childrenOf(runner.pid ?? Number.NaN);
	if (target === undefined) throw new Error(`0x has not started ${recording.server}`);
	// What it has taken so far is not of the window.
	if (recording.tellsItsTime) await timeSpent(target, messages);
	const from = process.hrtime.bigint();
	for (const { path, forMs } of recording.windowLoads) await load(port, path, forMs);
	const to = process.hrtime.bigint();
	const spentMs = recording.tellsItsTime ? await timeSpent(target, messages) : undefined;
	const maps = executableFilesOf(target);
	runner.kill(FINISH_SIGNAL);
	await once(runner, "exit");

	const outputs = await readOutputs(workingDir, process.execPath);
	const found = await findLog(workingDir);
	if (found === undefined) throw new Error(`0x left no log of ${recording.server}`);
	const lines = readFileSync(found.path, "latin1").split("\n");
	const log = lines.filter((line) => KEPT_LINES.test(line)).join("\n");
	const withoutPaths = (text: string): string => replacePaths(text, workingDir);
	write(`${name}.log.gz`, gzipSync(withoutPaths(log), { level: 9 }));
	write(`${name}.json.gz`, gzipSync(withoutPaths(JSON.stringify(usedCodeOnly(outputs.log))), { level: 9 }));
	write(`${name}.maps`, withoutPaths(maps));
	const recorded = { fromHrtimeNs: String(from), toHrtimeNs: String(to), node: process.version, spentMs };
	write(`${name}.window.json`, `${JSON.stringify(recorded, null, "\t")}\n`);
	rmSync(workingDir, { recursive: true, force: true });
}

/** Milliseconds of each of the fixture's loops since it was last asked, as it says them itself. */
async function timeSpent(target: number, messages: Interface): Promise<unknown> {
	const answer = new Promise((resolve) => {
		messages.on("line", (line) => {
			if (line.startsWith("spent ")) resolve(JSON.parse(line.slice("spent ".length)));
		});
	});
	process.kill(target, "SIGUSR2");
	return await answer;
}

function write(name: string, content: string | Uint8Array): void {
	writeFileSync(join(destination, name), content);
	console.log(`${name}: ${content.length} bytes`);
}

/**
 * The log processor lists every symbol of the node binary; ticks use some hundred of them. Positions matter only where something was
 * inlined.
 */
function usedCodeOnly({ code, functions, ticks }: PreprocessedLog): PreprocessedLog {
	const keptFunctions = renumbering(functions, (each) => each);
	const keptCode = renumbering(code, ({ source, ...rest }): Code => {
		if (source === undefined || source.inlined === "") return rest;
		const fns = source.fns.map((index) => (index === null ? null : keptFunctions.indexOf(index)));
		return { ...rest, source: { ...source, fns } };
	});
	const renumbered = ticks.map((tick) => ({
		...tick,
		s: tick.s.map((value, at) => (at % 2 === 0 ? keptCode.indexOf(value) : value)),
	}));
	return { code: keptCode.kept, functions: keptFunctions.kept, ticks: renumbered };
}

/** Keeps what is asked for, in the order of asking. An index that names nothing (−1) stays as it is. */
function renumbering<Each>(all: readonly Each[], shorten: (each: Each) => Each) {
	const newIndex = new Map<number, number>();
	const kept: Each[] = [];
	const indexOf = (index: number): number => {
		const known = newIndex.get(index);
		const each = all[index];
		if (known !== undefined || each === undefined) return known ?? index;
		const added = kept.push(shorten(each)) - 1;
		newIndex.set(index, added);
		return added;
	};
	return { kept, indexOf };
}

function replacePaths(text: string, workingDir: string): string {
	const modules = dirname(dirname(require.resolve("0x/package.json")));
	return text
		.replaceAll(process.execPath, "/opt/node/bin/node")
		.replaceAll(modules, "/project/node_modules")
		.replaceAll(`${projectRoot}/`, "/project/")
		.replaceAll(workingDir, "/tmp/recording");
}

function executableFilesOf(pid: number): string {
	return readFileSync(`/proc/${pid}/maps`, "utf8")
		.split("\n")
		.filter((line) => line.includes("r-xp") && line.includes("/"))
		.map((line) => line.replace(/\s+/g, " "))
		.join("\n");
}

async function load(port: number, path: string, forMs: number): Promise<void> {
	const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });
	const until = performance.now() + forMs;
	const client = async (): Promise<void> => {
		for (let count = 0; count < MOST_REQUESTS && performance.now() < until; count++) {
			const [response] = (await once(http.get({ port, host: "127.0.0.1", path, agent }), "response")) as [
				http.IncomingMessage,
			];
			response.resume();
			await once(response, "end");
		}
	};
	await Promise.all(Array.from({ length: CLIENTS }, client));
	agent.destroy();
}
