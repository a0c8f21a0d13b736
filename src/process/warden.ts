/**
 * A process that outlives its owner for a moment. It reads "watch <pid> [<mark>]", "saw <watched pid> <pid> <start>" and "forget <pid>",
 * "keep <folder>" and "removed <folder>" from standard input; when that closes, for whatever reason (the owner ended, was killed with
 * SIGKILL, crashed), it ends every watched process group, what was seen to be started by it, and everything else that carries the
 * session's mark, and removes the folders that are left. It has no other way to end, and none to start anything.
 */
import { createInterface } from "node:readline";
import { Descendants, type SeenProcess } from "./descendants.js";
import { endGroups } from "./end-group.js";
import { carriesMark, type InheritedMark } from "./inherited-mark.js";
import { removeKeptFolder } from "./kept-folder.js";
import { SESSION_MARK } from "./session-mark.js";

const session = process.argv[2] ?? "";
/** What is known of a process group, by its leader. */
interface Watched {
	readonly seen: SeenProcess[];
	readonly mark: InheritedMark | null;
}

const watched = new Map<number, Watched>();
const folders = new Set<string>();

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
	const [, verb, what = ""] = /^(\w+) (.+)$/.exec(line) ?? [];
	if (verb === "keep") folders.add(what);
	else if (verb === "removed") folders.delete(what);
	const words = what.split(" ");
	const [root = 0, pid = 0, startedAtTicks = 0] = words.map(Number);
	if (!isProcess(root)) return;
	if (verb === "watch") watched.set(root, { seen: [], mark: words[1] ?? null });
	else if (verb === "saw" && isProcess(pid)) watched.get(root)?.seen.push({ pid, startedAtTicks });
	else if (verb === "forget") watched.delete(root);
});
lines.on("close", () => {
	void endGroups([...watched.keys()], {
		mark: { name: SESSION_MARK, value: session },
		descendants: [...watched.values()].map(
			({ seen, mark }) => new Descendants(seen, undefined, (pid) => mark !== null && carriesMark(pid, mark)),
		),
		graceMs: 1_500,
	}).finally(() => {
		for (const folder of folders) removeKeptFolder(folder);
		process.exit(0);
	});
});

function isProcess(pid: number): boolean {
	return Number.isInteger(pid) && pid > 1;
}
