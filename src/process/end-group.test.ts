import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { Descendants } from "./descendants.js";
import { endGroups } from "./end-group.js";
import { processesWithEnvironment, processTable, processTree } from "./process-table.js";

const started: ChildProcess[] = [];

function start(script: string, env: Record<string, string> = {}): ChildProcess & { pid: number } {
	const child = spawn(process.execPath, ["-e", script], {
		detached: true,
		stdio: ["ignore", "pipe", "ignore"],
		env: { ...process.env, ...env },
	});
	started.push(child);
	return child as ChildProcess & { pid: number };
}

const ready = (child: ChildProcess): Promise<unknown> => once(child.stdout as NodeJS.ReadableStream, "data");
const exists = (pid: number): boolean => processTable().some((entry) => entry.pid === pid && entry.state !== "Z");

afterEach(() => {
	for (const child of started.splice(0)) child.kill("SIGKILL");
});

const forever = "process.stdout.write('up'); setInterval(() => {}, 1000);";

describe("endGroups", () => {
	it("lets a process that listens to SIGTERM end by itself", async () => {
		const child = start(`process.on("SIGTERM", () => process.exit(7)); ${forever}`);
		await ready(child);
		const exit = once(child, "exit");
		await endGroups([child.pid], { graceMs: 5_000 });
		expect(await exit).toEqual([7, null]);
	});

	it("kills one that ignores SIGTERM", async () => {
		const child = start(`process.on("SIGTERM", () => {}); ${forever}`);
		await ready(child);
		const exit = once(child, "exit");
		await endGroups([child.pid], { graceMs: 200 });
		expect(await exit).toEqual([null, "SIGKILL"]);
	});

	it("ends one that was stopped with SIGSTOP", async () => {
		const child = start(forever);
		await ready(child);
		process.kill(child.pid, "SIGSTOP");
		const exit = once(child, "exit");
		await endGroups([child.pid], { graceMs: 2_000 });
		expect(await exit).toEqual([null, "SIGTERM"]);
	});

	it("ends grandchildren, in the group and, by the mark in their environment, outside of it", async () => {
		const script = `
			const { spawn } = require("node:child_process");
			const loop = ["-e", "setInterval(() => {}, 1000)"];
			const inside = spawn(process.execPath, loop, { stdio: "ignore" });
			const outside = spawn(process.execPath, loop, { stdio: "ignore", detached: true });
			console.log(inside.pid + " " + outside.pid);
			setInterval(() => {}, 1000);`;
		const mark = { name: "AZ_PROF_TEST_MARK", value: `${process.pid}-${Date.now()}` };
		const child = start(script, { [mark.name]: mark.value });
		const [data] = (await ready(child)) as [Buffer];
		const [inside, outside] = data.toString().split(" ").map(Number) as [number, number];
		expect(processTree(child.pid).sort()).toEqual([child.pid, inside, outside].sort());
		// A child has its own environment only after exec.
		await expect.poll(() => processesWithEnvironment(mark.name, mark.value).length).toBe(3);
		await endGroups([child.pid], { graceMs: 1_000, mark });
		expect([child.pid, inside, outside].filter(exists)).toEqual([]);
	});

	it("ends what is started while it ends, and tells it before it kills", async () => {
		const late = `process.on("SIGTERM", () => process.exit(3)); console.log(process.pid); setInterval(() => {}, 1000);`;
		const script = `
			const { spawn } = require("node:child_process");
			process.on("SIGTERM", () => {
				const late = spawn(process.execPath, ["-e", ${JSON.stringify(late)}], { detached: true, stdio: ["ignore", "inherit", "ignore"] });
				late.on("exit", (code, signal) => process.exit(code === 3 || signal === "SIGTERM" ? 3 : 4));
			});
			${forever}`;
		const child = start(script);
		await ready(child);
		const exit = once(child, "exit");
		await endGroups([child.pid], { graceMs: 5_000, descendants: [new Descendants(child.pid)] });
		expect(await exit).toEqual([3, null]);
	});

	it("is content with a group that is gone", async () => {
		const child = start("");
		await once(child, "exit");
		await endGroups([child.pid], { graceMs: 1_000 });
	});
});
