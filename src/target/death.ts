import { KnownError, type KnownErrorParts } from "#src/errors.js";
import { adviceFromLog } from "./exit-advice.js";
import type { Exit, RunningTarget } from "./target.js";

/** "exited with code 1", "was ended by SIGKILL" */
export function describeExit({ code, signal }: Exit): string {
	if (signal === "SIGSTOP") return "was stopped (SIGSTOP) and not continued";
	return signal === null ? `exited with code ${code ?? "unknown"}` : `was ended by ${signal}`;
}

/** A target that answered before, and ended while it was loaded, with its last lines and what they usually mean. */
export function deathUnderLoad(name: string, exit: Exit, { logTail }: Pick<RunningTarget, "logTail">): KnownError {
	const lines = logTail();
	return new KnownError({
		code: "TARGET_DIED",
		what: `${name} ${describeExit(exit)} under load`,
		...(adviceFromLog(lines) ?? adviceFromSignal(exit) ?? (lines.length === 0 ? silent : {})),
		details: lines,
	});
}

const silent: Pick<KnownErrorParts, "fix"> = {
	fix: "it printed nothing: start its command by hand, ask for the endpoint, and see why it ends",
};

function adviceFromSignal({ signal }: Exit): Pick<KnownErrorParts, "fix"> | null {
	if (signal === "SIGKILL") return { fix: "somebody ended it, or the kernel for want of memory: dmesg tells" };
	if (signal === "SIGSEGV" || signal === "SIGBUS" || signal === "SIGILL" || signal === "SIGABRT") {
		return {
			fix: "it crashed, in a native package or in Node itself: its last lines and npm rebuild are where to begin",
		};
	}
	if (signal === "SIGSTOP") return { fix: "look who stops it (a debugger, job control), and let it run" };
	return null;
}
