import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { z } from "zod";
import { KnownError } from "#src/errors.js";
import { makeTemporaryFolder } from "#src/process/temporary-folder.js";
import { keepFolder } from "#src/process/warden-line.js";
import type { AgentMessage, ToolMessage } from "./agent/protocol.js";
import type { AgentConnection } from "./target.js";

/** One agent that has said hello. */
export interface AgentPeer extends AgentConnection {
	readonly pid: number;
}

/** An agent that listens. */
interface AgentListener {
	readonly port: number;
	readonly pid: number;
	readonly peer: AgentPeer;
}

export interface ControlSocket {
	/** Goes into AZ_PROF_SOCKET. */
	readonly path: string;
	/** A private folder that lives as long as the socket. */
	readonly folder: string;
	/** Who listens on `port`, or was the first to listen at all when `port` is null; undefined so far. */
	listener(port: number | null): AgentListener | undefined;
	/** The agent of a process, undefined where it carries none. */
	agentOf(pid: number): AgentPeer | undefined;
	/** Resolves at the next message that may change the answers above. */
	changed(): Promise<void>;
	close(): Promise<void>;
}

const CALL_TIMEOUT_MS = 10_000;
/** Profiles and source maps come through files; what is said here is short. */
const LONGEST_MESSAGE = 256 * 1024 * 1024;

const agentMessageSchema = z.discriminatedUnion("type", [
	z.object({ type: z.literal("hello"), pid: z.number(), nodeVersion: z.string(), v8Version: z.string() }),
	z.object({ type: z.literal("listening"), port: z.number(), address: z.string() }),
	z.object({ type: z.literal("result"), id: z.number(), value: z.unknown() }),
	z.object({ type: z.literal("failure"), id: z.number(), message: z.string() }),
]);

/** Null for a line that no agent of ours writes: the socket's path is in the target's environment. */
function messageIn(line: string): AgentMessage | null {
	try {
		return agentMessageSchema.parse(JSON.parse(line)) as AgentMessage;
	} catch {
		return null;
	}
}

/** Opens the private Unix socket that agents connect to. */
export async function openControlSocket(): Promise<ControlSocket> {
	const folder = makeTemporaryFolder("az-prof-");
	const remove = keepFolder(folder);
	const path = join(folder, "control.sock");
	const peers: Peer[] = [];
	/** In the order in which they were told. */
	const listening: { readonly peer: Peer; readonly port: number }[] = [];
	let waiting: (() => void)[] = [];
	const wake = (): void => {
		const resolvers = waiting;
		waiting = [];
		for (const resolve of resolvers) resolve();
	};
	const server = createServer((socket) => {
		const peer = new Peer(socket, wake, (port) => listening.push({ peer, port }));
		peers.push(peer);
	});
	await listenOn(server, path);
	return {
		path,
		folder,
		listener(wanted) {
			const found = listening.find(({ peer, port }) => peer.connected && (wanted === null || port === wanted));
			return found === undefined ? undefined : { ...found, pid: found.peer.pid };
		},
		agentOf: (pid) => peers.find((peer) => peer.connected && peer.pid === pid),
		changed: () => new Promise((resolve) => waiting.push(resolve)),
		async close() {
			wake();
			for (const peer of peers) peer.drop();
			await new Promise<void>((resolve) => server.close(() => resolve()));
			await remove();
		},
	};
}

async function listenOn(server: Server, path: string): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(path, resolve);
	});
}

class Peer implements AgentPeer {
	pid = 0;
	nodeVersion = "";
	v8Version = "";
	connected = true;
	readonly #onListening: (port: number) => void;
	readonly #socket: Socket;
	readonly #pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
	#nextId = 1;

	constructor(socket: Socket, changed: () => void, onListening: (port: number) => void) {
		this.#socket = socket;
		this.#onListening = onListening;
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
			changed();
		});
		socket.on("error", () => {});
		socket.on("close", () => {
			this.connected = false;
			for (const { reject } of this.#pending.values()) reject(targetGone());
			this.#pending.clear();
			changed();
		});
	}

	async call(
		method: string,
		params: Readonly<Record<string, unknown>> = {},
		timeoutMs = CALL_TIMEOUT_MS,
	): Promise<unknown> {
		if (!this.connected) throw targetGone();
		const id = this.#nextId++;
		const message: ToolMessage = { id, method, params };
		let timer: NodeJS.Timeout | undefined;
		try {
			return await new Promise<unknown>((resolve, reject) => {
				this.#pending.set(id, { resolve, reject });
				timer = setTimeout(() => reject(noAnswer(method, timeoutMs)), timeoutMs);
				this.#socket.write(`${JSON.stringify(message)}\n`);
			});
		} finally {
			clearTimeout(timer);
			this.#pending.delete(id);
		}
	}

	drop(): void {
		this.#socket.destroy();
	}

	#receive(message: AgentMessage): void {
		switch (message.type) {
			case "hello":
				this.pid = message.pid;
				this.nodeVersion = message.nodeVersion;
				this.v8Version = message.v8Version;
				return;
			case "listening":
				this.#onListening(message.port);
				return;
			case "result":
				this.#pending.get(message.id)?.resolve(message.value);
				return;
			case "failure":
				this.#pending.get(message.id)?.reject(new Error(message.message));
				return;
		}
	}
}

const targetGone = (): KnownError =>
	new KnownError({ code: "TARGET_DIED", what: "the target ended while it was being asked" });

const noAnswer = (method: string, timeoutMs: number): KnownError =>
	new KnownError({
		code: "TARGET_SILENT",
		what: `the target did not answer "${method}" within ${timeoutMs / 1000} s`,
		why: "its event loop does not turn",
	});
