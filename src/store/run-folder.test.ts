import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FlameRun } from "#src/model/run.js";
import { anyRun } from "../../test/fixtures/report/sample-run.js";
import { readRun } from "./read-run.js";
import { createRunFolder } from "./run-folder.js";

let out = "";
beforeEach(() => {
	out = mkdtempSync(join(tmpdir(), "az-prof-runs-"));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

const emptyRecord = (id: string): FlameRun => ({
	...anyRun("flame", ["flame", "--token", "s3cr3t-token"]),
	id,
	command: "flame",
	measurements: [],
	profiles: [],
	agreements: [],
});

const create = (secrets: string[] = []) =>
	createRunFolder({
		command: "flame",
		startedAt: new Date("2026-01-02T03:04:05Z"),
		out,
		secrets,
		firstRecord: emptyRecord,
	});

describe("a run folder", () => {
	it("is found again by its id, a part of it, its path, or as the latest", () => {
		const folder = create();
		folder.saveRecord(emptyRecord(folder.id));
		expect(folder.id).toMatch(/^2026-01-02T030405Z-flame-[0-9a-f]{6}$/);
		for (const name of [
			folder.id,
			folder.id.slice(0, 12),
			folder.id.slice(-6),
			"latest",
			folder.path,
			join(folder.path, "run.json"),
		]) {
			expect(readRun(name, out).record.id).toBe(folder.id);
		}
	});

	it("keeps itself out of a stranger's commits", () => {
		create();
		expect(readFileSync(join(out, ".gitignore"), "utf8")).toBe("*\n");
	});

	it("never holds a secret", () => {
		const folder = create(["s3cr3t-token"]);
		folder.saveRecord(emptyRecord(folder.id));
		const text = readFileSync(join(folder.path, "run.json"), "utf8");
		expect(text).not.toContain("s3cr3t");
		expect(text).toContain("[secret]");
	});

	it("says in one sentence that it cannot be made", () => {
		const file = join(out, "a-file");
		writeFileSync(file, "");
		expect(() =>
			createRunFolder({ command: "flame", startedAt: new Date(), out: file, secrets: [], firstRecord: emptyRecord }),
		).toThrow(/cannot write to the run folder .*; free some space or choose another folder with --out/);
	});
});
