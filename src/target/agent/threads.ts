import { readdirSync } from "node:fs";
import { readlink } from "node:fs/promises";
import process from "node:process";

/**
 * Which of the process's threads are whose, as far as only the process itself can tell. The kernel names them all "node" on
 * Node 20, and V8's not before Node 24.
 *
 * Where there is no /proc, nothing is known.
 */
interface ThreadsSeen {
	/** Those that there were before the target's first line, in the order of their making: main, V8's, then the rest. */
	readonly atStart: readonly number[];
	/** One of libuv's pool; null where the kernel tells them by name. */
	readonly poolThread: number | null;
	readonly poolSize: number;
}

const DEFAULT_POOL_SIZE = 4;
const LARGEST_POOL_SIZE = 1024;
/** libuv names its threads from 1.50 on. */
const [uvMajor = 0, uvMinor = 0] = process.versions.uv.split(".").map(Number);
const isPoolNamed = uvMajor > 1 || (uvMajor === 1 && uvMinor >= 50);

const atStart = threadIds();

/** threads says which threads are whose. Asked outside of windows only. */
export function threadMethods(): Record<string, () => unknown> {
	return { threads: seen };
}

async function seen(): Promise<ThreadsSeen> {
	return {
		atStart,
		// What the pool reads there is the name of the thread that reads.
		poolThread: isPoolNamed ? null : threadIn(await readlink("/proc/thread-self").catch(() => "")),
		poolSize: poolSize(process.env.UV_THREADPOOL_SIZE),
	};
}

function threadIds(): number[] {
	try {
		return readdirSync("/proc/self/task")
			.map(Number)
			.sort((a, b) => a - b);
	} catch {
		return [];
	}
}

/** "1234/task/1238" */
function threadIn(link: string): number | null {
	const tid = Number(/\/task\/(\d+)$/.exec(link)?.[1]);
	return Number.isInteger(tid) ? tid : null;
}

/** As libuv reads it. */
function poolSize(text: string | undefined): number {
	if (text === undefined) return DEFAULT_POOL_SIZE;
	const size = Number.parseInt(text, 10) || 0;
	return size < 1 ? 1 : Math.min(LARGEST_POOL_SIZE, size);
}
