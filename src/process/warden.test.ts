import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "./entry-point.js";
import { processTable } from "./process-table.js";

const isAlive = (pid: number): boolean => processTable().some((entry) => entry.pid === pid && entry.state !== "Z");

it("no folder that we made for a while is left when we are killed with SIGKILL", async () => {
	const [kept, removed] = ["a folder", "another"].map((name) => mkdtempSync(join(tmpdir(), `az-prof-test-${name}-`)));
	const owner = spawn(
		process.execPath,
		[
			"--input-type=module",
			"-e",
			`import { keepFolder } from ${JSON.stringify(`${projectRoot}/dist/process/warden-line.js`)};
			keepFolder(${JSON.stringify(kept)});
			await keepFolder(${JSON.stringify(removed)})();
			console.log("ready");
			setInterval(() => {}, 1000);`,
		],
		{ stdio: ["ignore", "pipe", "inherit"] },
	);
	await once(owner.stdout, "data");
	expect([kept, removed].map((folder) => existsSync(folder as string))).toEqual([true, false]);
	// Somebody else's by now: it must not be removed again.
	mkdirSync(removed as string);
	owner.kill("SIGKILL");
	try {
		await expect.poll(() => existsSync(kept as string), { timeout: 20_000 }).toBe(false);
		expect(existsSync(removed as string)).toBe(true);
	} finally {
		rmSync(removed as string, { recursive: true });
	}
});

it.each([
	["a well-behaved child", "setInterval(() => {}, 1000)"],
	["a child that ignores SIGTERM", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"],
	["a child that was stopped", "process.kill(process.pid, 'SIGSTOP')"],
])("no process is left of %s when its owner is killed with SIGKILL", async (_, script) => {
	const owner = spawn(
		process.execPath,
		[
			"--input-type=module",
			"-e",
			`import { startChild } from ${JSON.stringify(`${projectRoot}/dist/process/child.js`)};
			const child = await startChild({ argv: [process.execPath, "-e", ${JSON.stringify(script)}], stdio: "ignore" });
			console.log(child.pid);
			setInterval(() => {}, 1000);`,
		],
		{ stdio: ["ignore", "pipe", "inherit"] },
	);
	const [data] = (await once(owner.stdout, "data")) as [Buffer];
	const pid = Number(data.toString());
	expect(isAlive(pid)).toBe(true);
	owner.kill("SIGKILL");
	await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
});
