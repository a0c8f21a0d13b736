import { KnownError } from "#src/errors.js";
import type { AgentConnection, RunningTarget } from "#src/target/target.js";

/** @throws KnownError COLLECTOR_FAILED where the target does not carry the agent */
export function agentOf(target: RunningTarget, collector: string): AgentConnection {
	if (target.agent !== null) return target.agent;
	throw new KnownError({
		code: "COLLECTOR_FAILED",
		what: `the collector ${collector} needs the agent inside the target, and it is not there`,
		why: "the server that listens is not a Node process of ours",
		fix: "profile it with another collector, or start it with node directly",
	});
}
