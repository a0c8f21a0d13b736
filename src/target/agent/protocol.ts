/** Lines of JSON on the control socket. */

/**
 * One instance of V8 within the target, with a heap and an event loop of its own: the main thread of a process of Node, or a
 * worker thread. Each carries an agent.
 */
export interface Isolate {
	readonly pid: number;
	readonly parentPid: number;
	/** Node's count of worker threads within the process; 0: the main thread. */
	readonly threadId: number;
	/** The kernel's id of the thread; null where it does not tell. */
	readonly tid: number | null;
	readonly kind: "process" | "cluster worker" | "worker thread";
	/** The file that it runs; empty where it runs none (node -e). */
	readonly script: string;
}

/** From the target to the tool. */
export type AgentMessage =
	| {
			readonly type: "hello";
			readonly isolate: Isolate;
			readonly nodeVersion: string;
			readonly v8Version: string;
	  }
	| { readonly type: "listening"; readonly port: number; readonly address: string }
	| { readonly type: "result"; readonly id: number; readonly value: unknown }
	| { readonly type: "failure"; readonly id: number; readonly message: string }
	/** It is about to end: what the methods that would have been asked for later have to say, by name. */
	| { readonly type: "parting"; readonly values: Readonly<Record<string, unknown>> };

/** From the tool to the target. */
export interface ToolMessage {
	readonly id: number;
	readonly method: string;
	readonly params: Record<string, unknown>;
}
