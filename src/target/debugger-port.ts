import { readText } from "#src/process/process-table.js";

/** Where a process of Node was told to open its debugger, and whether it waits for one before its first line. */
export interface DebuggerFlags {
	/** "any": it chooses one itself. */
	readonly port: number | "any";
	readonly waits: boolean;
}

/** Node's own, where a flag names none. */
const DEFAULT_PORT = 9_229;
const FLAG = /^--(inspect|inspect-brk|inspect-wait|inspect-port|debug-port)(?:=(?:.*:)?(\d+)|=.*)?$/;

/**
 * What the command line and NODE_OPTIONS of a process say of a debugger (https://nodejs.org/api/cli.html); null where they say
 * nothing. The port must not be tried instead: a request that nobody expects may hang or break the server that it turns out to be.
 */
export function debuggerFlagsOf(pid: number): DebuggerFlags | null {
	const words = [...nodeOptionsOf(pid), ...(readText(`/proc/${pid}/cmdline`)?.split("\0").slice(1) ?? [])];
	return debuggerFlags(words);
}

/** A later flag overrides an earlier one. */
export function debuggerFlags(words: readonly string[]): DebuggerFlags | null {
	let opens = false;
	let waits = false;
	let port: number = DEFAULT_PORT;
	for (const word of words) {
		const [whole, name, named] = FLAG.exec(word) ?? [];
		if (whole === undefined) continue;
		if (named !== undefined) port = Number(named);
		if (name?.startsWith("inspect") && name !== "inspect-port") opens = true;
		if (name === "inspect-brk" || name === "inspect-wait") waits = true;
	}
	return opens ? { port: port === 0 ? "any" : port, waits } : null;
}

function nodeOptionsOf(pid: number): string[] {
	const entry = readText(`/proc/${pid}/environ`)
		?.split("\0")
		.find((each) => each.startsWith("NODE_OPTIONS="));
	return entry?.slice("NODE_OPTIONS=".length).split(" ") ?? [];
}
