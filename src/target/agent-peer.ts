import type { Socket } from "node:net";
import * as z from "zod";
import { KnownError } from "#src/errors.js";
import type { AgentMessage, Isolate, ToolMessage } from "./agent/protocol.js";
import type { AgentConnection } from "./target.js";

const CALL_TIMEOUT_MS = 10_000;
const LATE_MS = 200;
/** Profiles and source maps come through files; what is said here is short. */
const LONGEST_MESSAGE = 256 * 1024 * 1024;

const isolateSchema = z.object({
	pid: z.number(),
	parentPid: z.number(),
	threadId: z.number(),
	tid: z.number().nullable(),
	kind: z.enum(["process", "cluster worker", "worker thread"]),
	script: z.string(),
});

const agentMessageSchema = z.discriminatedUnion("type", [
	z.object({ type: z.literal("hello"), isolate: isolateSchema, nodeVersion: z.string(), v8Version: z.string() }),
	z.object({ type: z.literal("listening"), port: z.number(), address: z.string() }),
	z.object({ type: z.literal("result"), id: z.number(), value: z.unknown() }),
	z.object({ type: z.literal("failure"), id: z.number(), message: z.string() }),
	z.object({ type: z.literal("parting"), values: z.record(z.string(), z.unknown()) }),
]);

/** Null for a line that no agent of ours writes: the socket's path is in the target's environment. */
function messageIn(line: string): AgentMessage | null {
	try {
		return agentMessageSchema.parse(JSON.parse(line)) as AgentMessage;
	} catch {
		return null;
	}
}

const UNKNOWN: Isolate = { pid: 0, parentPid: 0, threadId: 0, tid: null, kind: "process", script: "" };

/** Who is told of what an agent says by itself. */
export interface PeerListener {
	/** It has said who it is. */
	joined(peer: AgentPeer): void;
	listening(peer: AgentPeer, port: number): void;
	/** A worker thread has not answered at once: it may not hear its socket. */
	late(peer: AgentPeer, line: string): void;
	/** Anything may have changed. */
	changed(): void;
	/** Its isolate has ended, or it was dropped. */
	left(peer: AgentPeer): void;
}

/** One agent, at our end of its connection. */
export class AgentPeer implements AgentConnection {
	isolate: Isolate = UNKNOWN;
	nodeVersion = "";
	v8Version = "";
	ports: readonly number[] = [];
	lastWords: Readonly<Record<string, unknown>> = {};
	connected = true;
	readonly #listener: PeerListener;
	readonly #socket: Socket;
	readonly #pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
	/** Calls that nobody waits for any more. */
	readonly #overdue = new Set<number>();
	#nextId = 1;

	constructor(socket: Socket, listener: PeerListener) {
		this.#socket = socket;
		this.#listener = listener;
		socket.setEncoding("utf8");
		let rest = "";
		socket.on("data", (chunk: string) => {
			const lines = (rest + chunk).split("\n");
			rest = lines.pop() ?? "";
			for (const line of lines) {
				const message = messageIn(line);
				// Our agent writes nothing else; whoever does is not it.
				if (message === null) return this.drop();
				this.#receive(message);
			}
			if (rest.length > LONGEST_MESSAGE) return this.drop();
			listener.changed();
		});
		socket.on("error", () => {});
		socket.on("close", () => {
			this.connected = false;
			for (const { reject } of this.#pending.values()) reject(targetGone());
			this.#pending.clear();
			listener.left(this);
			listener.changed();
		});
	}

	get isStuck(): boolean {
		return this.#overdue.size > 0;
	}

	/** What takes long is waited for only where the loop turns: a question that is put before it has to be answered soon. */
	async call(
		method: string,
		params: Readonly<Record<string, unknown>> = {},
		timeoutMs = CALL_TIMEOUT_MS,
	): Promise<unknown> {
		if (timeoutMs <= CALL_TIMEOUT_MS) return this.#ask(method, params, timeoutMs);
		const turn = this.#ask("cpuUsage", {}, CALL_TIMEOUT_MS);
		const answer = this.#ask(method, params, timeoutMs);
		answer.catch(() => {});
		const whole = turn.then(
			() => answer,
			(error: unknown) => {
				throw this.connected ? noAnswer(method, CALL_TIMEOUT_MS) : error;
			},
		);
		return Promise.race([answer, whole]);
	}

	async #ask(method: string, params: Readonly<Record<string, unknown>>, timeoutMs: number): Promise<unknown> {
		if (!this.connected) throw targetGone();
		const id = this.#nextId++;
		const message: ToolMessage = { id, method, params };
		const line = JSON.stringify(message);
		let timer: NodeJS.Timeout | undefined;
		let late: NodeJS.Timeout | undefined;
		try {
			return await new Promise<unknown>((resolve, reject) => {
				this.#pending.set(id, { resolve, reject });
				timer = setTimeout(() => {
					this.#overdue.add(id);
					reject(noAnswer(method, timeoutMs));
				}, timeoutMs);
				if (this.isolate.kind === "worker thread") late = setTimeout(() => this.#listener.late(this, line), LATE_MS);
				this.#socket.write(`${line}\n`);
			});
		} finally {
			clearTimeout(timer);
			clearTimeout(late);
			this.#pending.delete(id);
		}
	}

	drop(): void {
		this.#socket.destroy();
	}

	#receive(message: AgentMessage): void {
		switch (message.type) {
			case "hello":
				this.isolate = message.isolate;
				this.nodeVersion = message.nodeVersion;
				this.v8Version = message.v8Version;
				this.#listener.joined(this);
				return;
			case "listening":
				this.ports = [...this.ports, message.port];
				this.#listener.listening(this, message.port);
				return;
			case "result":
				this.#overdue.delete(message.id);
				this.#pending.get(message.id)?.resolve(message.value);
				return;
			case "failure":
				this.#overdue.delete(message.id);
				this.#pending.get(message.id)?.reject(new Error(message.message));
				return;
			case "parting":
				this.lastWords = message.values;
				return;
		}
	}
}

const targetGone = (): KnownError =>
	new KnownError({ code: "TARGET_DIED", what: "the target ended while it was being asked", fix: "see its log" });

const noAnswer = (method: string, timeoutMs: number): KnownError =>
	new KnownError({
		code: "TARGET_SILENT",
		what: `the target did not answer "${method}" within ${timeoutMs / 1000} s`,
		why: "its event loop does not turn",
	});
