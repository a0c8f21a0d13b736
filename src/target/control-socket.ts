import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { makeTemporaryFolder } from "#src/process/temporary-folder.js";
import { keepFolder } from "#src/process/warden-line.js";
import { AgentPeer } from "./agent-peer.js";
import type { AgentConnection, TargetAgents } from "./target.js";

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
	/** The agent of a process's main thread, undefined where it carries none. */
	agentOf(pid: number): AgentPeer | undefined;
	readonly agents: TargetAgents;
	/** Resolves at the next message that may change the answers above. */
	changed(): Promise<void>;
	close(): Promise<void>;
}

/** Opens the private Unix socket that agents connect to. */
export async function openControlSocket(): Promise<ControlSocket> {
	const folder = makeTemporaryFolder("az-prof-");
	const remove = keepFolder(folder);
	const path = join(folder, "control.sock");
	const connections = new Set<AgentPeer>();
	/** Those that have said who they are. */
	const joined = new Set<AgentPeer>();
	/** In the order in which they were told. */
	let listening: { readonly peer: AgentPeer; readonly port: number }[] = [];
	const told = new Set<(agent: AgentConnection) => void>();
	let waiting: (() => void)[] = [];
	const wake = (): void => {
		const resolvers = waiting;
		waiting = [];
		for (const resolve of resolvers) resolve();
	};
	const mainThreadOf = (pid: number): AgentPeer | undefined =>
		[...joined].find(({ isolate }) => isolate.pid === pid && isolate.threadId === 0);
	const server = createServer((socket) => {
		const peer = new AgentPeer(socket, {
			joined(itself) {
				joined.add(itself);
				for (const tell of told) tell(itself);
			},
			listening: (itself, port) => listening.push({ peer: itself, port }),
			late({ isolate: { pid, threadId } }, line) {
				// It may have ended, or its main thread be busy too: then nothing helps.
				mainThreadOf(pid)
					?.call("poke", { threadId, line })
					.catch(() => {});
			},
			changed: wake,
			// Workers may be restarted for as long as a target lives.
			left(itself) {
				connections.delete(itself);
				joined.delete(itself);
				listening = listening.filter((each) => each.peer !== itself);
			},
		});
		connections.add(peer);
	});
	await listenOn(server, path);
	return {
		path,
		folder,
		listener(wanted) {
			const found = listening.find(({ port }) => wanted === null || port === wanted);
			return found === undefined ? undefined : { ...found, pid: found.peer.isolate.pid };
		},
		agentOf: mainThreadOf,
		agents: {
			now: () => [...joined],
			onJoin(tell) {
				told.add(tell);
				return () => told.delete(tell);
			},
		},
		changed: () => new Promise((resolve) => waiting.push(resolve)),
		async close() {
			wake();
			for (const peer of connections) peer.drop();
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
