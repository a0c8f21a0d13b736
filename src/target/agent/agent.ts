/**
 * Preloaded into a Node target with --import. Connects to the tool's private Unix socket (it must not listen: 0x and
 * clinic take the first listening socket for the server), says which port the target listens on, and answers calls.
 * It imports nothing but Node itself, and does nothing between calls. When the tool is gone it ends the target.
 * What else is to be done within the target is in modules of their own, named by AZ_PROF_AGENT_EXTENSION (a file: URL).
 */
import { url as inspectorUrl } from "node:inspector";
import { connect, Server as NetServer, type Server, type Socket } from "node:net";
import process from "node:process";
import { isMainThread } from "node:worker_threads";
import { allocationMethods } from "./allocation.js";
import { cpuProfilerMethods, startIfAsked } from "./cpu-profiler.js";
import { heapProfilerMethods } from "./heap-profiler.js";
import { heapSnapshotMethods } from "./heap-snapshot.js";
import { carryOn } from "./inherit.js";
import { ownIsolate } from "./isolate.js";
import { forbidInliningIfAsked, inliningMethods } from "./no-inlining.js";
import { partingWords } from "./parting.js";
import { listenToPokes, pokeMethods } from "./poke.js";
import { poolWorkMethods } from "./pool-work.js";
import type { AgentMessage, ToolMessage } from "./protocol.js";
import { settledMemoryMethods } from "./settled-memory.js";
import { sourceMapMethods } from "./source-maps.js";
import { threadMethods } from "./threads.js";
import { vitalsMethods } from "./vitals.js";

type Method = (params: Record<string, unknown>) => unknown;

const methods: Record<string, Method> = {
	clock: () => ({ nowMs: performance.timeOrigin + performance.now(), uptimeMs: performance.now() }),
	cpuUsage: () => process.cpuUsage(),
	memory: () => process.memoryUsage(),
	debuggerPort: () => Number(new URL(inspectorUrl() ?? "ws://none").port) || null,
	...allocationMethods(),
	...cpuProfilerMethods(),
	...heapProfilerMethods(),
	...heapSnapshotMethods(),
	...inliningMethods(),
	...poolWorkMethods(),
	...settledMemoryMethods(),
	...sourceMapMethods(),
	...threadMethods(),
	...vitalsMethods(),
	...(isMainThread ? pokeMethods() : {}),
};

const path = process.env.AZ_PROF_SOCKET;
if (path !== undefined) await speak(path);

/** In every isolate alike: worker threads inherit --import. Only flags of V8 are of the whole process. */
async function speak(socketPath: string): Promise<void> {
	carryOn(import.meta.url);
	const extension = process.env.AZ_PROF_AGENT_EXTENSION;
	if (extension !== undefined) Object.assign(methods, await methodsOf(extension));
	if (isMainThread) forbidInliningIfAsked(process.env);
	startIfAsked(process.env);
	const socket = connectToTool(socketPath);
	send(socket, {
		type: "hello",
		isolate: await ownIsolate(),
		nodeVersion: process.versions.node,
		v8Version: process.versions.v8,
	});
	reportListening((port, address) => send(socket, { type: "listening", port, address }));
	process.once("exit", () => send(socket, { type: "parting", values: partingWords() }));
}

/** Loaded before the target's first line, so that it can watch from the beginning. */
async function methodsOf(url: string): Promise<Record<string, Method>> {
	return ((await import(url)) as { methods: Record<string, Method> }).methods;
}

function connectToTool(socketPath: string): Socket {
	const socket = connect(socketPath);
	socket.unref();
	socket.setEncoding("utf8");
	socket.on("error", () => {});
	// The tool ended without ending us: nobody would ever stop this server.
	socket.on("close", () => process.exit(143));
	let rest = "";
	socket.on("data", (chunk: string) => {
		const lines = (rest + chunk).split("\n");
		rest = lines.pop() ?? "";
		for (const line of lines) receive(socket, line);
	});
	if (!isMainThread) listenToPokes((line) => receive(socket, line));
	return socket;
}

/** Those that were heard: what came to a worker's socket too late was handed to it another way. */
const heard = new Set<number>();

function receive(socket: Socket, line: string): void {
	const message = JSON.parse(line) as ToolMessage;
	if (heard.has(message.id)) return;
	heard.add(message.id);
	void answer(socket, message);
}

async function answer(socket: Socket, { id, method, params }: ToolMessage): Promise<void> {
	try {
		const handler = methods[method];
		if (handler === undefined) throw new Error(`no such method: ${method}`);
		send(socket, { type: "result", id, value: (await handler(params)) ?? null });
	} catch (error) {
		send(socket, { type: "failure", id, message: error instanceof Error ? error.message : String(error) });
	}
}

function send(socket: Socket, message: AgentMessage): void {
	socket.write(`${JSON.stringify(message)}\n`);
}

/** Tells of every TCP socket that begins to listen, the first one first. */
function reportListening(tell: (port: number, address: string) => void): void {
	const listen = NetServer.prototype.listen;
	NetServer.prototype.listen = function (this: Server, ...args: unknown[]) {
		this.once("listening", () => {
			const address = this.address();
			if (address !== null && typeof address === "object") tell(address.port, address.address);
		});
		return listen.apply(this, args as Parameters<typeof listen>);
	} as typeof listen;
}
