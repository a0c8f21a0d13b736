import { writeFileSync } from "node:fs";
import { console as inspectorConsole, Session } from "node:inspector";
import { answerOf, post } from "./inspector-post.js";
import { sayNothingWhenLeaving, sayWhenLeaving } from "./parting.js";

/**
 * The target's side of the V8 CPU sampler. Loaded into the target, so it uses Node's own modules only and does nothing
 * until it is asked.
 *
 * One profile, the base, runs from the target's start: V8 keeps the source positions of what it optimises meanwhile, and
 * without them an inlined function leaves no trace at all. The measured window is a second, console profile of the
 * same session: it starts in well under a millisecond, because the sampler runs already.
 */
export type AgentMethod = (params: Record<string, unknown>) => Promise<unknown>;

/** Microseconds between two samples; its presence starts the base profile. */
const INTERVAL_ENV = "AZ_PROF_CPU_INTERVAL_US";
/** Line and column count from 1; `end` is the place just behind the last character. */
interface FunctionRangeRecord {
	readonly name: string;
	readonly startLine: number;
	readonly startColumn: number;
	readonly endLine: number;
	readonly endColumn: number;
}

interface RawProfile {
	readonly nodes: readonly { readonly hitCount?: number }[];
}

interface Sampler {
	readonly session: Session;
	readonly intervalUs: number;
}

let sampler: Sampler | undefined;

/**
 * Starts the base profile when the environment asks for it. To be called before the target's own code runs.
 *
 * @throws Error when the interval is not a positive number of microseconds
 */
export function startIfAsked(env: NodeJS.ProcessEnv): void {
	const asked = env[INTERVAL_ENV];
	if (asked === undefined || sampler !== undefined) return;
	const intervalUs = Number(asked);
	if (!(intervalUs >= 1)) throw new Error(`${INTERVAL_ENV} is not a number of microseconds: ${asked}`);
	const session = new Session();
	session.connect();
	// A session within its own thread answers at once, so what follows is done when this function returns.
	session.post("Profiler.enable");
	session.post("Profiler.setSamplingInterval", { interval: Math.round(intervalUs) });
	session.post("Profiler.start");
	sampler = { session, intervalUs };
}

/**
 * What the tool can ask for, of that:
 * cpu.begin { name, file } opens a window; cpu.end { name, file } closes it, writes the .cpuprofile and says how many samples
 * are in it, and so does the end of the isolate; cpu.functions { file } writes the line range of every function that is loaded.
 *
 * And of a target that was started without: cpu.sample.begin { intervalUs, file } starts a sampler, cpu.sample.end { file } ends it and
 * writes what it saw. Until then nothing is different from a target that nobody samples.
 */
export function cpuProfilerMethods(): Record<string, AgentMethod> {
	return {
		"cpu.begin": begin,
		"cpu.end": end,
		"cpu.functions": writeFunctions,
		"cpu.sample.begin": beginSample,
		"cpu.sample.end": endSample,
	};
}

async function begin(params: Record<string, unknown>): Promise<{ intervalUs: number }> {
	const { intervalUs } = running();
	const name = text(params, "name");
	profileConsole().profile(name);
	sayWhenLeaving("cpu.end", () => finish(name, text(params, "file")));
	return { intervalUs };
}

async function end(params: Record<string, unknown>): Promise<SampledWindow> {
	return finish(text(params, "name"), text(params, "file"));
}

/** Of a sampler that runs for a while only. */
let passing: Session | undefined;

async function beginSample(params: Record<string, unknown>): Promise<void> {
	if (passing !== undefined) throw new Error("a sampler runs already");
	const session = new Session();
	session.connect();
	passing = session;
	answerOf(session, "Profiler.enable");
	answerOf(session, "Profiler.setSamplingInterval", { interval: Number(params.intervalUs) });
	answerOf(session, "Profiler.start");
	sayWhenLeaving("cpu.sample.end", () => finishSample(text(params, "file")));
}

async function endSample(params: Record<string, unknown>): Promise<SampledWindow> {
	return finishSample(text(params, "file"));
}

