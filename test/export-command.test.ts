import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Profile } from "pprof-format";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { CallTreeBuilder, totalTicks } from "#src/analyse/call-tree/call-tree.js";
import { describeFrame } from "#src/analyse/call-tree/frame-kind.js";
import type { ProfileRecord } from "#src/model/profile.js";
import type { FlameRun, RunRecord } from "#src/model/run.js";
import { entryPoint } from "#src/process/entry-point.js";
import { sampleFlame, sampleLoad, valid } from "./fixtures/report/sample-run.js";
import { type CliResult, runCli, temporaryFolder } from "./support/run-cli.js";

const CPU_NS = 182_300;
const BYTES = 9_413;
const TIMEOUT_MS = 90_000;
const temporary = temporaryFolder();

/** Names that would break a line, a recursion, and ticks that were shared out. */
const heapTree = (() => {
	const frame = (name: string, line: number) =>
		describeFrame({ name, url: "/srv/gateway/src/app.ts", line, column: 7 });
	const builder = new CallTreeBuilder();
	const [serve, render] = [frame("serve", 3), frame("render", 20)];
	builder.addStack([serve, render], 700.25);
	builder.addStack([serve, render, render], 100.5);
	builder.addStack([serve, frame("a;b\nc d", 30)], 120.125);
	builder.addSelf(builder.child(builder.child(builder.root, serve), render, true), 19.125);
	return builder.build();
})();

const flame = sampleFlame();
const run = withHeap(flame.run);
const trees = new Map([...flame.trees, ["heap", heapTree]]);
const treeFiles = Object.fromEntries(
	run.profiles.map(({ id, treeFile }) => [treeFile ?? "", JSON.stringify(trees.get(id))]),
);

function withHeap(of: FlameRun): FlameRun {
	const [clean, ...others] = of.measurements;
	if (clean === undefined) throw new Error("the sample has no measurement");
	const heap = {
		...(of.profiles[0] as ProfileRecord),
		id: "heap",
		collector: "heap",
		measures: "allocation" as const,
		treeFile: "heap/call-tree.json",
	};
	return valid({
		...of,
		measurements: [{ ...clean, allocation: { bytesPerRequest: BYTES, totalBytes: 1e9, pauses: [] } }, ...others],
		profiles: [...of.profiles, heap],
	});
}

function stored(name: string, record: RunRecord, files: Readonly<Record<string, string>>): string {
	const folder = join(temporary, name);
	for (const [file, content] of Object.entries({ ...files, "run.json": JSON.stringify(record) })) {
		mkdirSync(dirname(join(folder, file)), { recursive: true });
		writeFileSync(join(folder, file), content);
	}
	return folder;
}

const whole = stored("whole", run, treeFiles);
const exportOf = (folder: string, ...args: string[]): Promise<CliResult> =>
	runCli(["export", folder, "--format", ...args]);
const sum = (values: readonly number[]): number => values.reduce((all, each) => all + each, 0);

