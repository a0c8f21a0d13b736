// Records what the V8 collector gets from a target, for the tests of src/analyse/inlined-frames:
//   npm run build && node scripts/record-v8-fixture.mjs [variant…]
// Each variant of test/fixtures/inlined-hook is loaded twice for a short while, at full speed and without inlining. The
// folders of this machine are replaced by /app, and only functions of files that were sampled are kept.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const agentModule = pathToFileURL(join(root, "dist/target/agent/cpu-profiler.js")).href;
const server = join(root, "test/fixtures/inlined-hook/server.cjs");
const preload = `data:text/javascript,${encodeURIComponent(`
import { cpuProfilerMethods, startIfAsked } from ${JSON.stringify(agentModule)};
startIfAsked(process.env);
const methods = cpuProfilerMethods();
process.on("message", ({ method, params }) => {
	methods[method](params).then((result) => process.send({ result }), (error) => process.send({ error: error.message }));
});
process.channel?.unref();
`)}`;
const clients = 2;
const warmUpMs = 2_500;
const windowMs = 6_000;

const variants = process.argv.slice(2);
for (const variant of variants.length > 0 ? variants : ["hook", "nested", "overlap"]) {
	const folder = mkdtempSync(join(tmpdir(), "record-v8-"));
	try {
		const fast = join(folder, "fast.json");
		const reference = join(folder, "reference.json");
		const functions = join(folder, "functions.json");
		const spent = await record(variant, {}, fast, null);
		await record(variant, { AZ_PROF_NO_INLINING: "1" }, reference, functions);
		save(variant, { spent, profile: read(fast), reference: read(reference), functions: read(functions) });
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function record(variant, env, file, functionsFile) {
	const child = spawn(process.execPath, ["--import", preload, server], {
		cwd: root,
		env: { ...process.env, VARIANT: variant, PORT: "0", AZ_PROF_CPU_INTERVAL_US: "1000", ...env },
		stdio: ["ignore", "pipe", "pipe", "ipc"],
	});
	const connections = new http.Agent({ keepAlive: true, maxSockets: clients });
	let stopped = false;
	try {
		const origin = await new Promise((resolve, reject) => {
			child.stdout.once("data", (data) => resolve(String(data).trim()));
			child.once("exit", (code) => reject(new Error(`the server exited with code ${code}`)));
		});
		const load = Array.from({ length: clients }, async () => {
			const deadline = Date.now() + 4 * (warmUpMs + windowMs);
			while (!stopped && Date.now() < deadline) {
				await get(origin, connections);
				await sleep(Math.random() * 4);
			}
		});
		await sleep(warmUpMs);
		await takeSpent(child);
		await call(child, "cpu.begin", { name: "window" });
		await sleep(windowMs);
		await call(child, "cpu.end", { name: "window", file });
		const spent = await takeSpent(child);
		stopped = true;
		await Promise.all(load);
		if (functionsFile !== null) await call(child, "cpu.functions", { file: functionsFile });
		return spent;
	} finally {
		stopped = true;
		connections.destroy();
		child.kill("SIGKILL");
	}
}

/** Milliseconds that each of the fixture's loops has taken since the last call, by the fixture's own clock. */
function takeSpent(child) {
	return new Promise((resolve) => {
		child.stderr.once("data", (data) => resolve(JSON.parse(/spent (.*)/.exec(String(data))[1])));
		child.kill("SIGUSR2");
	});
}

function get(origin, agent) {
	return new Promise((resolve, reject) => {
		http.get(origin, { agent }, (response) => response.resume().on("end", resolve)).on("error", reject);
	});
}

function call(child, method, params) {
	return new Promise((resolve, reject) => {
		child.once("message", ({ result, error }) => (error ? reject(new Error(error)) : resolve(result)));
		child.send({ method, params });
	});
}

function save(variant, recording) {
	const sampled = new Set(
		[recording.profile, recording.reference].flatMap(({ nodes }) => nodes.map(({ callFrame }) => callFrame.url)),
	);
	const slim = {
		variant,
		node: process.version,
		spentMs: recording.spent,
		// The single samples are not needed, and they are most of the file.
		profile: { ...recording.profile, samples: [], timeDeltas: [] },
		reference: { ...recording.reference, samples: [], timeDeltas: [] },
		functions: { scripts: recording.functions.scripts.filter(({ url }) => sampled.has(url)) },
	};
	const folder = join(root, "profiles/fixtures/v8", process.version);
	mkdirSync(folder, { recursive: true });
	// node_modules may be a link to somewhere else.
	const places = [root, join(realpathSync(join(root, "node_modules")), "../")];
	let text = JSON.stringify(slim);
	for (const place of places) {
		text = text.replaceAll(pathToFileURL(place).href, "file:///app/").replaceAll(place, "/app/");
	}
	const path = join(folder, `${variant}.json`);
	writeFileSync(path, `${text}\n`);
	console.log(`${path}: ${Math.round(text.length / 1024)} KiB`);
}

function read(file) {
	return JSON.parse(readFileSync(file, "utf8"));
}

function sleep(ms) {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
