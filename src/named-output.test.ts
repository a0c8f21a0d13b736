import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { checkNamedOutput, writeNamedFile } from "./named-output.js";

const folder = mkdtempSync(join(tmpdir(), "az-prof-output-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function pipeOf(name: string): string {
	const pipe = join(folder, name);
	execFileSync("mkfifo", [pipe]);
	return pipe;
}

it("a file is appended to or replaced", () => {
	const file = join(folder, "plain");
	checkNamedOutput(file);
	writeNamedFile(file, "one\n", "append");
	writeNamedFile(file, "two\n", "append");
	expect(readFileSync(file, "utf8")).toBe("one\ntwo\n");
	writeNamedFile(file, Uint8Array.of(51), "replace");
	expect(readFileSync(file, "utf8")).toBe("3");
});

it("a pipe that nobody reads is refused at once, and not opened to be tried", () => {
	const pipe = pipeOf("unread");
	expect(() => checkNamedOutput(pipe)).not.toThrow();
	expect(() => writeNamedFile(pipe, "text", "append")).toThrow(/^nobody reads this pipe$/);
});

it("a pipe that is read gets all of it, however often it is full", async () => {
	const pipe = pipeOf("read");
	const reader = spawn("sh", ["-c", 'sleep 0.2; wc -c < "$0"', pipe], { stdio: ["ignore", "pipe", "ignore"] });
	let counted = "";
	reader.stdout.setEncoding("utf8").on("data", (text: string) => {
		counted += text;
	});
	const ended = once(reader, "exit");
	const holder = spawn("sh", ["-c", 'exec 3<>"$0"; echo open; sleep 5', pipe], { stdio: ["ignore", "pipe", "ignore"] });
	await once(holder.stdout, "data");
	await new Promise((resolve) => setTimeout(resolve, 400));
	writeNamedFile(pipe, "x".repeat(300_000), "append");
	holder.kill("SIGKILL");
	await ended;
	expect(Number(counted)).toBe(300_000);
});

it.each([
	["a folder", "."],
	["a place that there is not", "none/there"],
])("%s is an error of the system", (_, name) => {
	expect(() => checkNamedOutput(join(folder, name))).toThrow(/EISDIR|ENOENT/);
});
