import { createReadStream, createWriteStream } from "node:fs";
import { open, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { isForLogProcessor, type V8LogFacts, V8LogReader } from "#src/analyse/import/zero-x/log.js";
import { type PreprocessedLog, preprocessedLogSchema } from "#src/analyse/import/zero-x/preprocessed.js";
import { KnownError, messageOf } from "#src/errors.js";
import { endChild, forgetChild, startChild } from "#src/process/child.js";
import { isIsolateLog, OUTPUT_FOLDER, RESULT_FILE, type RunnerResult } from "./plan.js";

export interface ZeroXOutputs {
	readonly facts: V8LogFacts;
	readonly log: PreprocessedLog;
	/** The process whose log it is. */
	readonly pid: number;
	readonly drawing: RunnerResult;
}

const PREPROCESS_LIMIT_MS = 60_000;

/**
 * Reads what a runner left in its working folder. V8's log processor is run here once more: what 0x has had it make of
 * the log lacks every long line, and with them the source positions of large functions.
 *
 * @throws KnownError COLLECTOR_FAILED without a readable log
 */
export async function readOutputs(workingDir: string, node: string): Promise<ZeroXOutputs> {
	const drawing = await readResult(workingDir);
	const found = await findLog(workingDir);
	if (found === undefined) {
		throw failed("0x left no log of the target's main thread", drawing.kind === "failed" ? drawing.why : undefined);
	}
	return { facts: found.facts, log: await preprocess(found.path, node), pid: found.pid, drawing };
}

async function readResult(workingDir: string): Promise<RunnerResult> {
	try {
		return JSON.parse(await readFile(join(workingDir, RESULT_FILE), "utf8")) as RunnerResult;
	} catch {
		return { kind: "failed", why: "it was ended before it was done" };
	}
}

export interface FoundLog {
	readonly path: string;
	readonly pid: number;
	readonly facts: V8LogFacts;
}

/** The log with our clock marks: only the main thread of the target makes them. */
export async function findLog(workingDir: string): Promise<FoundLog | undefined> {
	for (const folder of [join(workingDir, OUTPUT_FOLDER), workingDir]) {
		for (const name of await readdir(folder).catch(() => [])) {
			if (!isIsolateLog(name)) continue;
			const path = join(folder, name);
			const facts = await readLog(path);
			if (facts.clockOffsetUs !== null) return { path, facts, pid: Number(/-(\d+)-v8\.log$/.exec(name)?.[1]) };
		}
	}
	return undefined;
}

const linesOf = (path: string): AsyncIterable<string> =>
	createInterface({ input: createReadStream(path, "latin1"), crlfDelay: Number.POSITIVE_INFINITY });

async function readLog(path: string): Promise<V8LogFacts> {
	const reader = new V8LogReader();
	for await (const line of linesOf(path)) reader.add(line);
	return reader.facts();
}

/** latin1 on both sides, so that every byte stays what it is. */
async function writeForLogProcessor(logPath: string, path: string): Promise<void> {
	async function* kept(): AsyncGenerator<string> {
		for await (const line of linesOf(logPath)) if (isForLogProcessor(line)) yield `${line}\n`;
	}
	await pipeline(kept, createWriteStream(path, "latin1"));
}

async function preprocess(logPath: string, node: string): Promise<PreprocessedLog> {
	const input = `${logPath}.for-processor`;
	await writeForLogProcessor(logPath, input);
	const path = `${logPath}.preprocessed`;
	const output = await open(path, "w");
	try {
		const child = await startChild({
			argv: [node, "--prof-process", "--preprocess", input],
			stdio: ["ignore", output.fd, "ignore"],
		});
		const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
		const limit = setTimeout(() => void endChild(child.pid, { graceMs: 0 }), PREPROCESS_LIMIT_MS);
		await exited;
		clearTimeout(limit);
		forgetChild(child.pid);
	} finally {
		await output.close();
	}
	try {
		return preprocessedLogSchema.parse(JSON.parse(await readFile(path, "utf8")));
	} catch (error) {
		throw failed("the log that 0x had V8 write cannot be processed", messageOf(error));
	}
}

const failed = (what: string, why: string | undefined): KnownError =>
	new KnownError({
		code: "COLLECTOR_FAILED",
		what,
		...(why === undefined ? {} : { why }),
		fix: "run again, or without it: --with v8",
	});
