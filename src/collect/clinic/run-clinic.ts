import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { agentOf } from "#src/collect/agent-of.js";
import type { CollectContext, Collected } from "#src/collect/collector.js";
import { KnownError, messageOf } from "#src/errors.js";
import type { Window } from "#src/model/measurement.js";
import { entryPoint } from "#src/process/entry-point.js";
import { startsNode } from "#src/target/command-line.js";
import type { RunningTarget } from "#src/target/target.js";
import { writeNodeShim } from "./node-shim.js";
import { type ClinicTool, type MeasuredWindow, type ToolFacts, toolFacts } from "./tools.js";

interface ClinicRun {
	readonly program: string;
	readonly endStepMs?: number;
	readonly analysisLimitMs?: number;
}

/** clinic names all that it writes after this. */
const NAME = "az-prof";
const ALIVE_POLL_MS = 50;

interface Watched {
	readonly measurement: Window;
	readonly window: MeasuredWindow;
}

/** How the run went; written while it goes on. */
interface Course {
	handedOver: boolean;
	measured: boolean;
	targetKilled: boolean;
	limitHit: boolean;
}

/**
 * Runs one tool of clinic as its own process: it starts the target, the load is ours, and at the end the target is told to
 * finish, so that the tool draws its page. Whatever happens, nothing of it is left but what is in the collector's folder.
 *
 * @throws KnownError COLLECTOR_FAILED when it delivers nothing, does not end, or leaves what cannot be read
 */
export async function runClinic(tool: ClinicTool, settings: ClinicRun, context: CollectContext): Promise<Collected> {
	const facts = toolFacts[tool];
	const limitMs = settings.analysisLimitMs ?? facts.analysisLimitMs;
	const endStepMs = settings.endStepMs ?? facts.endStepMs;
	const workFolder = join(context.folder, "work");
	const outFolder = join(workFolder, "out");
	await mkdir(outFolder, { recursive: true });
	const course: Course = { handedOver: false, measured: false, targetKilled: false, limitHit: false };
	try {
		const watched = await underClinic(tool, settings, context, { workFolder, outFolder, endStepMs, limitMs, course });
		return await deliver(tool, context, { ...watched, outFolder, course, limitMs });
	} finally {
		// Up to hundreds of megabytes of raw data, and whatever else the tool has left in its working folder.
		await rm(workFolder, { recursive: true, force: true, maxRetries: 3 });
	}
}

interface Folders {
	readonly workFolder: string;
	readonly outFolder: string;
	readonly endStepMs: number;
	readonly limitMs: number;
	readonly course: Course;
}

async function underClinic(
	tool: ClinicTool,
	settings: ClinicRun,
	context: CollectContext,
	{ workFolder, outFolder, endStepMs, limitMs, course }: Folders,
): Promise<Watched> {
	const facts = toolFacts[tool];
	try {
		return await context.withTarget(
			{
				label: `clinic-${tool}`,
				env: {
					// Without the first clinic asks whether it may send usage data, and does nothing else.
					NO_INSIGHT: "1",
					NO_UPDATE_NOTIFIER: "1",
					XDG_CONFIG_HOME: join(workFolder, "config"),
					AZ_PROF_AGENT_EXTENSION: pathToFileURL(entryPoint("collect/clinic/in-target")).href,
				},
				cwd: workFolder,
				wrap: ([node = "", ...rest]) => {
					if (!startsNode([node])) throw otherThanNode(node, facts);
					const shim = writeNodeShim({
						node,
						targetCwd: context.targetCwd,
						workFolder,
						configHome: process.env.XDG_CONFIG_HOME ?? null,
					});
					const options = [...facts.flags, "--open=false", `--dest=${outFolder}`, `--name=${NAME}`];
					return [process.execPath, settings.program, tool, ...options, "--", shim, ...rest];
				},
				requestEnd: (target) => finish(target, { facts, endStepMs, context, limitMs, course }),
				endGraceMs: 2 * endStepMs + limitMs + 5_000,
			},
			async (target) => {
				course.handedOver = true;
				const watched = await watch(context, target, facts);
				course.measured = true;
				return watched;
			},
		);
	} catch (error) {
		if (context.signal.aborted || course.handedOver) throw error;
		throw notStarted(facts, error);
	}
}

async function watch(context: CollectContext, target: RunningTarget, facts: ToolFacts): Promise<Watched> {
	agentOf(target, facts.title);
	let from = now();
	let to = from;
	const measurement = await context.measure(target, {
		...(facts.load === null ? {} : { aside: facts.load }),
		onWindowOpens: async () => {
			from = now();
		},
		onWindowClosed: async () => {
			to = now();
		},
	});
	return { measurement, window: { fromMs: from.ms, toMs: to.ms, fromUs: from.us, toUs: to.us } };
}

const now = (): { readonly ms: number; readonly us: number } => ({
	ms: Date.now(),
	us: Number(process.hrtime.bigint() / 1_000n),
});

interface Ending {
	readonly facts: ToolFacts;
	readonly endStepMs: number;
	readonly context: CollectContext;
	readonly limitMs: number;
	readonly course: Course;
}

