import { redactText } from "#src/secrets/redact.js";
import { cutLines, visibleStyledText, visibleText } from "#src/visible-text.js";
import { ProgressLine } from "./progress-line.js";
import type { Terminal } from "./terminal.js";

const FEWEST_COLUMNS = 20;
const COLUMNS_OF_A_PIPE = 120;
/** Of a line on stderr: a target may log a megabyte without an end. */
const LONGEST_LINE = 2_000;
/** What to do stands at the end of a sentence. */
const KEPT_AT_END = 400;

export interface OwnTerminal {
	readonly terminal: Terminal;
	/** Takes the progress line away. */
	endProgress(): void;
	/** Resolves when everything is written, with why stdout could not take it, or null. A reader that went away is no fault. */
	flushed(): Promise<Error | null>;
}

/** The process's own stdout and stderr. */
export function ownTerminal(args: readonly string[], concealed: readonly string[]): OwnTerminal {
	const { stdout, stderr, env } = process;
	const quiet = args.includes("--quiet") || args.includes("-q") || args[0] === "serve";
	const canMove = stderr.isTTY === true && env.TERM !== "dumb" && env.NO_COLOR === undefined;
	const line = canMove && !quiet ? new ProgressLine(stderr) : null;
	const interactive = stdout.isTTY === true;
	let secrets: readonly string[] = [...concealed];
	let failure: Error | null = null;
	stdout.on("error", (error: NodeJS.ErrnoException) => {
		if (error.code !== "EPIPE") failure ??= error;
	});
	stderr.on("error", () => {});
	return {
		terminal: {
			out: (content) => {
				stdout.write(interactive && typeof content === "string" ? visibleStyledText(content) : content);
			},
			err: (text) => {
				line?.clear();
				stderr.write(cutLines(visibleText(redactText(text, secrets)), LONGEST_LINE, KEPT_AT_END));
			},
			conceal: (others) => {
				secrets = [...new Set([...secrets, ...others])];
			},
			progress: (phase) => {
				if (phase === "") line?.clear();
				else line?.show(visibleText(redactText(phase, secrets)).replaceAll("\n", " "));
			},
			interactive,
			columns: interactive ? Math.max(FEWEST_COLUMNS, stdout.columns ?? COLUMNS_OF_A_PIPE) : COLUMNS_OF_A_PIPE,
			color: interactive && env.NO_COLOR === undefined && env.TERM !== "dumb",
		},
		endProgress: () => line?.clear(),
		async flushed() {
			await Promise.all([taken(stdout), taken(stderr)]);
			return failure;
		},
	};
}

/** Waits until the stream has taken everything, or has failed. */
const taken = (stream: NodeJS.WriteStream): Promise<void> =>
	new Promise((resolve) => {
		// Also a stream that is written at once tells of its failure later.
		if (stream.destroyed || stream.writableLength === 0) setImmediate(resolve);
		else stream.write("", () => setImmediate(resolve));
	});
