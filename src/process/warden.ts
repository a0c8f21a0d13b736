/**
 * A process that outlives its owner for a moment. It reads "watch <pid>" and "forget <pid>" from standard input; when
 * that closes, for whatever reason (the owner ended, was killed with SIGKILL, crashed), it ends every watched process
 * group and everything else that carries the session's mark. It has no other way to end, and none to start anything.
 */
import { createInterface } from "node:readline";
import { endGroups } from "./end-group.js";
import { SESSION_MARK } from "./session-mark.js";

const session = process.argv[2] ?? "";
const watched = new Set<number>();

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
	const [verb, text] = line.split(" ");
	const pid = Number(text);
	if (!Number.isInteger(pid) || pid <= 1) return;
	if (verb === "watch") watched.add(pid);
	else if (verb === "forget") watched.delete(pid);
});
lines.on("close", () => {
	void endGroups([...watched], { mark: { name: SESSION_MARK, value: session }, graceMs: 1_500 }).finally(() =>
		process.exit(0),
	);
});
