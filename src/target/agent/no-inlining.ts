import { setFlagsFromString } from "node:v8";

/** "1" forbids V8 to inline functions: then every function that runs is on the stack. */
const NO_INLINING_ENV = "AZ_PROF_NO_INLINING";

/**
 * Set from inside, before the target's own code is compiled: that works however Node was started, and a version of V8
 * that does not know one of them only says so on stderr instead of refusing to start.
 */
export const NO_INLINING_FLAGS = ["--no-turbo-inlining", "--no-maglev-inlining"];

/** To be called before the target's own code runs. */
export function forbidInliningIfAsked(env: NodeJS.ProcessEnv): void {
	if (env[NO_INLINING_ENV] === "1") for (const flag of NO_INLINING_FLAGS) setFlagsFromString(flag);
}
