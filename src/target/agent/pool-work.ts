import { Session } from "node:inspector";
import { setTimeout as sleep } from "node:timers/promises";
import { post } from "./inspector-post.js";

/** What libuv's pool was given in a stretch of time, as Node's own trace events tell. */
interface PoolWork {
	/** CPU time of the pool's threads by what they did ("crypto", "zlib", "fs.readfile"), in nanoseconds. */
	readonly cpuNs: Readonly<Record<string, number>>;
	/** Operations that Node traces without the thread: how many were begun. */
	readonly operations: { readonly fs: number; readonly dns: number };
}

/** Times are trace events' own fields: `tts` is CPU time of the thread in microseconds. */
interface TraceEvent {
	readonly cat: string;
	readonly name: string;
	readonly ph: string;
	readonly tid: number;
	readonly tts: number;
}

const CATEGORIES = ["node.threadpoolwork.sync", "node.fs.async", "node.fs_dir.async", "node.dns.native"];

/** pool.trace { durationMs } traces for so long; the main thread's agent alone can. It costs the target a trace event for each task. */
export function poolWorkMethods(): Record<string, (params: Record<string, unknown>) => Promise<unknown>> {
	return { "pool.trace": trace };
}

async function trace({ durationMs }: Record<string, unknown>): Promise<PoolWork> {
	const session = new Session();
	session.connect();
	try {
		const events: TraceEvent[] = [];
		const collected = session as unknown as {
			on(event: string, listener: (message: { params: { value: TraceEvent[] } }) => void): void;
			once(event: string, listener: () => void): void;
		};
		collected.on("NodeTracing.dataCollected", ({ params }) => events.push(...params.value));
		const complete = new Promise<void>((resolve) => collected.once("NodeTracing.tracingComplete", resolve));
		await post(session, "NodeTracing.start", { traceConfig: { includedCategories: CATEGORIES } });
		await sleep(Number(durationMs));
		await post(session, "NodeTracing.stop");
		await complete;
		return workIn(events);
	} finally {
		session.disconnect();
	}
}

function workIn(events: readonly TraceEvent[]): PoolWork {
	const whole = new Map<string, { cpuNs: number; tasks: number }>();
	/** By name: tasks of which one end is not in the trace. */
	const cut = new Map<string, number>();
	/** A thread does one thing at a time. */
	const begun = new Map<number, TraceEvent>();
	const operations = { fs: 0, dns: 0 };
	for (const event of events) {
		if (event.cat.includes("node.threadpoolwork")) {
			const from = begun.get(event.tid);
			begun.delete(event.tid);
			if (event.ph === "B") begun.set(event.tid, event);
			else if (from === undefined) cut.set(event.name, (cut.get(event.name) ?? 0) + 1);
			else {
				const sum = whole.get(from.name) ?? { cpuNs: 0, tasks: 0 };
				sum.cpuNs += Math.max(0, event.tts - from.tts) * 1e3;
				sum.tasks += 1;
				whole.set(from.name, sum);
			}
		} else if (event.ph === "b") {
			if (event.cat.includes("node.dns")) operations.dns += 1;
			else if (event.cat.includes("node.fs")) operations.fs += 1;
		}
	}
	for (const { name } of begun.values()) cut.set(name, (cut.get(name) ?? 0) + 1);
	return { cpuNs: withCut(whole, cut), operations };
}

/** Half of what a whole one takes lies in the trace; where there is no whole one, all that is known is that it was there. */
function withCut(
	whole: ReadonlyMap<string, { readonly cpuNs: number; readonly tasks: number }>,
	cut: ReadonlyMap<string, number>,
): Record<string, number> {
	const cpuNs: Record<string, number> = {};
	for (const name of new Set([...whole.keys(), ...cut.keys()])) {
		const { cpuNs: ofWhole, tasks } = whole.get(name) ?? { cpuNs: 0, tasks: 0 };
		const each = tasks === 0 ? 1 : ofWhole / tasks / 2;
		cpuNs[name] = ofWhole + (cut.get(name) ?? 0) * each;
	}
	return cpuNs;
}
