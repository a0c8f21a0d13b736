import { secretsOfArgv } from "./command-line.js";

const MOST_READ_BYTES = 1024 * 1024;

/** The secrets in the body of a request, by the names that stand beside them; of a large one those of its beginning. */
export const secretsOfBody = (body: Uint8Array): string[] =>
	secretsOfArgv([new TextDecoder().decode(body.subarray(0, MOST_READ_BYTES))]);
