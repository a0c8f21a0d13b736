import { execFileSync, spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/support/run-cli.js";
import { tokensOf } from "./token-options.js";

const folder = temporaryFolder();
const { signal } = new AbortController();

describe("tokens", () => {
	it("come from the option, a file's first line, the lines of a file, or the environment", async () => {
		const file = join(folder, "tokens");
		writeFileSync(file, "# two of them\none\n\n  two \n");
		expect(await tokensOf({}, {}, signal)).toEqual([]);
		expect(await tokensOf({}, { AZ_PROF_TOKEN: "env" }, signal)).toEqual(["env"]);
		expect(await tokensOf({ token: "typed" }, { AZ_PROF_TOKEN: "env" }, signal)).toEqual(["typed"]);
		expect(await tokensOf({ token: `@${file}` }, {}, signal)).toEqual(["one"]);
		expect(await tokensOf({ tokens: file }, {}, signal)).toEqual(["one", "two"]);
	});

	it.skipIf(process.platform === "win32")("may come from a pipe, which can be read once", async () => {
		const pipe = join(folder, "pipe");
		execFileSync("mkfifo", [pipe]);
		spawn("sh", ["-c", 'echo piped > "$0"', pipe], { stdio: "ignore" });
		expect(await tokensOf({ token: `@${pipe}` }, {}, signal)).toEqual(["piped"]);
		rmSync(pipe);
		expect(await tokensOf({ token: `@${pipe}` }, {}, signal)).toEqual(["piped"]);
	});

	it("are refused where a header cannot have them, without being shown", async () => {
		const refused = tokensOf({ token: "two words" }, {}, signal);
		await expect(refused).rejects.toThrow(/--token has characters/);
		await expect(refused).rejects.not.toThrow(/two words/);
		await expect(tokensOf({ token: "a", tokens: "b" }, {}, signal)).rejects.toThrow(/both name tokens/);
	});
});
