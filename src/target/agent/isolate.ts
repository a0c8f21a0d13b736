import { readlinkSync } from "node:fs";
import process from "node:process";
import { isMainThread, threadId } from "node:worker_threads";
import type { Isolate } from "./protocol.js";

/** Which instance of V8 this is. */
export async function ownIsolate(): Promise<Isolate> {
	return {
		pid: process.pid,
		parentPid: process.ppid,
		threadId,
		tid: kernelThreadId(),
		kind: isMainThread ? ((await isClusterWorker()) ? "cluster worker" : "process") : "worker thread",
		script: process.argv[1] ?? "",
	};
}

/** The link names the thread that reads it: "<pid>/task/<tid>" (proc(5)). */
function kernelThreadId(): number | null {
	try {
		return Number(/\/task\/(\d+)$/.exec(readlinkSync("/proc/thread-self"))?.[1] ?? Number.NaN) || null;
	} catch {
		return null;
	}
}

/** Only a child that talks to its parent can be one; in those Node has the module at hand, which takes others a few milliseconds. */
async function isClusterWorker(): Promise<boolean> {
	return process.channel !== undefined && (await import("node:cluster")).default.isWorker;
}
