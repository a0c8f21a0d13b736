import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RunRecord } from "#src/model/run.js";
import { createRunFolder, listRuns, readRun, readTrees } from "./run-folder.js";

let out = "";
beforeEach(() => {
	out = mkdtempSync(join(tmpdir(), "az-prof-runs-"));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

const emptyRecord = (id: string): RunRecord => ({
	format: "az-prof-run",
	version: 1,
	id,
	command: "load",
	commandLine: ["az-prof", "load", "--token", "s3cr3t-token"],
	startedAt: "2026-01-02T03:04:05.000Z",
	finishedAt: null,
	status: "partial",
	partialReason: "it did not finish",
	tool: { version: "0.0.0", nodeVersion: "20" },
	machine: {
		platform: "linux",
		release: "",
		arch: "x64",
		cpuModel: "",
		cpus: 2,
		memoryBytes: 1,
		loadAverage1m: 0,
		stealShare: null,
	},
	target: {
		kind: "url",
		argv: null,
		cwd: null,
		origin: null,
		nodeVersion: null,
		v8Version: null,
		pinnedCpus: null,
		git: null,
		logFiles: [],
	},
	measurements: [],
	profiles: [],
	agreements: [],
	comparison: null,
	matrix: null,
	load: null,
	allocation: null,
	doctor: null,
	calibration: null,
	findings: [],
});

const create = (secrets: string[] = []) =>
	createRunFolder({
		command: "load",
		startedAt: new Date("2026-01-02T03:04:05Z"),
		out,
		secrets,
		firstRecord: emptyRecord,
	});

describe("a run folder", () => {
	it("is found again by its id, a part of it, its path, or as the latest", () => {
		const folder = create();
		folder.saveRecord(emptyRecord(folder.id));
		expect(folder.id).toMatch(/^2026-01-02T030405Z-load-[0-9a-f]{6}$/);
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
			createRunFolder({ command: "load", startedAt: new Date(), out: file, secrets: [], firstRecord: emptyRecord }),
		).toThrow(/cannot write to the run folder .*; free some space or choose another folder with --out/);
	});
});

describe("reading", () => {
	const broken = (content: string): string => {
		const folder = create();
		folder.saveFile("run.json", content);
		return folder.path;
	};

	it.each([
		["cut short", '{"format": "az-prof-run", "ver', /cut short or not JSON/],
		["another tool's", "{}", /not a record of az-prof/],
		["not even an object", "null", /not a record of az-prof/],
		["from the future", '{"format": "az-prof-run", "version": 99}', /version 99.*use a newer az-prof/],
		["damaged", '{"format": "az-prof-run", "version": 1, "id": 7}', /id: .*changed or damaged/],
	])("refuses a record that is %s", (_, content, message) => {
		const path = broken(content);
		expect(() => readRun(path)).toThrow(message);
		expect(listRuns(out)).toMatchObject([{ path, record: null, problem: expect.stringMatching(message) }]);
	});

	it("refuses a run that is not there, and an ambiguous name", () => {
		expect(() => readRun("nothing", out)).toThrow(/there is no run "nothing"/);
		for (const folder of [create(), create()]) folder.saveRecord(emptyRecord(folder.id));
		expect(() => readRun("2026", out)).toThrow(/fits 2 runs/);
	});

	it("gives back the trees, and leaves out one that is damaged", () => {
		const folder = create();
		const record = emptyRecord(folder.id);
		const tree = {
			frames: [{ name: "(root)", file: null, line: null, column: null, kind: "native" as const, package: null }],
			nodes: [
				{ frame: 0, parent: -1, selfTicks: 0 },
				{ frame: 0, parent: 0, selfTicks: 3 },
			],
		};
		const ticks = { total: 0, idle: 0, busy: 0, garbageCollector: 0, unknown: 0, lost: 0, ambiguous: 0, putBack: 0 };
		const profile = {
			measurementId: "",
			cleanMeasurementId: null,
			ticks,
			files: [],
			notes: [],
			measures: "cpu" as const,
			readings: null,
		};
		record.profiles = [
			{ ...profile, id: "v8", variant: null, collector: "v8", treeFile: folder.saveTree("v8/call-tree.json", tree) },
			{ ...profile, id: "0x", variant: null, collector: "0x", treeFile: folder.saveFile("0x/call-tree.json", "{") },
		];
		folder.saveRecord(record);
		expect([...readTrees(readRun(folder.id, out))]).toEqual([["v8", tree]]);
	});
});
