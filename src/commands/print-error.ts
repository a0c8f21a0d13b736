import { type EndingSignal, Interruption, KnownError, messageOf, systemErrorCode } from "#src/errors.js";
import type { ExitCode, Terminal } from "./terminal.js";

/** As a shell counts a process that a signal ended: 128 and the signal's number. */
export const signalExitCodes: Readonly<Record<EndingSignal, ExitCode>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

export const exitCodeOf = (error: unknown): ExitCode =>
	error instanceof Interruption ? signalExitCodes[error.signal] : 2;

/** What fails anywhere in the code as the surroundings give too little; null where it is none of that. */
function limitOfSurroundings(error: unknown): string | null {
	const message = messageOf(error);
	const code = systemErrorCode(error) ?? "";
	if (code === "EMFILE" || code === "ENFILE") {
		return `too many files are open (${message}); raise the limit, as with ulimit -n 1024`;
	}
	// Node says so as well where it cannot open what is there.
	if (code === "ERR_MODULE_NOT_FOUND") {
		return `cannot load its own code: ${message}; install it again (npm ci), or raise the limit of open files (ulimit -n 1024)`;
	}
	if (message.includes("WebAssembly")) {
		return `this Node runs no WebAssembly, which requests need (${message}); leave --jitless out of NODE_OPTIONS, or raise ulimit -v`;
	}
	return null;
}

/** One sentence, and the lines that help; a stack only for what nobody foresaw. */
export function printError(error: unknown, terminal: Terminal, verbose = false): void {
	const known = error instanceof KnownError;
	const limit = known ? null : limitOfSurroundings(error);
	if (limit !== null) {
		terminal.err(`az-prof: ${limit}\n`);
		return;
	}
	// What was typed may hold line ends; a sentence is one line.
	terminal.err(`az-prof: ${messageOf(error).trim().replaceAll("\n", "\\n")}\n`);
	for (const line of known ? error.details : []) terminal.err(`  │ ${line}\n`);
	if (!known && error instanceof Error && !verbose)
		terminal.err("  (a fault of az-prof itself; --verbose shows where, for a report)\n");
	if (verbose && error instanceof Error && error.stack !== undefined) terminal.err(`${error.stack}\n`);
}
