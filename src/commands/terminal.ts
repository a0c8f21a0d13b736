/** What a command may do to the outside; own-terminal.ts makes it, tests make their own. */
export interface Terminal {
	/** stdout: the answer. */
	out(content: string | Uint8Array): void;
	/** stderr: errors and remarks. */
	err(text: string): void;
	/** A line that shows what is going on, replaced by the next; empty text takes it away. Nothing without a TTY. */
	progress(phase: string): void;
	/** From now on these do not appear on stderr, in whatever shape. */
	conceal(secrets: readonly string[]): void;
	/** Whether stdout is a screen, not a file or a pipe. */
	readonly interactive: boolean;
	readonly columns: number;
	readonly color: boolean;
}

/** 0 measured, nothing wrong found · 1 a regression · 2 could not measure · 3 cannot tell · 130, 143, 129 interrupted by SIGINT, SIGTERM, SIGHUP */
export type ExitCode = 0 | 1 | 2 | 3 | 129 | 130 | 143;

/** What every command gets besides its options. */
export interface CommandContext {
	readonly terminal: Terminal;
	/** As typed, for the record. */
	readonly commandLine: readonly string[];
	/** What stands behind "--"; null without one. */
	readonly targetArgv: readonly string[] | null;
	readonly env: Readonly<NodeJS.ProcessEnv>;
	readonly signal: AbortSignal;
}
