/** Lines of a stack: they say where, of which a few are enough, not what. */
const STACK_LINE = /^\s+at /;
const SHOWN_OF_STACK = 2;
/** What Node and npm print around an error. */
const NOISE = /^(Node\.js v\d|npm (error|ERR!) (A complete log|\s*\/)|\s*[\^~]+\s*$)/;
/** "Error: …", "TypeError [ERR_X]: …", "Traceback …" are not it: the line that says what went wrong. */
const ERROR_LINE = /^(\s*throw new )?([A-Za-z_.]*(Error|Exception|panic)\b)[^:]*: /;

/**
 * The last lines of a log that help: without empty ones and most of the stacks, and with the line that names the error, also
 * where more than `count` lines follow it.
 */
export function tellingLines(log: readonly string[], count: number): string[] {
	const lines = withoutStacks(log.filter((line) => line.trim() !== "" && !NOISE.test(line)));
	const last = lines.slice(-count);
	if (last.some((line) => ERROR_LINE.test(line))) return last;
	const error = lines.findLast((line) => ERROR_LINE.test(line));
	return error === undefined ? last : [error, "…", ...last.slice(2)];
}

function withoutStacks(lines: readonly string[]): string[] {
	let ofStack = 0;
	return lines.filter((line) => {
		ofStack = STACK_LINE.test(line) ? ofStack + 1 : 0;
		return ofStack <= SHOWN_OF_STACK;
	});
}
