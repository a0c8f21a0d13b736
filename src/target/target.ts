import type { Isolate } from "./agent/protocol.js";

/** What is asked to be put under load. */
export type TargetSpec =
	| {
			readonly kind: "gateway";
			readonly argv: readonly string[];
			readonly env: Readonly<Record<string, string>>;
			/** Null: any free one. */
			readonly port: number | null;
	  }
	| {
			readonly kind: "command";
			readonly argv: readonly string[];
			readonly env: Readonly<Record<string, string>>;
			readonly cwd: string;
			/** Told with --port; null: the agent finds it. */
			readonly port: number | null;
	  }
	| { readonly kind: "url"; readonly origin: string };

/** How a collector wants the target to be started. */
export interface StartOptions {
	/** Goes into the names of the log files: "clean", "v8", "0x". */
	readonly label: string;
	/** Flags for the target's node, before its script: ["--no-turbo-inlining"]. */
	readonly nodeFlags?: readonly string[];
	/** Additions to the target's environment. The agent sees them too. */
	readonly env?: Readonly<Record<string, string>>;
	/**
	 * Lets a tool start the target instead of us: gets the command line as it would have been run (node, flags, agent,
	 * script) and returns the one to run. The agent still reports from inside.
	 */
	readonly wrap?: (argv: readonly string[]) => readonly string[];
	/** Where the wrapping tool is started; by default where the target's command would be. */
	readonly cwd?: string;
	/** What ends a wrapped target. Without it: SIGTERM to its process group, then SIGKILL. */
	readonly requestEnd?: (target: RunningTarget) => Promise<void>;
	/**
	 * Starts on any core, as several that start at once take turns on all of them, and is moved to its own when it answers, or when it
	 * is told to settle. By default it is started on its own.
	 */
	readonly pinned?: "when ready" | "when settled";
	/** How long it may take to end before it is killed; a wrapped one may have analysis to do. Default 3 s. */
	readonly endGraceMs?: number;
}

export interface Exit {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
}

/** A server that answers. */
export interface RunningTarget {
	readonly kind: TargetSpec["kind"];
	/** http://127.0.0.1:<port>, without a slash at the end. */
	readonly origin: string;
	/** The process that listens, as the agent reports it; without an agent the started process; null for a URL. */
	readonly pid: number | null;
	/** The process we started (a wrapper where there is one); null for a URL. */
	readonly startedPid: number | null;
	/** That of the process (or worker thread) that listens; null where it is not Node, and for a URL. */
	readonly agent: AgentConnection | null;
	readonly agents: TargetAgents;
	readonly pinnedCpus: string | null;
	/** Where else it listens; empty where the port was named. */
	readonly otherPorts: readonly number[];
	/** Moves it to its own cores where it is not on them yet. */
	settle(): Promise<void>;
	/** Resolves when the server has ended, whatever ended it; a launcher that leaves it behind may end before. */
	readonly exited: Promise<Exit>;
	/** The last lines of its output. */
	logTail(lines?: number): string[];
	/** Ends it and everything it started; resolves when nothing of it is left. */
	end(): Promise<Exit>;
}

/** The agents of a target: one in every isolate of Node that it consists of. None for a URL. */
export interface TargetAgents {
	/** Of those that are there, in the order in which they came. */
	now(): readonly AgentConnection[];
	/** Tells of each that comes from now on, until what is returned is called. */
	onJoin(tell: (agent: AgentConnection) => void): () => void;
}

export const NO_AGENTS: TargetAgents = { now: () => [], onJoin: () => () => {} };

/** The tool's side of an agent. Calls reject with KnownError when its isolate is gone, or does not answer in time. */
export interface AgentConnection {
	readonly isolate: Isolate;
	readonly nodeVersion: string;
	readonly v8Version: string;
	/** Where it listens, as far as it has said by now. */
	readonly ports: readonly number[];
	readonly connected: boolean;
	/** Whether it still owes the answer to a call that nobody waits for any more: its loop does not turn. */
	readonly isStuck: boolean;
	/** What it said as it ended, by the method that would have been asked for it. */
	readonly lastWords: Readonly<Record<string, unknown>>;
	call(method: string, params?: Readonly<Record<string, unknown>>, timeoutMs?: number): Promise<unknown>;
}
