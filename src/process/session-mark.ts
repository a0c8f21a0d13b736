import { randomBytes } from "node:crypto";

/** Environment variable that every process we start inherits; its value names the session that started it. */
export const SESSION_MARK = "AZ_PROF_SESSION";

export const ownSession: string = randomBytes(8).toString("hex");

/** An environment for a process of ours: what carries it is ended when we are gone. */
export const marked = (env: Readonly<NodeJS.ProcessEnv>): NodeJS.ProcessEnv => ({ ...env, [SESSION_MARK]: ownSession });
