import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

interface ShimPlan {
	/** The node that runs the target; absolute, or found in PATH. */
	readonly node: string;
	/** Where the target's own relative paths start. */
	readonly targetCwd: string;
	/** clinic's working folder: logs that Node writes belong there, not into the target's folder. */
	readonly workFolder: string;
	/** What the target's environment has for XDG_CONFIG_HOME; null: nothing. */
	readonly configHome: string | null;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Writes a program called node that clinic can start from its own working folder: it goes to the target's folder, sends the
 * logs back to clinic's, and becomes the real node, with the same process id. So clinic never reads or deletes anything
 * in the target's folder, and a trace log that lies there does not disturb it.
 */
export function writeNodeShim({ node, targetCwd, workFolder, configHome }: ShimPlan): string {
	const folder = join(workFolder, "bin");
	const file = join(folder, "node");
	const lines = [
		"#!/bin/sh",
		configHome === null ? "unset XDG_CONFIG_HOME" : `export XDG_CONFIG_HOME=${quoted(configHome)}`,
		// 0x, which clinic flame stands on, also has node read a log that is named from its own folder.
		`case "$1" in --prof-process) exec ${quoted(node)} "$@" ;; esac`,
		"left=$#",
		'while [ "$left" -gt 0 ]; do',
		"\tword=$1; shift; left=$((left - 1))",
		'\tcase "$word" in',
		`\t\t--logfile=./*) word=--logfile=${quoted(workFolder)}/\${word#--logfile=./} ;;`,
		// It makes V8 print every function that it optimises, in CPU time of the target.
		"\t\t--print-opt-source) word=--no-print-opt-source ;;",
		"\tesac",
		'\tset -- "$@" "$word"',
		"done",
		`cd ${quoted(targetCwd)} || exit 126`,
		`exec ${quoted(node)} --trace-event-file-pattern=${quoted(join(workFolder, `node_trace.\${rotation}.log`))} "$@"`,
		"",
	];
	mkdirSync(folder, { recursive: true });
	writeFileSync(file, lines.join("\n"), { mode: 0o755 });
	return file;
}