describe("az-prof export writes", { timeout: TIMEOUT_MS }, () => {
	const callFrame = z.strictObject({
		functionName: z.string(),
		scriptId: z.string(),
		url: z.string(),
		lineNumber: z.number().int().min(-1),
		columnNumber: z.number().int().min(-1),
	});
	const count = z.number().int().nonnegative();

	it("Chrome's Profiler.Profile, of the first CPU profile, and says which", async () => {
		const { stdout, stderr } = await exportOf(whole, "cpuprofile");
		expect(stderr).toMatch(/this is v8; --profile takes 0x as well/);
		const { nodes, samples, timeDeltas, startTime, endTime } = z
			.strictObject({
				nodes: z.array(z.strictObject({ id: count, callFrame, hitCount: count, children: z.array(count).optional() })),
				startTime: count,
				endTime: count,
				samples: z.array(count),
				timeDeltas: z.array(count),
			})
			.parse(JSON.parse(stdout));
		const ids = nodes.map(({ id }) => id).sort();
		expect(nodes[0]?.callFrame.functionName).toBe("(root)");
		// Each but the root is called by exactly one.
		expect([nodes[0]?.id, ...nodes.flatMap(({ children }) => children ?? [])].sort()).toEqual(ids);
		expect(timeDeltas.length).toBe(samples.length);
		expect([sum(timeDeltas), endTime - startTime]).toEqual([CPU_NS, CPU_NS]);
		expect(sum(nodes.map(({ hitCount }) => hitCount))).toBe(samples.length);
	});

	it("Chrome's HeapProfiler.SamplingHeapProfile, of the only heap profile", async () => {
		const { stdout, stderr } = await exportOf(whole, "heapprofile");
		expect(stderr).toBe("");
		const node = z.strictObject({
			callFrame,
			selfSize: count,
			id: count,
			get children() {
				return z.array(node);
			},
		});
		const sample = z.strictObject({ size: count, nodeId: count, ordinal: count });
		const { head, samples } = z.strictObject({ head: node, samples: z.array(sample) }).parse(JSON.parse(stdout));
		expect(head.selfSize).toBe(0);
		expect(sum(samples.map(({ size }) => size))).toBe(BYTES * 1_000);
	});

	it("folded stacks that add up, whatever is in a name", async () => {
		const { stdout } = await exportOf(whole, "folded", "--profile", "heap");
		const lines = stdout.trimEnd().split("\n");
		expect(sum(lines.map((line) => Number(/ (\d+)$/.exec(line)?.[1])))).toBe(BYTES);
		expect(lines.length).toBe(3);
		expect(stdout).toContain("a:b c d (/srv/gateway/src/app.ts:30) ");
	});

	it("pprof to a file, exact in its sums", async () => {
		const file = join(temporary, "heap.pb.gz");
		const { code, stdout, stderr } = await exportOf(whole, "pprof", "--profile", "heap", "-o", file);
		expect([code, stdout]).toEqual([0, ""]);
		expect(stderr).toMatch(/wrote .*heap\.pb\.gz, for go tool pprof/);
		const { sample } = Profile.decode(gunzipSync(readFileSync(file)));
		const columns = [0, 1].map((column) => sum(sample.map(({ value }) => Number(value[column]))));
		expect(columns).toEqual([Math.round(totalTicks(heapTree)), BYTES]);
	});

	const withoutGo = spawnSync("go", ["version"]).error !== undefined;
	it.skipIf(withoutGo)("pprof that go tool pprof reads", async () => {
		const file = join(temporary, "cpu.pb.gz");
		await exportOf(whole, "pprof", "-o", file);
		expect(execFileSync("go", ["tool", "pprof", "-top", file], { encoding: "utf8" })).toMatch(/182\.30?us total/);
	});

	it("the answer of any run in Markdown, and figures as CSV", async () => {
		const { stdout: answer } = await exportOf(whole, "markdown");
		expect(answer).toMatch(/GET \/metrics costs 182 µs of CPU a request[\s\S]*\| --: \|/);
		const { stdout: ofLoad } = await exportOf(stored("load-answer", sampleLoad().run, {}), "markdown");
		expect(ofLoad).toMatch(/\| .*health\/live.* \|/);
		const { stdout: figures } = await exportOf(whole, "csv");
		const [head = [], first = [], ...rest] = figures.split("\r\n").map((line) => line.split(","));
		expect(first.length).toBe(head.length);
		expect(rest.length).toBe(run.measurements.length);
		expect(first[head.indexOf("cpu_ns_per_request")]).toBe(String(CPU_NS));
	});

	it("to a reader that goes away", () => {
		const command = `"${process.execPath}" "${entryPoint("cli")}" export "${whole}" --format speedscope | head -c 1`;
		const { status, stdout, stderr } = spawnSync("bash", ["-o", "pipefail", "-c", command], { encoding: "utf8" });
		expect([status, stdout, stderr]).toEqual([0, "{", ""]);
	});
});

describe("az-prof export refuses in one sentence, with exit code 2", { timeout: TIMEOUT_MS }, () => {
	const withHeapFile = (name: string, content: string): string =>
		stored(name, run, { ...treeFiles, "heap/call-tree.json": content });
	const changed = (change: (node: (typeof heapTree.nodes)[number], index: number) => object): string =>
		JSON.stringify({ frames: heapTree.frames, nodes: heapTree.nodes.map(change) });

	it.each<[string, () => string[], RegExp]>([
		[
			"a heap profile of a run without one",
			() => [stored("flame", flame.run, treeFiles), "heapprofile"],
			/has no heap profile.*az-prof alloc \/metrics makes/,
		],
		[
			"a profile of a load",
			() => [stored("load", sampleLoad().run, {}), "speedscope"],
			/has no profile.*az-prof flame/,
		],
		[
			"bytes as time",
			() => [whole, "cpuprofile", "--profile", "heap"],
			/of allocated bytes; take --format heapprofile/,
		],
		["a profile that is not there", () => [whole, "folded", "--profile", "v9"], /no profile "v9".*did you mean "v8"/],
		[
			"a file that cannot be",
			() => [whole, "folded", "--profile", "v8", "-o", join(temporary, "no", "folder")],
			/cannot write .*ENOENT/,
		],
		[
			"calls that go in a circle",
			() => [
				withHeapFile(
					"circle",
					changed((node, index) => (index === 1 ? { ...node, parent: 2 } : node)),
				),
				"pprof",
				"--profile",
				"heap",
				"-o",
				join(temporary, "x"),
			],
			/call tree of heap cannot be read: .*circle/,
		],
		[
			"a profile without ticks",
			() => [
				withHeapFile(
					"empty",
					changed((node) => ({ ...node, selfTicks: 0 })),
				),
				"heapprofile",
			],
			/call tree of heap cannot be read: it has no ticks/,
		],
		[
			"a tree that is cut short",
			() => [withHeapFile("cut", "{"), "heapprofile"],
			/call tree of heap cannot be read: it is cut short or not JSON/,
		],
	])("%s", async (_, args, sentence) => {
		const [folder = "", ...rest] = args();
		const { code, stdout, stderr } = await exportOf(folder, ...rest);
		expect([code, stdout]).toEqual([2, ""]);
		expect(stderr).toMatch(sentence);
		expect(stderr.trimEnd().split("\n").length, stderr).toBe(1);
	});
});
