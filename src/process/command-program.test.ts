import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../test/support/run-cli.js";
import { whyNotStartable } from "./command-program.js";

const folder = temporaryFolder();
const bin = join(folder, "bin");
mkdirSync(bin);
writeFileSync(join(bin, "tool"), "", { mode: 0o755 });
writeFileSync(join(bin, "text"), "");
writeFileSync(join(folder, "server.js"), "");
writeFileSync(join(folder, "run"), "", { mode: 0o755 });
const path = `/nowhere:${bin}`;

it.each([["tool"], ["./run"], [join(bin, "tool")]])("%s can be started", (program) => {
	expect(whyNotStartable([program], folder, path)).toBeNull();
});

it.each([
	["none", "no such command; check the command after --"],
	["./none", "no such command; check the command after --"],
	["./server.js", "it is a file that is not executable; start it with node: node ./server.js"],
	["server.js", "no such command; it is a file here; start it with node: node server.js"],
	["run", "no such command; write ./run"],
	["text", "it is a file that is not executable; make it executable: chmod +x text"],
	["./bin", "it is a folder; name the file to run: node ./bin/server.js"],
	["node server.js", "no such command; leave out the quotation marks around the command"],
	["", "no such command; check the command after --"],
])("%j cannot", (program, sentence) => {
	const { why, fix } = whyNotStartable([program], folder, path) ?? {};
	expect(`${why}; ${fix}`).toBe(sentence);
});
