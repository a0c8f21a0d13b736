import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/support/run-cli.js";
import { openTargetLog, type TargetLog } from "./target-log.js";

const folder = temporaryFolder();
const SECRET = "s3cr3t-value";

const write = ({ stdio }: TargetLog, text: string, times = 1): void => {
	const script = "process.stdout.write(process.argv[1].repeat(process.argv[2]));process.stderr.write('err\\n')";
	execFileSync("node", ["-e", script, text, String(times)], { stdio });
};

describe("a target's log", () => {
	it("is a file that the target writes, where there are no secrets", () => {
		const file = join(folder, "plain.log");
		const log = openTargetLog(file, [], true);
		write(log, "one\n\ntwo\n");
		expect(log.tail(2)).toEqual(["two", "err"]);
		log.close();
		expect(readFileSync(file, "utf8")).toBe("one\n\ntwo\nerr\n");
	});

	it("has a tail of short lines, also where the target ends none", () => {
		const log = openTargetLog(join(folder, "endless.log"), [SECRET], true);
		write(log, `token ${SECRET} ${"x".repeat(1_000)}`, 300);
		const [line = "", ...others] = log.tail(9);
		expect(line).toMatch(/^x+ ?token \[secret\] x.*… \(\d+ more characters\)$/);
		expect(line.length).toBeLessThan(1_100);
		expect(others).toEqual([]);
		log.close();
	});

	it("is nowhere to be found with a secret, and its tail is without it", () => {
		const own = join(folder, "unkept");
		execFileSync("mkdir", [own]);
		const log = openTargetLog(join(own, "a.log"), [SECRET], false);
		write(log, `token ${SECRET}\n`);
		expect(readdirSync(own)).toEqual([]);
		expect(log.tail(9)).toEqual(["token [secret]", "err"]);
		log.close();
		expect(readdirSync(own)).toEqual([]);
	});

	it("is kept without it where that is asked for, also over what is read at once, and after one of the same name", () => {
		const file = join(folder, "kept.log");
		for (let start = 0; start < 2; start++) {
			const log = openTargetLog(file, [SECRET], true);
			write(log, `${"x".repeat(97)} ${SECRET}\n`, 12_000);
			write(log, `end ${Buffer.from(SECRET).toString("hex")}`);
			expect(existsSync(file)).toBe(start > 0);
			log.close();
		}
		const kept = readFileSync(file, "utf8");
		expect(kept).not.toContain(SECRET);
		expect(kept.match(/\[secret\]/g)).toHaveLength(2 * 12_001);
	});
});
