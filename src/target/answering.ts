import type { AgentConnection } from "./target.js";

/**
 * Of these agents those in isolates that answer what comes to a port: who listens there, but for the primary of a cluster, which only
 * hands connections on.
 */
export function answeringAt(port: number, agents: readonly AgentConnection[]): AgentConnection[] {
	const listening = agents.filter(({ ports }) => ports.includes(port));
	const handedOn = new Set(
		listening.flatMap(({ isolate }) => (isolate.kind === "cluster worker" ? [isolate.parentPid] : [])),
	);
	return listening.filter(({ isolate }) => isolate.kind === "worker thread" || !handedOn.has(isolate.pid));
}

/** Whether this is the primary of a cluster: one of the others is its worker. */
export const isPrimary = ({ isolate }: AgentConnection, agents: readonly AgentConnection[]): boolean =>
	isolate.kind === "process" &&
	agents.some(({ isolate: other }) => other.kind === "cluster worker" && other.parentPid === isolate.pid);
