import { type EndingSignal, Interruption, KnownError, messageOf, systemErrorCode } from "#src/errors.js";
import type { ExitCode, Terminal } from "./terminal.js";

/** As a shell counts a process that a signal ended: 128 and the signal's number. */
export const signalExitCodes: Readonly<Record<EndingSignal, ExitCode>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

export const exitCodeOf = (error: unknown): ExitCode =>
	error instanceof Interruption ? signalExitCodes[error.signal] : 2;

/** One sentence, and the lines that help; a stack only for what nobody foresaw. */
export function printError(error: unknown, terminal: Terminal, verbose = false): void {
	const known = error instanceof KnownError;
	const tooMany = ["EMFILE", "ENFILE"].includes(systemErrorCode(error) ?? "");
	if (tooMany) {
		terminal.err(`az-prof: too many files are open (${messageOf(error)}); raise the limit, as with ulimit -n 1024\n`);
		return;
	}
	// Node says so as well where it cannot open what is there.
	if (systemErrorCode(error) === "ERR_MODULE_NOT_FOUND") {
		terminal.err(
			`az-prof: cannot load its own code: ${messageOf(error)}; install it again (npm ci), or raise the limit of open files (ulimit -n 1024)\n`,
		);
		return;
	}
	terminal.err(`az-prof: ${messageOf(error)}\n`);
	for (const line of known ? error.details : []) terminal.err(`  │ ${line}\n`);
	if (!known && error instanceof Error && !verbose)
		terminal.err("  (a fault of az-prof itself; --verbose shows where, for a report)\n");
	if (verbose && error instanceof Error && error.stack !== undefined) terminal.err(`${error.stack}\n`);
}
