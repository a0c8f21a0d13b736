/** What our runner is told, as its one argument (JSON), and what it leaves behind. */
export interface RunnerPlan {
	/** The node that runs the target. */
	readonly node: string;
	/** Its flags, script and arguments. */
	readonly argv: readonly string[];
	/** Empty, and nobody else's: 0x deletes logs in its working folder. Absolute. */
	readonly workingDir: string;
	readonly title: string;
	/** How long the target may take to end by itself, then by SIGTERM, before the next step. */
	readonly endStepMs: number;
	/** How long 0x may take from the target's end on. */
	readonly renderLimitMs: number;
}

export type RunnerResult =
	| { readonly kind: "rendered" }
	/** The log may be there all the same. */
	| { readonly kind: "failed"; readonly why: string };

/** Below the working folder. */
export const OUTPUT_FOLDER = "out";
export const RESULT_FILE = "result.json";

/** Asks the runner to end the target and to let 0x draw. SIGTERM ends both at once. */
export const FINISH_SIGNAL = "SIGUSR2";

/** 0x keeps this end of a pipe open for as long as the target may live. */
export const LIFELINE_FD = 5;

/** V8 writes a log per isolate: isolate-<address>-<pid>-<pid>-v8.log */
export const isIsolateLog = (fileName: string): boolean => /^isolate-.*-v8\.log$/.test(fileName);
