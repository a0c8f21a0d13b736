import { mkdtempSync, rmdirSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { KnownError } from "#src/errors.js";

/** Where folders are made that live no longer than we do. */
export interface TemporaryParent {
	readonly path: string;
	/** What the user should know of the choice; null where it is the system's own. */
	readonly remark: string | null;
}

/** A name of ours below it, "az-prof-XXXXXX/control.sock" with a slash before, is at most this long. */
const OWN_BYTES = 40;
const OWN_PREFIX = "az-prof-";
/** Longer names of sockets are cut without a word, the end of the text included: unix(7), and 104 elsewhere. */
const MOST_SOCKET_BYTES = process.platform === "linux" ? 108 : 104;
const MOST_PARENT_BYTES = MOST_SOCKET_BYTES - 1 - OWN_BYTES;

let chosen: TemporaryParent | undefined;

/**
 * The system's folder for temporary files (TMPDIR), or, where it cannot be used, another one. Chosen once, so that what is
 * left behind is found again.
 * @throws KnownError RUN_FOLDER where there is none at all
 */
export function temporaryParent(): TemporaryParent {
	chosen ??= chooseParent(tmpdir(), [process.env.XDG_RUNTIME_DIR ?? "", "/tmp", "/var/tmp", homedir()]);
	return chosen;
}

/** @param others in order of preference; what is empty or relative is none */
export function chooseParent(wanted: string, others: readonly string[]): TemporaryParent {
	const why = whyNot(wanted);
	if (why === null) return { path: wanted, remark: null };
	const path = others.find((other) => whyNot(other) === null);
	if (path !== undefined) return { path, remark: `the temporary folder ${shown(wanted)} ${why}; ${path} is used` };
	throw new KnownError({
		code: "RUN_FOLDER",
		what: `the temporary folder ${shown(wanted)} ${why}`,
		fix: "set TMPDIR to a folder that can be written, with a short name",
	});
}

function whyNot(folder: string): string | null {
	// Children that are started elsewhere would look for it there.
	if (!isAbsolute(folder)) return "has no absolute path";
	if (Buffer.byteLength(folder) > MOST_PARENT_BYTES) return "has too long a name for a socket in it";
	try {
		if (!statSync(folder).isDirectory()) return "is not a folder";
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "ENOENT" ? "does not exist" : "cannot be read";
	}
	try {
		// Rights alone do not tell: its disk may be full, or it may be one of the system's own (/proc).
		rmdirSync(mkdtempSync(join(folder, OWN_PREFIX)));
		return null;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "ENOSPC" ? "is full" : "cannot be written";
	}
}

const SHOWN = 60;
const shown = (folder: string): string => (folder.length > SHOWN ? `${folder.slice(0, SHOWN)}…` : folder);

/** A new, empty folder for as long as we live. `prefix` is short: the folder may hold a socket. */
export const makeTemporaryFolder = (prefix: string): string => mkdtempSync(join(temporaryParent().path, prefix));