/** Has the target end and the tool draw its page; both are killed where they take too long. */
async function finish(target: RunningTarget, { facts, endStepMs, context, limitMs, course }: Ending): Promise<void> {
	const { pid, startedPid, agent } = target;
	if (pid === null || startedPid === null) return;
	// Without a measured window there is nothing worth drawing for.
	if (!course.measured || context.signal.aborted) {
		signalProcess(-startedPid, "SIGKILL");
		return;
	}
	context.say("ends the target and draws its page");
	const limit = new AbortController();
	const ended = target.exited.then(() => limit.abort());
	const timer = setTimeout(() => {
		course.limitHit = true;
		signalProcess(-startedPid, "SIGKILL");
	}, limitMs);
	const abort = (): void => signalProcess(-startedPid, "SIGKILL");
	context.signal.addEventListener("abort", abort, { once: true });
	try {
		if (facts.end === "beforeExit")
			await agent?.call("clinic.finish", { exitAfterMs: facts.exitAfterMs }).catch(() => {});
		else signalProcess(startedPid, "SIGINT");
		course.targetKilled = !(await endsWithin(pid, endStepMs));
		if (course.targetKilled) signalProcess(pid, "SIGTERM");
		if (course.targetKilled && !(await endsWithin(pid, endStepMs))) signalProcess(pid, "SIGKILL");
		await ended;
	} finally {
		clearTimeout(timer);
		context.signal.removeEventListener("abort", abort);
	}
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
	try {
		process.kill(pid, signal);
	} catch {
		// It ended in the meantime.
	}
}

async function endsWithin(pid: number, limitMs: number): Promise<boolean> {
	for (let waited = 0; waited < limitMs; waited += ALIVE_POLL_MS) {
		if (!exists(pid)) return true;
		await sleep(ALIVE_POLL_MS);
	}
	return !exists(pid);
}

function exists(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

interface Delivery extends Watched {
	readonly outFolder: string;
	readonly course: Course;
	readonly limitMs: number;
}

async function deliver(
	tool: ClinicTool,
	context: CollectContext,
	{ measurement, window, outFolder, course, limitMs }: Delivery,
): Promise<Collected> {
	const facts = toolFacts[tool];
	const data = join(outFolder, `${NAME}.clinic-${tool}`);
	const html = `${data}.html`;
	if (course.limitHit) throw limitHit(facts, limitMs);
	if (!(await hasContent(html))) throw nothingLeft(facts, await hasContent(data));
	context.say("reading what it left");
	let reading: Awaited<ReturnType<ToolFacts["read"]>>;
	try {
		reading = await facts.read({ html, data, window, folder: context.folder });
	} catch (error) {
		throw unreadable(facts, error);
	}
	const page = `clinic-${tool}.html`;
	await rename(html, join(context.folder, page));
	return {
		measurement,
		findings: [],
		...reading,
		files: [{ title: `${facts.title}'s own page`, path: page }, ...(reading.files ?? [])],
		notes: [
			...reading.notes,
			...(facts.load === null
				? []
				: [
						{
							kind: "load of its own" as const,
							clients: facts.load.clients,
							durationMs: facts.load.durationMs,
						},
					]),
			...(course.targetKilled ? [{ kind: "target ended by signal" as const }] : []),
		],
	};
}

async function hasContent(path: string): Promise<boolean> {
	try {
		return (await stat(path)).size > 0;
	} catch {
		return false;
	}
}

const failed = (what: string, why: string | null, fix: string, cause?: unknown): KnownError =>
	new KnownError({ code: "COLLECTOR_FAILED", what, ...(why === null ? {} : { why }), fix, cause });

const otherThanNode = (program: string, { title }: ToolFacts): KnownError =>
	failed(
		`${title} cannot run ${basename(program) || "an empty command"}`,
		"it takes only commands of the form node server.js",
		"name the script that the command starts",
	);

/** clinic ended or went silent before there was a server. */
function notStarted({ title }: ToolFacts, error: unknown): unknown {
	if (!(error instanceof KnownError) || error.code === "COLLECTOR_FAILED") return error;
	return error.with({
		code: "COLLECTOR_FAILED",
		what: `${title} did not bring the server up`,
		why: error.what.replace(/^the target/, "it"),
		fix: "check that clinic runs by itself (NO_INSIGHT=1 npx clinic --version), or leave it out of --with",
	});
}

const limitHit = ({ title }: ToolFacts, limitMs: number): KnownError =>
	failed(
		`${title} did not finish within ${limitMs / 1000} s after the load`,
		null,
		"a shorter --duration or a lower --concurrency leaves it less to analyse",
	);

const nothingLeft = ({ title }: ToolFacts, hasData: boolean): KnownError =>
	failed(
		`${title} ended without leaving a page`,
		hasData ? "its analysis failed" : "it left no data either",
		"its words are in the target's log; run again, or leave it out of --with",
	);

const unreadable = ({ title }: ToolFacts, error: unknown): KnownError =>
	failed(`what ${title} left cannot be read`, messageOf(error), "run again, or leave it out of --with", error);
