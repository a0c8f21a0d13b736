import { messageOf, usageError } from "#src/errors.js";
import { readFileOrPipe } from "#src/plain-file.js";

export interface TokenOptions {
	readonly token?: string;
	readonly tokens?: string;
}

/**
 * The bearer tokens of a command line, none or one or many: --token TEXT or @file, --tokens FILE with one on each line, or
 * AZ_PROF_TOKEN.
 */
export async function tokensOf(
	{ token, tokens }: TokenOptions,
	env: Readonly<NodeJS.ProcessEnv>,
	signal: AbortSignal,
): Promise<readonly string[]> {
	if (tokens !== undefined) {
		if (token !== undefined) throw usageError("--token and --tokens both name tokens", "give one of them");
		const lines = await linesOf(tokens, "--tokens", signal);
		if (lines.length === 0) throw usageError(`there is no token in ${tokens}`, "write one on each line");
		return lines.map((line) => checked(line, `--tokens ${tokens}`));
	}
	if (token === undefined) return env.AZ_PROF_TOKEN ? [checked(env.AZ_PROF_TOKEN, "AZ_PROF_TOKEN")] : [];
	if (!token.startsWith("@")) return [checked(token, "--token")];
	const [first] = await linesOf(token.slice(1), "--token @file", signal);
	if (first === undefined) throw usageError(`there is no token in ${token.slice(1)}`, "write it on the first line");
	return [checked(first, "--token @file")];
}

/** What was read of each file: it may be a pipe, which can be read once. */
const linesRead = new Map<string, readonly string[]>();
const LARGEST_FILE_BYTES = 16 * 1024 * 1024;
const PIPE_LIMIT_MS = 10_000;

async function linesOf(file: string, option: string, signal: AbortSignal): Promise<readonly string[]> {
	const known = linesRead.get(file);
	if (known !== undefined) return known;
	try {
		const options = { mostBytes: LARGEST_FILE_BYTES, limitMs: PIPE_LIMIT_MS, signal };
		const lines = (await readFileOrPipe(file, options))
			.toString("utf8")
			.split("\n")
			.map((line) => line.trim())
			.filter((line) => line !== "" && !line.startsWith("#"));
		linesRead.set(file, lines);
		return lines;
	} catch (error) {
		signal.throwIfAborted();
		throw usageError(`cannot read the token file ${file}: ${messageOf(error)}`, `check ${option}`);
	}
}

/** Not shown in the message: it is a secret. */
function checked(token: string, where: string): string {
	if (!/^[\x21-\x7e]+$/.test(token)) {
		throw usageError(`a token of ${where} has characters that a header cannot have`, "check it for spaces");
	}
	return token;
}
