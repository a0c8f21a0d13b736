import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** The commit that a folder is at, and whether files differ from it; null where there is no repository or no git. */
export async function gitStateOf(folder: string): Promise<{ commit: string; dirty: boolean } | null> {
	const git = promisify(execFile);
	try {
		const [head, status] = await Promise.all([
			git("git", ["rev-parse", "HEAD"], { cwd: folder, timeout: 2_000 }),
			git("git", ["status", "--porcelain", "--untracked-files=no"], { cwd: folder, timeout: 2_000 }),
		]);
		return { commit: head.stdout.trim(), dirty: status.stdout.trim() !== "" };
	} catch {
		return null;
	}
}
