import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { fixture, runCli, temporaryFolder } from "./support/run-cli.js";

const out = temporaryFolder();

it("the log of a target that floods it stays small, and says that it was cut", async () => {
	const options = ["-d", "2s", "--warmup", "200ms", "-c", "2", "--out", out];
	const result = await runCli(["load", "/", ...options, "--", "node", fixture("floods-log.cjs")]);
	expect(result.code).toBe(0);
	const log = join(out, readdirSync(out).find((name) => name.includes("-load-")) ?? "", "target-clean.log");
	expect(statSync(log).size).toBeLessThanOrEqual(64 * 1024 * 1024);
	expect(readFileSync(log, "latin1")).toMatch(/^\[az-prof cut \d+ MiB out of this log here/m);
});
