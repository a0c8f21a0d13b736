import * as z from "zod";
import { type KernelThread, type KnownProcess, threadKindsOf } from "#src/analyse/threads/thread-kind.js";
import type { ThreadKind } from "#src/model/cpu-parts.js";
import { readText, startedAtTicksOf } from "#src/process/process-table.js";
import type { AgentConnection, RunningTarget } from "#src/target/target.js";

/** One that cannot answer that fast is hung, and its threads are told by their names alone. */
const TIMEOUT_MS = 2_000;

/** What the agent of a process says of its threads. */
const answerSchema = z.object({
	atStart: z.array(z.number()),
	poolThread: z.number().nullable(),
	poolSize: z.number(),
});
type Told = z.infer<typeof answerSchema>;

const NOTHING: Told = { atStart: [], poolThread: null, poolSize: 0 };

/** Whose threads these are, by "pid/tid": what the kernel calls them, and what the target's agents know of them. */
export async function kindsOfThreads(
	target: Pick<RunningTarget, "pid" | "agent" | "agents">,
	threads: readonly { readonly pid: number; readonly tid: number }[],
): Promise<ReadonlyMap<string, ThreadKind>> {
	return threadKindsOf(threads.map(kernelThread), await knownProcesses(target), mainPid(target));
}

/** The process that the load goes to. */
const mainPid = ({ agent, pid }: Pick<RunningTarget, "pid" | "agent">): number | null => agent?.isolate.pid ?? pid;

/** Of every process that carries an agent, what it knows; of a target without one, that it is there. */
async function knownProcesses(target: Pick<RunningTarget, "pid" | "agent" | "agents">): Promise<KnownProcess[]> {
	const agents = target.agents.now();
	const pids = new Set(agents.map(({ isolate }) => isolate.pid));
	const main = mainPid(target);
	if (main !== null) pids.add(main);
	return Promise.all(
		[...pids].map(async (pid) => {
			const own = agents.filter(({ isolate }) => isolate.pid === pid);
			const workers = own.flatMap(({ isolate }) => (isolate.kind === "worker thread" ? (isolate.tid ?? []) : []));
			return { pid, workers, ...(await toldBy(own.find(({ isolate }) => isolate.kind !== "worker thread"))) };
		}),
	);
}

async function toldBy(agent: AgentConnection | undefined): Promise<Told> {
	if (agent === undefined || agent.isStuck) return NOTHING;
	const answer = await agent.call("threads", {}, TIMEOUT_MS).catch(() => null);
	return answerSchema.safeParse(answer).data ?? NOTHING;
}

function kernelThread({ pid, tid }: { readonly pid: number; readonly tid: number }): KernelThread {
	const folder = `/proc/${pid}/task/${tid}`;
	const name = readText(`${folder}/comm`)?.trimEnd() ?? null;
	return { pid, tid, name, startedAtTicks: startedAtTicksOf(folder) };
}