function finishSample(path: string): SampledWindow {
	const session = passing;
	if (session === undefined) throw new Error("no sampler runs");
	passing = undefined;
	sayNothingWhenLeaving("cpu.sample.end");
	try {
		const { profile } = answerOf<{ profile: RawProfile & { samples?: unknown; timeDeltas?: unknown } }>(
			session,
			"Profiler.stop",
		);
		// The tree says it all; when each sample was taken is most of the file.
		const { samples: _, timeDeltas: __, ...tree } = profile;
		writeFileSync(path, JSON.stringify(tree));
		return { samples: samplesOf(profile), path };
	} finally {
		session.disconnect();
	}
}

const samplesOf = ({ nodes }: RawProfile): number => nodes.reduce((sum, node) => sum + (node.hitCount ?? 0), 0);

interface SampledWindow {
	readonly samples: number;
	readonly path: string;
}

function finish(name: string, path: string): SampledWindow {
	const { session } = running();
	let profile: RawProfile | undefined;
	const finished = (message: { params: { title?: string; profile: RawProfile } }): void => {
		if (message.params.title === name) profile = message.params.profile;
	};
	session.on("Profiler.consoleProfileFinished", finished);
	// The event comes while profileEnd runs. If it does not, there was no such window.
	profileConsole().profileEnd(name);
	session.removeListener("Profiler.consoleProfileFinished", finished);
	sayNothingWhenLeaving("cpu.end");
	if (profile === undefined) throw new Error(`no CPU profile named ${name} was running`);
	writeFileSync(path, JSON.stringify(profile));
	return { samples: samplesOf(profile), path };
}

/**
 * Enables the debugger of a session of its own to get at the sources as V8 holds them, so that wrappers, transpilers and
 * Node's built-in modules need no special care. That drops optimised code: ask only when the window has closed.
 */
async function writeFunctions(params: Record<string, unknown>): Promise<{ functions: number; path: string }> {
	const path = text(params, "file");
	const session = new Session();
	session.connect();
	try {
		await post(session, "Profiler.enable");
		await post(session, "Debugger.enable");
		const { result } = await post<{ result: ScriptCoverage[] }>(session, "Profiler.getBestEffortCoverage");
		const scripts = [];
		for (const script of result) {
			if (script.url === "") continue;
			const source = await sourceOf(session, script.scriptId);
			if (source !== null) scripts.push({ url: script.url, functions: rangesOf(script, source) });
		}
		writeFileSync(path, JSON.stringify({ scripts }));
		return { functions: scripts.reduce((sum, { functions }) => sum + functions.length, 0), path };
	} finally {
		session.disconnect();
	}
}

interface ScriptCoverage {
	readonly scriptId: string;
	readonly url: string;
	readonly functions: readonly {
		readonly functionName: string;
		readonly ranges: readonly { readonly startOffset: number; readonly endOffset: number }[];
	}[];
}

/** Null for a script that has been collected since. */
async function sourceOf(session: Session, scriptId: string): Promise<string | null> {
	try {
		return (await post<{ scriptSource: string }>(session, "Debugger.getScriptSource", { scriptId })).scriptSource;
	} catch {
		return null;
	}
}

function rangesOf(script: ScriptCoverage, source: string): FunctionRangeRecord[] {
	const lineStarts = [0];
	for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) lineStarts.push(at + 1);
	return script.functions.flatMap(({ functionName, ranges }) => {
		const range = ranges[0];
		if (range === undefined) return [];
		const start = position(lineStarts, range.startOffset);
		const end = position(lineStarts, range.endOffset);
		return [
			{
				name: functionName,
				startLine: start.line,
				startColumn: start.column,
				endLine: end.line,
				endColumn: end.column,
			},
		];
	});
}

function position(lineStarts: readonly number[], offset: number): { line: number; column: number } {
	let low = 0;
	let high = lineStarts.length;
	while (high - low > 1) {
		const middle = (low + high) >> 1;
		if ((lineStarts[middle] ?? 0) <= offset) low = middle;
		else high = middle;
	}
	return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
}

function running(): Sampler {
	if (sampler === undefined) throw new Error(`the CPU sampler does not run: ${INTERVAL_ENV} was not set at the start`);
	return sampler;
}

function text(params: Record<string, unknown>, key: string): string {
	const value = params[key];
	if (typeof value !== "string" || value === "") throw new Error(`${key} is missing`);
	return value;
}

/** V8's own console: Node's global one does not pass profile() on to the sessions of its own process. */
function profileConsole(): { profile(title: string): void; profileEnd(title: string): void } {
	return inspectorConsole as unknown as { profile(title: string): void; profileEnd(title: string): void };
}
