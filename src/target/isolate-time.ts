import { schedstatOf } from "#src/process/thread-time.js";
import type { AgentConnection } from "./target.js";

/** CPU time of an isolate's own thread since it began; null where it has ended, or the kernel does not tell. */
export const cpuNsOfIsolate = ({ isolate: { pid, tid } }: AgentConnection): number | null =>
	tid === null ? null : (schedstatOf(pid, tid)?.cpuNs ?? null);
