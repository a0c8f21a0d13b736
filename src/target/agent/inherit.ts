import { syncBuiltinESMExports } from "node:module";
import process from "node:process";
import workerThreads, { type WorkerOptions } from "node:worker_threads";

/**
 * Carries the agent on to whatever Node runs next within the target. What is forked inherits --import with Node's own flags, unless
 * it is given others; what is spawned, and a worker thread with an environment of its own, does not.
 */
export function carryOn(agentUrl: string): void {
	const flag = `--import ${agentUrl}`;
	process.env.NODE_OPTIONS = withFlag(process.env.NODE_OPTIONS, flag);
	const { Worker } = workerThreads;
	class CarryingWorker extends Worker {
		constructor(file: string | URL, options: WorkerOptions = {}) {
			const { env } = options;
			const isOwn = typeof env === "object" && env !== null;
			super(file, isOwn ? { ...options, env: carryingEnvironment(env, flag) } : options);
		}
	}
	Object.defineProperty(CarryingWorker, "name", { value: Worker.name });
	Object.assign(workerThreads, { Worker: CarryingWorker });
	syncBuiltinESMExports();
}

function carryingEnvironment(env: NodeJS.Dict<string>, flag: string): NodeJS.Dict<string> {
	const ours = Object.entries(process.env).filter(([name]) => name.startsWith("AZ_PROF_"));
	return { ...Object.fromEntries(ours), ...env, NODE_OPTIONS: withFlag(env.NODE_OPTIONS, flag) };
}

const withFlag = (options: string | undefined, flag: string): string =>
	options?.includes(flag) ? options : [options, flag].filter(Boolean).join(" ");
