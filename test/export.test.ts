import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { functionTicks, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import { parseCpuProfile, plainCallTree } from "#src/analyse/import/v8/cpu-profile.js";
import type { ProfileRecord } from "#src/model/profile.js";
import { exportFormats } from "#src/report/export/export-run.js";
import type { Exported } from "#src/report/export/exported.js";
import type { FormatName } from "#src/report/export/format-names.js";
import { costPerRequest } from "#src/report/figures/profile-cost.js";
import { sampleFlame } from "./fixtures/report/sample-run.js";
import { runCli, temporaryFolder } from "./support/run-cli.js";
import { type Speedscope, startSpeedscope } from "./support/speedscope.js";

const { run, trees } = sampleFlame();
const [profile] = run.profiles as [ProfileRecord];
const tree = trees.get(profile.id);
if (tree === undefined) throw new Error("the sample has no tree");
const ofCpu: Exported = { run, profile, tree };
const ofBytes: Exported = { ...ofCpu, profile: { ...profile, measures: "allocation", cleanMeasurementId: null } };
const [hottest] = functionTicks(tree);
const hottestShare = (hottest?.selfTicks ?? 0) / totalTicks(tree);

function written(name: FormatName, exported: Exported): string | Uint8Array {
	const format = exportFormats[name];
	if (format.of === "profile") return format.write(exported);
	if (format.of === "profiles") return format.write([exported]);
	throw new Error(`${name} is not of a profile`);
}

describe("speedscope reads", () => {
	let speedscope: Speedscope;
	beforeAll(async () => {
		speedscope = await startSpeedscope();
	});
	afterAll(() => speedscope?.end());
	const perRequest = costPerRequest(run, profile) ?? Number.NaN;
	const ticks = totalTicks(tree);

	it.each<[FormatName, string, Exported, number]>([
		["cpuprofile", "cpu.cpuprofile", ofCpu, perRequest],
		["heapprofile", "heap.heapprofile", ofBytes, ticks],
		["folded", "stacks.folded", ofCpu, perRequest],
		["speedscope", "run.speedscope.json", ofCpu, perRequest],
	])("%s, with the total and the hottest function", async (name, file, exported, total) => {
		const [read] = await speedscope.read(file, written(name, exported));
		expect(Math.abs((read?.total ?? 0) / total - 1)).toBeLessThan(0.02);
		const [first] = read?.functions.filter((each) => each.name !== "(root)") ?? [];
		expect(first?.name).toContain(hottest?.frame.name);
		expect(Math.abs((first?.self ?? 0) / (read?.total ?? 1) - hottestShare)).toBeLessThan(0.02);
	});
});

describe("other readers", () => {
	it("V8's format gives the same tree back", () => {
		const back = plainCallTree(parseCpuProfile(JSON.parse(String(written("cpuprofile", ofCpu)))));
		expect(functionTicks(back).length).toBe(functionTicks(tree).filter(({ totalTicks: all }) => all > 0).length);
		const { samples, timeDeltas, nodes, endTime } = JSON.parse(String(written("cpuprofile", ofCpu)));
		expect(samples.length).toBe(timeDeltas.length);
		const ids = new Set(nodes.map(({ id }: { id: number }) => id));
		expect(samples.every((id: number) => ids.has(id))).toBe(true);
		const perThousand = ((costPerRequest(run, profile) ?? Number.NaN) / 1e3) * 1_000;
		expect(Math.abs(endTime / perThousand - 1)).toBeLessThan(0.001);
	});

	it("pprof-format reads pprof, with the cost of a request and the hottest function", () => {
		const decoded = Profile.decode(gunzipSync(written("pprof", ofCpu)));
		const text = (index: number | bigint): string => decoded.stringTable.strings[Number(index)] ?? "";
		expect(decoded.sampleType.map(({ type, unit }) => [text(type), text(unit)])).toEqual([
			["samples", "count"],
			["cpu", "nanoseconds"],
		]);
		const perRequest = costPerRequest(run, profile) ?? Number.NaN;
		const total = decoded.sample.reduce((sum, { value }) => sum + Number(value[1]), 0);
		expect(Math.abs(total / perRequest - 1)).toBeLessThan(0.01);
		const names = new Map(decoded.function.map(({ id, name }) => [Number(id), text(name)]));
		const self = new Map<string, number>();
		for (const { locationId, value } of decoded.sample) {
			const leaf = decoded.location.find(({ id }) => Number(id) === Number(locationId[0]));
			const name = names.get(Number(leaf?.line[0]?.functionId)) ?? "";
			self.set(name, (self.get(name) ?? 0) + Number(value[1]));
		}
		const [first] = [...self].sort((a, b) => b[1] - a[1]);
		expect(first?.[0]).toBe(hottest?.frame.name);
		expect(Math.abs((first?.[1] ?? 0) / total - hottestShare)).toBeLessThan(0.02);
	});
});

describe("az-prof export", () => {
	const out = temporaryFolder();
	it.each<[string, string[], RegExp]>([
		["a run that does not exist", ["nothing", "--format", "csv"], /there is no run "nothing"/],
		["a format that does not exist", ["nothing", "--format", "cpuprofil"], /did you mean cpuprofile\?/],
	])("refuses %s", async (_, args, why) => {
		const { code, stderr } = await runCli(["export", ...args, "--out", out]);
		expect(code).toBe(2);
		expect(stderr).toMatch(why);
	});

	it("guards names that a spreadsheet would take for formulas", () => {
		const format = exportFormats.csv;
		if (format.of !== "run" || format.writeProfile === null) throw new Error("csv is of a run");
		const frames = tree.frames.map((frame, index) =>
			index === tree.nodes[1]?.frame ? { ...frame, name: "=1+1" } : frame,
		);
		expect(format.writeProfile({ ...ofCpu, tree: { ...tree, frames } })).toContain("\n'=1+1,");
	});
});
