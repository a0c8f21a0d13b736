import { usageError } from "#src/errors.js";

/** @throws KnownError USAGE where the folder that we were started in is gone: then nothing relative can be found or made */
export function refuseRemovedFolder(): void {
	try {
		process.cwd();
	} catch {
		throw usageError("the current folder was removed", "change to one that exists (cd) and try again");
	}
}
