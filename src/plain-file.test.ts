import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { temporaryFolder } from "../test/support/run-cli.js";
import { readFileOrPipe } from "./plain-file.js";

it("a pipe that nobody writes to is waited for a bounded time, whatever the collector collects", async () => {
	setFlagsFromString("--expose-gc");
	const collect = runInNewContext("gc") as () => void;
	const pipe = join(temporaryFolder(), "pipe");
	execFileSync("mkfifo", [pipe]);
	const collecting = setInterval(collect, 20);
	try {
		const read = readFileOrPipe(pipe, { mostBytes: 100, limitMs: 300, signal: new AbortController().signal });
		await expect(read).rejects.toThrow("nothing whole came within 0.3 s");
	} finally {
		clearInterval(collecting);
	}
});
