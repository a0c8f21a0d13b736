import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { temporaryFolder } from "../../test/support/run-cli.js";
import { cutMiddle } from "./bounded-file.js";

const bounds = { mostBytes: 1_000, headBytes: 20, tailBytes: 30 };
const file = join(temporaryFolder(), "log");
const [ours, writers] = [openSync(file, "a+"), openSync(file, "a")];
afterAll(() => [ours, writers].forEach(closeSync));

it("keeps the beginning and the end of a file that others write, and says what it cut", () => {
	writeSync(writers, "the beginning\n");
	cutMiddle(ours, bounds);
	expect(readFileSync(file, "utf8")).toBe("the beginning\n");
	writeSync(writers, "x".repeat(5_000));
	writeSync(writers, "the end\n");
	cutMiddle(ours, bounds);
	writeSync(writers, "and on\n");
	const text = readFileSync(file, "utf8");
	expect(text).toMatch(/^the beginning\nx{6}\n\[az-prof cut 0 MiB out of this log here: .*\]\nx{22}the end\nand on\n$/);
});
