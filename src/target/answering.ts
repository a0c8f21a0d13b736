import type { AgentConnection, RunningTarget } from "./target.js";

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

/** Those of a target that answer at the moment. */
export const answeringOf = ({ origin, agents }: Pick<RunningTarget, "origin" | "agents">): AgentConnection[] =>
	answeringAt(portOf(origin), agents.now());

/** How many isolates answer, each of which compiles for itself; 1 where that is not known. */
export const answeringIsolates = (target: Pick<RunningTarget, "origin" | "agents">): number =>
	Math.max(1, answeringOf(target).length);

/** The port that a target answers at. */
export const portOf = (origin: string): number => Number(new URL(origin).port || 80);

/** Whether this is the primary of a cluster: one of the others is its worker. */
export const isPrimary = ({ isolate }: AgentConnection, agents: readonly AgentConnection[]): boolean =>
	isolate.kind === "process" &&
	agents.some(({ isolate: other }) => other.kind === "cluster worker" && other.parentPid === isolate.pid);
