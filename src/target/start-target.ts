import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KnownError } from "#src/errors.js";
import { endChild, livingTree, startChild } from "#src/process/child.js";
import { isLiving } from "#src/process/descendants.js";
import { entryPoint } from "#src/process/entry-point.js";
import { pinProcesses } from "#src/process/pinning.js";
import { processEntry } from "#src/process/process-table.js";
import { answeringAt, portOf } from "./answering.js";
import { withAgent } from "./command-line.js";
import { type ControlSocket, openControlSocket } from "./control-socket.js";
import { describeExit } from "./death.js";
import type { EndpointRequest } from "./endpoint.js";
import { adviceFromCode, adviceFromLog } from "./exit-advice.js";
import { type Listener, ListenerSearch } from "./find-listener.js";
import { listenerOf } from "./listening-ports.js";
import { tellingLines } from "./log-lines.js";
import { freePort, refuseTakenPort } from "./ports.js";
import { reachedOrigin } from "./reached-origin.js";
import { waitUntilReady } from "./readiness.js";
import { type Exit, NO_AGENTS, type RunningTarget, type StartOptions, type TargetSpec } from "./target.js";
import { openTargetLog } from "./target-log.js";

/** What every start of a run has in common. */
export interface StartContext {
	/** The endpoint that must answer before the target counts as started. */
	readonly endpoint: EndpointRequest;
	readonly expectedStatus: readonly number[] | null;
	/** Where the target's output goes: <folder>/target-<label>.log */
	readonly logFolder: string;
	/** Strings that must reach neither the log nor a message. */
	readonly secrets: readonly string[];
	/** Whether the log stays where there are secrets. */
	readonly keepsLog: boolean;
	readonly pinnedCpus: string | null;
	readonly startTimeoutMs: number;
	readonly signal: AbortSignal;
}

const END_GRACE_MS = 3_000;
const PORT_POLL_MS = 100;
const SHOWN_LOG_LINES = 10;
/** Of these the telling ones are shown: a stack, and what a server prints while it closes, may be long. */
const READ_LOG_LINES = 200;
const SOCKET_VARIABLE = "AZ_PROF_SOCKET";

/**
 * Starts (or, for a URL, finds) the target and waits until the endpoint answers.
 * @throws KnownError when it cannot be started, dies, never listens, or answers something else; nothing is left running
 */
export async function startTarget(
	spec: TargetSpec,
	options: StartOptions,
	context: StartContext,
): Promise<RunningTarget> {
	return spec.kind === "url" ? findRunning(spec.origin, context) : startProcess(spec, options, context);
}

async function findRunning(origin: string, context: StartContext): Promise<RunningTarget> {
	await waitUntilReady(origin, context.endpoint, {
		expected: context.expectedStatus,
		secrets: context.secrets,
		limitMs: context.startTimeoutMs,
		signal: context.signal,
		starting: false,
	});
	return {
		kind: "url",
		origin,
		pid: listenerOf(portOf(origin)),
		startedPid: null,
		agent: null,
		agents: NO_AGENTS,
		pinnedCpus: null,
		otherPorts: [],
		settle: async () => {},
		exited: new Promise(() => {}),
		logTail: () => [],
		end: async () => ({ code: null, signal: null }),
	};
}

