import { type ChildProcess, spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import type { SeenProcess } from "./descendants.js";
import { entryPoint } from "./entry-point.js";
import type { InheritedMark } from "./inherited-mark.js";
import { ownSession } from "./session-mark.js";

let warden: ChildProcess | undefined;

/** Everything that the warden can be told; it acts on it when we are gone, however we went. */
export const tellWarden = {
	/** A process group of ours, with the mark that its leader hands down. */
	watch: (pid: number, mark: InheritedMark | null): void => say(`watch ${pid} ${mark ?? ""}`.trimEnd()),
	/** Something that a watched process has started, itself included. */
	saw: (root: number, { pid, startedAtTicks }: SeenProcess): void => say(`saw ${root} ${pid} ${startedAtTicks}`),
	/** A watched process and what it started have ended. */
	forget: (pid: number): void => {
		if (warden !== undefined) say(`forget ${pid}`);
	},
};

/** A folder of ours that is to be removed when we are gone; returns what removes it before that. */
export function keepFolder(folder: string): () => Promise<void> {
	say(`keep ${folder}`);
	return async () => {
		await rm(folder, { recursive: true, force: true, maxRetries: 3 });
		say(`removed ${folder}`);
	};
}

function say(line: string): void {
	warden ??= startWarden();
	warden.stdin?.write(`${line}\n`);
}

function startWarden(): ChildProcess {
	const child = spawn(process.execPath, [entryPoint("process/warden"), ownSession], {
		// Where we were started may be a folder that is to be removed.
		cwd: "/",
		stdio: ["pipe", "ignore", "ignore"],
		detached: true,
	});
	// A warden that cannot run must not take the measurement with it.
	child.on("error", () => {});
	child.stdin.on("error", () => {});
	child.unref();
	// One that was stopped would not see that we are gone.
	process.once("exit", () => child.kill("SIGCONT"));
	(child.stdin as unknown as { unref(): void }).unref();
	return child;
}
