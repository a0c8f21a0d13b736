// Records profiles/fixtures/0x/<version>/ with the installed 0x: test/fixtures/hot-functions under a little load, first
// GET / and then, inside the same window, GET /deep?depth=200; and test/fixtures/inlined-hook, with the time that its
// loops took in the window by its own clock. Run after `npm run build`. What a unit test does not need is left out, and
// this machine's paths are replaced. Arguments: the names of the recordings to make, all without any.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { findLog, readOutputs } from "#src/collect/zero-x/outputs.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const version = createRequire(import.meta.url)("0x/package.json").version;
const destination = join(root, "profiles/fixtures/0x", version);

const recordings = {
	"hot-functions": {
		server: "test/fixtures/hot-functions/server.cjs",
		windowLoads: [
			["/", 1_000],
			["/deep?depth=200", 300],
		],
	},
	// V8 inlines the hook once it has seen some thousand calls.
	"inlined-hook": {
		server: "test/fixtures/inlined-hook/server.cjs",
		warmupMs: 3_000,
		windowLoads: [["/", 1_500]],
		tellsTime: true,
	},
};
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(recordings);
mkdirSync(destination, { recursive: true });
for (const name of wanted) await record(name, recordings[name]);

async function record(name, { server, warmupMs = 1_000, windowLoads, tellsTime = false }) {
	const workingDir = mkdtempSync(join(tmpdir(), "record-0x-"));
	const port = await freePort();
	const plan = {
		node: process.execPath,
		argv: [join(root, server)],
		workingDir,
		title: "recording",
		endStepMs: 1_500,
		renderLimitMs: 30_000,
	};
	const runner = spawn(process.execPath, [join(root, "dist/collect/zero-x/runner.js"), JSON.stringify(plan)], {
		env: { ...process.env, PORT: String(port) },
		stdio: ["ignore", "ignore", "pipe"],
	});
	process.on("exit", () => runner.kill("SIGTERM"));
	const messages = createInterface({ input: runner.stderr });
	messages.on("line", (line) => console.error(line));
	await untilItAnswers(port);
	await load(port, "/", warmupMs);
	const child = childOf(runner.pid);
	// What it has taken so far is not of the window.
	if (tellsTime) await timeSpent(child, messages);
	const from = process.hrtime.bigint();
	for (const [path, forMs] of windowLoads) await load(port, path, forMs);
	const to = process.hrtime.bigint();
	const spentMs = tellsTime ? await timeSpent(child, messages) : undefined;
	const maps = executableFilesOf(child);
	runner.kill("SIGUSR2");
	await once(runner, "exit");

	const outputs = await readOutputs(workingDir, process.execPath);
	const logPath = (await findLog(workingDir)).path;
	const log = readFileSync(logPath, "latin1")
		.split("\n")
		.filter((line) =>
			/^(tick|shared-library|profiler|v8-version|code-creation,(Builtin|BytecodeHandler|.*az-prof-clock-))/.test(line),
		)
		.join("\n");
	const withoutPaths = (text) => replacePaths(text, workingDir);
	write(`${name}.log.gz`, gzipSync(withoutPaths(log), { level: 9 }));
	write(`${name}.json.gz`, gzipSync(withoutPaths(JSON.stringify(usedCodeOnly(outputs.log))), { level: 9 }));
	write(`${name}.maps`, withoutPaths(maps));
	const recorded = { fromHrtimeNs: String(from), toHrtimeNs: String(to), node: process.version, spentMs };
	write(`${name}.window.json`, `${JSON.stringify(recorded, null, "\t")}\n`);
	rmSync(workingDir, { recursive: true, force: true });
}

/** The fixture answers a signal with the milliseconds of each of its loops since it was last asked. */
async function timeSpent(child, messages) {
	const answer = new Promise((resolve) => {
		messages.on("line", (line) => line.startsWith("spent ") && resolve(JSON.parse(line.slice("spent ".length))));
	});
	process.kill(child, "SIGUSR2");
	return await answer;
}

function write(name, content) {
	writeFileSync(join(destination, name), content);
	console.log(`${name}: ${content.length} bytes`);
}

/**
 * The log processor lists every symbol of the node binary; ticks use some hundred of them. Positions matter only where
 * something was inlined.
 */
function usedCodeOnly({ code, functions, ticks }) {
	const keptFunctions = renumbering(functions);
	const keptCode = renumbering(code, ({ source, ...rest }) =>
		source === undefined || source.inlined === ""
			? rest
			: { ...rest, source: { ...source, fns: source.fns.map(keptFunctions.indexOf) } },
	);
	const renumbered = ticks.map((tick) => ({
		...tick,
		s: tick.s.map((value, at) => (at % 2 === 0 ? keptCode.indexOf(value) : value)),
	}));
	return { code: keptCode.kept, functions: keptFunctions.kept, ticks: renumbered };
}

/** Keeps what is asked for, in the order of asking. No index (−1, null) stays as it is. */
function renumbering(all, shorten = (each) => each) {
	const newIndex = new Map();
	const kept = [];
	const indexOf = (index) => {
		if (index === null || index < 0) return index;
		if (!newIndex.has(index)) newIndex.set(index, kept.push(shorten(all[index])) - 1);
		return newIndex.get(index);
	};
	return { kept, indexOf };
}

function replacePaths(text, workingDir) {
	const modules = dirname(dirname(createRequire(import.meta.url).resolve("0x/package.json")));
	return text
		.replaceAll(process.execPath, "/opt/node/bin/node")
		.replaceAll(modules, "/project/node_modules")
		.replaceAll(root, "/project/")
		.replaceAll(workingDir, "/tmp/recording");
}

function childOf(pid) {
	return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0]);
}

function executableFilesOf(pid) {
	return readFileSync(`/proc/${pid}/maps`, "utf8")
		.split("\n")
		.filter((line) => line.includes("r-xp") && line.includes("/"))
		.map((line) => line.replace(/\s+/g, " "))
		.join("\n");
}

async function untilItAnswers(port) {
	for (let attempt = 0; attempt < 100; attempt++) {
		try {
			return await load(port, "/", 1);
		} catch {
			await sleep(100);
		}
	}
	throw new Error("the server does not answer");
}

async function load(port, path, forMs) {
	const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
	const until = performance.now() + forMs;
	const client = async () => {
		for (let count = 0; count < 50_000 && performance.now() < until; count++) {
			const [response] = await once(http.get({ port, host: "127.0.0.1", path, agent }), "response");
			response.resume();
			await once(response, "end");
		}
	};
	await Promise.all([client(), client(), client(), client()]);
	agent.destroy();
}

async function freePort() {
	const probe = createServer().listen(0, "127.0.0.1");
	await once(probe, "listening");
	const { port: free } = probe.address();
	probe.close();
	await once(probe, "close");
	return free;
}
