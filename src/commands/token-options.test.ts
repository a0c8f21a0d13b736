import { execFileSync, spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/support/run-cli.js";
import { tokensOf } from "./token-options.js";

const folder = temporaryFolder();

describe("tokens", () => {
	it("come from the option, a file's first line, the lines of a file, or the environment", () => {
		const file = join(folder, "tokens");
		writeFileSync(file, "# two of them\none\n\n  two \n");
		expect(tokensOf({}, {})).toEqual([]);
		expect(tokensOf({}, { AZ_PROF_TOKEN: "env" })).toEqual(["env"]);
		expect(tokensOf({ token: "typed" }, { AZ_PROF_TOKEN: "env" })).toEqual(["typed"]);
		expect(tokensOf({ token: `@${file}` }, {})).toEqual(["one"]);
		expect(tokensOf({ tokens: file }, {})).toEqual(["one", "two"]);
	});

	it.skipIf(process.platform === "win32")("may come from a pipe, which can be read once", () => {
		const pipe = join(folder, "pipe");
		execFileSync("mkfifo", [pipe]);
		spawn("sh", ["-c", 'echo piped > "$0"', pipe], { stdio: "ignore" });
		expect(tokensOf({ token: `@${pipe}` }, {})).toEqual(["piped"]);
		rmSync(pipe);
		expect(tokensOf({ token: `@${pipe}` }, {})).toEqual(["piped"]);
	});

	it("are refused where a header cannot have them, without being shown", () => {
		expect(() => tokensOf({ token: "two words" }, {})).toThrow(/--token has characters/);
		expect(() => tokensOf({ token: "two words" }, {})).not.toThrow(/two words/);
		expect(() => tokensOf({ token: "a", tokens: "b" }, {})).toThrow(/both name tokens/);
	});
});
