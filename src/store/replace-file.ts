import { renameSync, rmSync, writeFileSync } from "node:fs";

/**
 * Writes a file as a whole: a reader sees the old one or the new one, and a failure leaves no draft behind. A link of this name is
 * replaced and not followed.
 */
export function replaceFile(file: string, content: string | Uint8Array): void {
	const draft = `${file}.${process.pid}.tmp`;
	try {
		rmSync(draft, { force: true });
		writeFileSync(draft, content, { flag: "wx" });
		renameSync(draft, file);
	} catch (error) {
		rmSync(draft, { force: true });
		throw error;
	}
}
