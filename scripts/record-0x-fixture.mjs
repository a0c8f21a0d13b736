// Records profiles/fixtures/0x/<version>/ with the installed 0x: test/fixtures/hot-functions under a little load, first
// GET / and then, inside the same window, GET /deep?depth=200. Run after `npm run build`. What a unit test does not need
// is left out, and this machine's paths are replaced.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { findLog, readOutputs } from "../dist/src/collect/zero-x/outputs.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const version = createRequire(import.meta.url)("0x/package.json").version;
const destination = join(root, "profiles/fixtures/0x", version);
const workingDir = mkdtempSync(join(tmpdir(), "record-0x-"));
const server = join(root, "test/fixtures/hot-functions/server.cjs");
const port = await freePort();

const plan = {
	node: process.execPath,
	argv: [server],
	workingDir,
	title: "recording",
	endStepMs: 1_500,
	renderLimitMs: 30_000,
};
const runner = spawn(process.execPath, [join(root, "dist/src/collect/zero-x/runner.js"), JSON.stringify(plan)], {
	env: { ...process.env, PORT: String(port) },
	stdio: ["ignore", "ignore", "inherit"],
});
process.on("exit", () => runner.kill("SIGTERM"));
await untilItAnswers();
await load("/", 1_000);
const from = process.hrtime.bigint();
await load("/", 1_000);
await load("/deep?depth=200", 300);
const to = process.hrtime.bigint();
const maps = mapsOfChild();
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

mkdirSync(destination, { recursive: true });
write("hot-functions.log.gz", gzipSync(withoutPaths(log), { level: 9 }));
write("hot-functions.json.gz", gzipSync(withoutPaths(JSON.stringify(usedCodeOnly(outputs.log))), { level: 9 }));
write("hot-functions.maps", withoutPaths(maps));
write(
	"hot-functions.window.json",
	`${JSON.stringify({ fromHrtimeNs: String(from), toHrtimeNs: String(to), node: process.version }, null, "\t")}\n`,
);
rmSync(workingDir, { recursive: true, force: true });

function write(name, content) {
	writeFileSync(join(destination, name), content);
	console.log(`${name}: ${content.length} bytes`);
}

/** The log processor lists every symbol of the node binary; ticks use some hundred of them. */
function usedCodeOnly({ code, ticks }) {
	const newIndex = new Map();
	const kept = [];
	const renumber = (index) => {
		if (index < 0) return index;
		if (!newIndex.has(index)) newIndex.set(index, kept.push(code[index]) - 1);
		return newIndex.get(index);
	};
	const renumbered = ticks.map((tick) => ({
		...tick,
		s: tick.s.map((value, at) => (at % 2 === 0 ? renumber(value) : value)),
	}));
	return { code: kept, ticks: renumbered };
}

function withoutPaths(text) {
	const modules = dirname(dirname(createRequire(import.meta.url).resolve("0x/package.json")));
	return text
		.replaceAll(process.execPath, "/opt/node/bin/node")
		.replaceAll(modules, "/project/node_modules")
		.replaceAll(root, "/project/")
		.replaceAll(workingDir, "/tmp/recording");
}

function mapsOfChild() {
	const [child] = readFileSync(`/proc/${runner.pid}/task/${runner.pid}/children`, "utf8").trim().split(" ");
	return readFileSync(`/proc/${child}/maps`, "utf8")
		.split("\n")
		.filter((line) => line.includes("r-xp") && line.includes("/"))
		.map((line) => line.replace(/\s+/g, " "))
		.join("\n");
}

async function untilItAnswers() {
	for (let attempt = 0; attempt < 100; attempt++) {
		try {
			return await load("/", 1);
		} catch {
			await sleep(100);
		}
	}
	throw new Error("the server does not answer");
}

async function load(path, forMs) {
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
