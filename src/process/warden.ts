/**
 * A process that outlives its owner for a moment. It reads "watch <pid>" and "forget <pid>", "keep <folder>" and "removed <folder>"
 * from standard input; when that closes, for whatever reason (the owner ended, was killed with SIGKILL, crashed), it ends every
 * watched process group and everything else that carries the session's mark, and removes the folders that are left. It has no other
 * way to end, and none to start anything.
 */
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { endGroups } from "./end-group.js";
import { SESSION_MARK } from "./session-mark.js";

const session = process.argv[2] ?? "";
const watched = new Set<number>();
const folders = new Set<string>();

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
	const [, verb, what = ""] = /^(\w+) (.+)$/.exec(line) ?? [];
	if (verb === "keep") folders.add(what);
	else if (verb === "removed") folders.delete(what);
	const pid = Number(what);
	if (!Number.isInteger(pid) || pid <= 1) return;
	if (verb === "watch") watched.add(pid);
	else if (verb === "forget") watched.delete(pid);
});
lines.on("close", () => {
	void endGroups([...watched], { mark: { name: SESSION_MARK, value: session }, graceMs: 1_500 }).finally(() => {
		for (const folder of folders) rmSync(folder, { recursive: true, force: true });
		process.exit(0);
	});
});