async function startProcess(
	spec: Exclude<TargetSpec, { kind: "url" }>,
	options: StartOptions,
	context: StartContext,
): Promise<RunningTarget> {
	const cwd = spec.kind === "command" ? spec.cwd : process.cwd();
	const wantedPort = spec.port;
	if (wantedPort !== null) await refuseTakenPort(wantedPort);
	const control = await openControlSocket();
	const log = openTargetLog(join(context.logFolder, `target-${options.label}.log`), context.secrets, context.keepsLog);
	const logTail = (lines = SHOWN_LOG_LINES): string[] => tellingLines(log.tail(READ_LOG_LINES), lines);
	try {
		const command = await withAgent(
			spec.argv,
			entryPoint("target/agent/agent"),
			options.nodeFlags ?? [],
			control.folder,
		);
		const child = await startChild({
			argv: options.wrap === undefined ? command.argv : options.wrap(command.argv),
			cwd: options.cwd ?? cwd,
			env: {
				...process.env,
				PORT: String(wantedPort ?? (await freePort())),
				...spec.env,
				...command.env,
				...options.env,
				[SOCKET_VARIABLE]: control.path,
			},
			pinnedCpus: options.pinned === undefined ? context.pinnedCpus : null,
			stdio: log.stdio,
		});
		const exited = new Promise<Exit>((resolve) => {
			const looks = onceStopped(child.pid, () => resolve({ code: null, signal: "SIGSTOP" }));
			child.once("exit", (code, signal) => {
				clearInterval(looks);
				resolve({ code, signal });
			});
		});
		const process_ = new StartedProcess(child.pid, exited, control, options);
		try {
			const search = new ListenerSearch(child.pid, control, wantedPort);
			const found = await process_.untilListening(search, wantedPort, context);
			const origin = await reachedOrigin(found.port);
			await process_.orDeath(
				waitUntilReady(origin, context.endpoint, {
					expected: context.expectedStatus,
					secrets: context.secrets,
					limitMs: context.startTimeoutMs,
					signal: context.signal,
					starting: true,
				}).catch(async (error) => {
					throw withOtherPorts(error, wantedPort === null ? await search.others(found) : []);
				}),
			);
			const target: RunningTarget = {
				kind: spec.kind,
				origin,
				pid: found.pid,
				startedPid: child.pid,
				agent: answeringAt(found.port, control.agents.now())[0] ?? found.peer ?? null,
				agents: control.agents,
				pinnedCpus: context.pinnedCpus,
				otherPorts: wantedPort === null ? await search.others(found) : [],
				settle: async () => {
					const { pinnedCpus } = context;
					if (options.pinned !== undefined && pinnedCpus !== null)
						await pinProcesses(pinnedCpus, livingTree(child.pid));
				},
				exited: endOfServer(exited, found.pid),
				logTail,
				end: () => process_.end(target).finally(log.close),
			};
			if (options.pinned === "when ready") await target.settle();
			return target;
		} catch (error) {
			await process_.end(null);
			throw withLog(withAdvice(error, process_.exit, log.tail(READ_LOG_LINES)), logTail(), context.keepsLog);
		}
	} catch (error) {
		await control.close();
		log.close();
		throw error;
	}
}

class StartedProcess {
	/** Null while it runs. */
	exit: Exit | null = null;
	#ending: Promise<Exit> | undefined;

	constructor(
		readonly pid: number,
		readonly exited: Promise<Exit>,
		readonly control: ControlSocket,
		readonly options: StartOptions,
	) {
		void exited.then((exit) => {
			this.exit = exit;
		});
	}

	/** The first port that it listens on (or the wanted one), as its agent or, without one, /proc tells. */
	async untilListening(search: ListenerSearch, wantedPort: number | null, context: StartContext): Promise<Listener> {
		const deadlineMs = performance.now() + context.startTimeoutMs;
		while (performance.now() < deadlineMs) {
			context.signal.throwIfAborted();
			const found = await this.orDeath(search.look());
			if (found !== undefined) return found;
			await this.orDeath(Promise.race([this.control.changed(), sleep(PORT_POLL_MS)]));
		}
		throw new KnownError({
			code: "TARGET_SILENT",
			what: `the target did not listen on ${wantedPort === null ? "any port" : `port ${wantedPort}`} within ${context.startTimeoutMs / 1000} s`,
			fix:
				wantedPort === null
					? "check that the command starts an HTTP server; --start-timeout gives it more time"
					: "check --port and AZ_LOAD_PORT, or leave them out: the port is found by itself",
		});
	}

