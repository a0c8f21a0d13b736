import { mkdtemp } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KnownError } from "#src/errors.js";
import { keepFolder } from "#src/process/child.js";
import type { AgentMessage, ToolMessage } from "./agent/protocol.js";
import type { AgentConnection } from "./target.js";

/** One agent that has said hello, and where its process listens. */
export interface AgentPeer extends AgentConnection {
	readonly pid: number;
	/** TCP ports it listens on, in the order it opened them. */
	readonly ports: readonly number[];
}

export interface ControlSocket {
	/** Goes into AZ_PROF_SOCKET. */
	readonly path: string;
	/** A private folder that lives as long as the socket. */
	readonly folder: string;
	/** The agent that listens on `port`, or the first that listens at all when `port` is null; undefined so far. */
	listeningPeer(port: number | null): AgentPeer | undefined;
	/** True once any agent has connected: there is a Node process in the target. */
	readonly anyAgent: boolean;
	/** Resolves at the next message that may change the answers above. */
	changed(): Promise<void>;
	close(): Promise<void>;
}

const CALL_TIMEOUT_MS = 10_000;

/** Opens the private Unix socket that agents connect to. */
export async function openControlSocket(): Promise<ControlSocket> {
	const folder = await mkdtemp(join(tmpdir(), "az-prof-"));
	const remove = keepFolder(folder);
	const path = join(folder, "control.sock");
	const peers: Peer[] = [];
	let waiting: (() => void)[] = [];
	const wake = (): void => {
		const resolvers = waiting;
		waiting = [];
		for (const resolve of resolvers) resolve();
	};
	const server = createServer((socket) => {
		const peer = new Peer(socket, wake);
		peers.push(peer);
	});
	await listenOn(server, path);
	return {
		path,
		folder,
		listeningPeer: (port) =>
			peers.find((peer) => peer.connected && (port === null ? peer.ports.length > 0 : peer.ports.includes(port))),
		get anyAgent() {
			return peers.length > 0;
		},
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
	readonly ports: number[] = [];
	connected = true;
	readonly #socket: Socket;
	readonly #pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
	#nextId = 1;

	constructor(socket: Socket, changed: () => void) {
		this.#socket = socket;
		socket.setEncoding("utf8");
		let rest = "";
		socket.on("data", (chunk: string) => {
			const lines = (rest + chunk).split("\n");
			rest = lines.pop() ?? "";
			for (const line of lines) this.#receive(JSON.parse(line) as AgentMessage);
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
				this.ports.push(message.port);
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
