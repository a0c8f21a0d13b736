import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { FlameRun } from "#src/model/run.js";
import { anyRun } from "../../test/fixtures/report/sample-run.js";
import { listRuns } from "./list-runs.js";
import { readRun } from "./read-run.js";
import { readTree, readTrees } from "./read-tree.js";
import { createRunFolder } from "./run-folder.js";

let out = "";
beforeEach(() => {
	out = mkdtempSync(join(tmpdir(), "az-prof-runs-"));
});
afterEach(() => rmSync(out, { recursive: true, force: true }));

const emptyRecord = (id: string): FlameRun => ({
	...anyRun("flame", ["flame"]),
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
		[
			"from the future",
			'{"format": "az-prof-run", "version": 99}',
			/a newer az-prof .*version 99.*; use a newer az-prof$/,
		],
		[
			"of an older az-prof",
			'{"format": "az-prof-run", "version": 1}',
			/an older az-prof wrote it in version 1 .*reads version 2; run the measurement again$/,
		],
		["damaged", '{"format": "az-prof-run", "version": 2, "command": "flame", "id": 7}', /id: .*changed or damaged/],
		["of no command that there is", '{"format": "az-prof-run", "version": 2, "command": "x"}', /command: .*damaged/],
	])("refuses a record that is %s", async (_, content, message) => {
		const path = broken(content);
		expect(() => readRun(path)).toThrow(message);
		expect(await listRuns(out)).toMatchObject([{ path, brief: null, problem: expect.stringMatching(message) }]);
	});

	it("refuses a run that is not there, and an ambiguous name", () => {
		expect(() => readRun("nothing", out)).toThrow(/there is no run "nothing"/);
		for (const folder of [create(), create()]) folder.saveRecord(emptyRecord(folder.id));
		expect(() => readRun("2026", out)).toThrow(/fits 2 runs/);
	});

	describe("call trees", () => {
		const ticks = { total: 0, idle: 0, busy: 0, garbageCollector: 0, unknown: 0, lost: 0, ambiguous: 0, putBack: 0 };
		const profile = (id: string, treeFile: string): FlameRun["profiles"][number] => ({
			id,
			variant: null,
			collector: id,
			measures: "cpu",
			measurementId: "",
			cleanMeasurementId: null,
			ticks,
			treeFile,
			files: [],
			notes: [],
		});
		const tree = {
			frames: [{ name: "(root)", file: null, line: null, column: null, kind: "native" as const, package: null }],
			nodes: [
				{ frame: 0, parent: -1, selfTicks: 0 },
				{ frame: 0, parent: 0, selfTicks: 3 },
			],
		};
		const treesOf = (folder: ReturnType<typeof create>, profiles: FlameRun["profiles"]): string[] => {
			folder.saveRecord({ ...emptyRecord(folder.id), profiles });
			return [...readTrees(readRun(folder.id, out)).keys()];
		};

		it("are given back but for one that is damaged", () => {
			const folder = create();
			const whole = profile("v8", folder.saveTree("v8/call-tree.json", tree));
			const damaged = profile("0x", folder.saveFile("0x/call-tree.json", "{"));
			expect(treesOf(folder, [whole, damaged])).toEqual(["v8"]);
			expect(readTree(readRun(folder.id, out), whole)).toEqual(tree);
		});

		it("are not read outside of the run's folder, neither by a path nor through a link", () => {
			const folder = create();
			const outside = join(out, "outside.json");
			writeFileSync(outside, JSON.stringify(tree));
			symlinkSync(outside, join(folder.path, "link.json"));
			symlinkSync(out, join(folder.path, "up"));
			const leading = ["../outside.json", "v8/../../outside.json", outside, "link.json", "up/outside.json"];
			const profiles = leading.map((path, index) => profile(`p${index}`, path));
			expect(treesOf(folder, profiles)).toEqual([]);
			for (const each of profiles) {
				expect(() => readTree(readRun(folder.id, out), each)).toThrow(/call tree of p\d cannot be read: /);
			}
		});
	});
});
