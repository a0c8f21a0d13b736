/**
 * Records what the V8 collector gets from a target, for the tests of src/analyse/inlining. Each variant of test/fixtures/inlined-hook is
 * loaded twice for a short while, at full speed and without inlining. The folders of this machine are replaced by /app, and only
 * functions of files that were sampled are kept.
 *
 *   npm run script scripts/record-v8-fixture.ts -- [--variants hook,nested,overlap]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { Profiler } from "node:inspector";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { entryPoint, projectRoot } from "#src/process/entry-point.js";
import { optionsOf } from "./bench/options.js";

const VARIANTS = ["hook", "nested", "overlap"];
const options = optionsOf({ lists: { variants: { usual: VARIANTS.join(), of: VARIANTS } } });

const agentModule = pathToFileURL(entryPoint("target/agent/cpu-profiler")).href;
const server = join(projectRoot, "test/fixtures/inlined-hook/server.cjs");
const preload = `data:text/javascript,${encodeURIComponent(`
import { cpuProfilerMethods, startIfAsked } from ${JSON.stringify(agentModule)};
startIfAsked(process.env);
const methods = cpuProfilerMethods();
process.on("message", ({ method, params }) => {
	methods[method](params).then((result) => process.send({ result }), (error) => process.send({ error: error.message }));
});
process.channel?.unref();
`)}`;
const CLIENTS = 2;
const WARMUP_MS = 2_500;
const WINDOW_MS = 6_000;
/** So that requests do not fall into step with the sampler. */
const LONGEST_REST_MS = 4;

/** The fixture's process, with its pipes. */
type Target = ChildProcess & { readonly stdout: Readable; readonly stderr: Readable };

/** Milliseconds by loop of the fixture, by its own clock. */
type SpentMs = Readonly<Record<string, number>>;

interface Functions {
	readonly scripts: readonly { readonly url: string }[];
}

for (const variant of options.variants) {
	const folder = mkdtempSync(join(tmpdir(), "record-v8-"));
	try {
		const fast = join(folder, "fast.json");
		const reference = join(folder, "reference.json");
		const functions = join(folder, "functions.json");
		const spentMs = await record(variant, {}, fast, null);
		await record(variant, { AZ_PROF_NO_INLINING: "1" }, reference, functions);
		save(variant, spentMs, read(fast), read(reference), read(functions));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

async function record(
	variant: string,
	env: Readonly<Record<string, string>>,
	file: string,
	functionsFile: string | null,
): Promise<SpentMs> {
	const child = spawn(process.execPath, ["--import", preload, server], {
		cwd: projectRoot,
		env: { ...process.env, VARIANT: variant, PORT: "0", AZ_PROF_CPU_INTERVAL_US: "1000", ...env },
		stdio: ["ignore", "pipe", "pipe", "ipc"],
	}) as Target;
	const connections = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });
	let stopped = false;
	try {
		const origin = await new Promise<string>((resolve, reject) => {
			child.stdout.once("data", (data) => resolve(String(data).trim()));
			child.once("exit", (code) => reject(new Error(`the server exited with code ${code}`)));
		});
		const load = Array.from({ length: CLIENTS }, async () => {
			const deadline = Date.now() + 4 * (WARMUP_MS + WINDOW_MS);
			while (!stopped && Date.now() < deadline) {
				await get(origin, connections);
				await sleep(Math.random() * LONGEST_REST_MS);
			}
		});
		await sleep(WARMUP_MS);
		await takeSpent(child);
		await call(child, "cpu.begin", { name: "window" });
		await sleep(WINDOW_MS);
		await call(child, "cpu.end", { name: "window", file });
		const spentMs = await takeSpent(child);
		stopped = true;
		await Promise.all(load);
		if (functionsFile !== null) await call(child, "cpu.functions", { file: functionsFile });
		return spentMs;
	} finally {
		stopped = true;
		connections.destroy();
		child.kill("SIGKILL");
	}
}

/** What each of the fixture's loops has taken since the last call. */
async function takeSpent(child: Target): Promise<SpentMs> {
	const said = once(child.stderr, "data");
	child.kill("SIGUSR2");
	const text = String((await said)[0]);
	return JSON.parse(/spent (.*)/.exec(text)?.[1] ?? "null") as SpentMs;
}

function get(origin: string, agent: http.Agent): Promise<void> {
	return new Promise((resolve, reject) => {
		http.get(origin, { agent }, (response) => response.resume().on("end", () => resolve())).on("error", reject);
	});
}

async function call(child: Target, method: string, params: object): Promise<void> {
	const answered = once(child, "message");
	child.send({ method, params });
	const [{ error }] = (await answered) as [{ readonly error?: string }];
	if (error !== undefined) throw new Error(`${method}: ${error}`);
}

function save(
	variant: string,
	spentMs: SpentMs,
	profile: Profiler.Profile,
	reference: Profiler.Profile,
	functions: Functions,
): void {
	const sampled = new Set([profile, reference].flatMap(({ nodes }) => nodes.map(({ callFrame }) => callFrame.url)));
	const slim = {
		variant,
		node: process.version,
		spentMs,
		// The single samples are not needed, and they are most of the file.
		profile: { ...profile, samples: [], timeDeltas: [] },
		reference: { ...reference, samples: [], timeDeltas: [] },
		functions: { scripts: functions.scripts.filter(({ url }) => sampled.has(url)) },
	};
	const folder = join(projectRoot, "profiles", "fixtures", "v8", process.version);
	mkdirSync(folder, { recursive: true });
	// node_modules may be a link to somewhere else.
	const places = [`${projectRoot}/`, join(realpathSync(join(projectRoot, "node_modules")), "../")];
	let text = JSON.stringify(slim);
	for (const place of places) {
		text = text.replaceAll(pathToFileURL(place).href, "file:///app/").replaceAll(place, "/app/");
	}
	const path = join(folder, `${variant}.json`);
	writeFileSync(path, `${text}\n`);
	console.log(`${path}: ${Math.round(text.length / 1024)} KiB`);
}

function read<Content>(file: string): Content {
	return JSON.parse(readFileSync(file, "utf8")) as Content;
}