	/** Waits for `work`, unless the process ends first; a launcher that has done its part may, as long as what it started lives. */
	async orDeath<T>(work: Promise<T>): Promise<T> {
		const death = this.exited.then((exit) => {
			if (exit.code === 0 && livingTree(this.pid).length > 0) return new Promise<never>(() => {});
			throw new KnownError({ code: "TARGET_DIED", what: `the target ${describeExit(exit)} before it answered` });
		});
		work.catch(() => {});
		return Promise.race([work, death]);
	}

	end(target: RunningTarget | null): Promise<Exit> {
		this.#ending ??= this.#end(target);
		return this.#ending;
	}

	async #end(target: RunningTarget | null): Promise<Exit> {
		const graceMs = this.options.endGraceMs ?? END_GRACE_MS;
		if (target !== null && this.options.requestEnd !== undefined) {
			await Promise.race([this.options.requestEnd(target).catch(() => {}), sleep(graceMs)]);
			await Promise.race([this.exited, sleep(graceMs)]);
		}
		// One that was asked in its own way has had its time, and one that never came up needs none.
		const lastMs = this.options.requestEnd === undefined ? graceMs : END_GRACE_MS;
		await endChild(this.pid, { graceMs: lastMs, mark: { name: SOCKET_VARIABLE, value: this.control.path } });
		const exit = await Promise.race([this.exited, sleep(1_000, { code: null, signal: null })]);
		await this.control.close();
		return exit;
	}
}

const SERVER_LOOK_MS = 100;

/** When what is loaded has ended: the server that a launcher leaves behind lives on. */
async function endOfServer(exited: Promise<Exit>, server: number): Promise<Exit> {
	const startedAt = processEntry(server)?.startedAtTicks;
	const exit = await exited;
	const lives = (): boolean => {
		const entry = processEntry(server);
		return entry !== undefined && isLiving(entry) && entry.startedAtTicks === startedAt;
	};
	while (exit.signal !== "SIGSTOP" && lives()) await sleep(SERVER_LOOK_MS, undefined, { ref: false });
	return exit;
}

const STOPPED_LOOK_MS = 500;
/** So often in turn: a shell or a debugger may stop it for a moment. */
const STOPPED_LOOKS = 4;

/** Tells when a process has been stopped for some time: it is alive, and will not answer. */
function onceStopped(pid: number, tell: () => void): NodeJS.Timeout {
	let stopped = 0;
	const timer = setInterval(() => {
		stopped = processEntry(pid)?.state === "T" ? stopped + 1 : 0;
		if (stopped < STOPPED_LOOKS) return;
		clearInterval(timer);
		tell();
	}, STOPPED_LOOK_MS);
	return timer.unref();
}

/** Why a target usually ends like this, as its last words and its exit code say, and what to do. */
function withAdvice(error: unknown, exit: Exit | null, lines: readonly string[]): unknown {
	if (!(error instanceof KnownError) || error.code !== "TARGET_DIED" || exit === null) return error;
	return error.with(adviceFromLog(lines) ?? adviceFromCode(exit.code, lines.length === 0) ?? {});
}

/** What is asked may be at another port of the same target. */
function withOtherPorts(error: unknown, others: readonly number[]): unknown {
	if (!(error instanceof KnownError) || others.length === 0) return error;
	const which = others.map((port) => `--port ${port}`).join(" or ");
	return error.with({
		details: [...error.details, `The target listens on other ports as well: ${which} loads that one.`],
	});
}

function withLog(error: unknown, tail: readonly string[], keepsLog: boolean): unknown {
	if (!(error instanceof KnownError) || tail.length === 0) return error;
	const rest = keepsLog
		? []
		: ["(as there is a secret in the command line, the log is not kept; --keep-log keeps it without)"];
	return error.with({ details: [...error.details, ...tail, ...rest] });
}
