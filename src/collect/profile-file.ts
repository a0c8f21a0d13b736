import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { KnownError, messageOf } from "#src/errors.js";

/** Writing a profile of a long window takes a while under load. */
export const CALL_TIMEOUT_MS = 60_000;
/** A larger file is refused: read into memory it would be many times its size. */
const LARGEST_FILE_BYTES = 512 * 1024 ** 2;

/**
 * Reads a profile that a target has left in a collector's folder.
 * @throws KnownError COLLECTOR_FAILED where it is missing, cut short, or too large
 */
export async function readProfile(folder: string, name: string): Promise<unknown> {
	const file = join(folder, name);
	try {
		const { size } = await stat(file);
		if (size > LARGEST_FILE_BYTES) throw new Error(`it has ${Math.round(size / 1024 ** 2)} MiB, too much to be read`);
		return JSON.parse(await readFile(file, "utf8"));
	} catch (error) {
		throw new KnownError({
			code: "COLLECTOR_FAILED",
			what: `the target did not leave a readable ${name}`,
			why: messageOf(error),
			fix: "check that the target may write to the run folder; a shorter --duration makes smaller files",
			cause: error,
		});
	}
}
