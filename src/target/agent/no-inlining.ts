import { Session } from "node:inspector";
import { setFlagsFromString } from "node:v8";
import { answerOf } from "./inspector-post.js";

/** "1" forbids V8 to inline functions: then every function that runs is on the stack. */
const NO_INLINING_ENV = "AZ_PROF_NO_INLINING";

/**
 * Set from inside, before the target's own code is compiled: that works however Node was started, and a version of V8
 * that does not know one of them only says so on stderr instead of refusing to start.
 */
export const NO_INLINING_FLAGS = ["--no-turbo-inlining", "--no-maglev-inlining"];

/** To be called before the target's own code runs. */
export function forbidInliningIfAsked(env: NodeJS.ProcessEnv): void {
	if (env[NO_INLINING_ENV] === "1") forbidInlining();
}

/** inlining.end: from now on nothing is inlined in this isolate, also in what V8 has compiled before. */
export const inliningMethods = (): Record<string, () => void> => ({ "inlining.end": endInlining });

function endInlining(): void {
	forbidInlining();
	const session = new Session();
	session.connect();
	try {
		// Which functions run can be noted in code that is not optimised only: V8 drops all that is, and compiles it anew afterwards.
		answerOf(session, "Profiler.enable");
		answerOf(session, "Profiler.startPreciseCoverage", { callCount: false, detailed: false });
		answerOf(session, "Profiler.stopPreciseCoverage");
	} finally {
		session.disconnect();
	}
}

function forbidInlining(): void {
	for (const flag of NO_INLINING_FLAGS) setFlagsFromString(flag);
}
