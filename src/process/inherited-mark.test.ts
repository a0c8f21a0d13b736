import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, it } from "vitest";
import { argvWithMark, carriesMark, newInheritedMark } from "./inherited-mark.js";

const start = (argv: readonly string[], options: { env?: NodeJS.ProcessEnv } = {}): ChildProcess & { pid: number } =>
	spawn(argv[0] as string, argv.slice(1), { stdio: ["pipe", "pipe", "ignore"], ...options }) as ChildProcess & {
		pid: number;
	};

it.runIf(process.platform === "linux")(
	"a mark goes on to what a process starts in a session of its own, without its environment",
	async () => {
		const mark = newInheritedMark();
		expect(mark).not.toBeNull();
		expect(newInheritedMark()).not.toBe(mark);
		const loop = "console.log(process.pid); process.stdin.on('end', () => process.exit()).resume();";
		const grandchild = ["setsid", "--wait", "env", "-i", process.execPath, "-e", loop];
		const child = start(argvWithMark(mark as string, grandchild));
		const pid = Number(String((await once(child.stdout as NodeJS.ReadableStream, "data"))[0]));
		expect(carriesMark(pid, mark as string)).toBe(true);
		expect(carriesMark(pid, newInheritedMark() as string)).toBe(false);
		expect(carriesMark(process.pid, mark as string)).toBe(false);
		const exit = once(child, "exit");
		child.stdin?.end();
		await exit;
		expect(carriesMark(pid, mark as string)).toBe(false);
	},
);
