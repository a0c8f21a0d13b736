/** Runs that views are drawn of, as run folders: samples and recordings of the tests, told stories, and whatever was recorded elsewhere. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseCpuProfile, plainCallTree } from "#src/analyse/import/v8/cpu-profile.js";
import { parseFunctionRanges } from "#src/analyse/import/v8/function-ranges.js";
import { putBackInlinedFrames } from "#src/analyse/inlining/inlined-frames.js";
import type { CallTree } from "#src/model/call-tree.js";
import { profilesOf } from "#src/model/parts-of-run.js";
import type { RunRecord } from "#src/model/run.js";
import { projectRoot } from "#src/process/entry-point.js";
import { fileNameOf } from "#src/store/file-name.js";
import { RECORD_FILE } from "#src/store/record-file.js";
import * as comparisons from "../../test/fixtures/report/sample-comparison.js";
import * as matrices from "../../test/fixtures/report/sample-matrix.js";
import * as samples from "../../test/fixtures/report/sample-run.js";
import { stories } from "../../test/support/simulated-world/stories.js";
import { SimulatedWorld } from "../../test/support/simulated-world/world.js";
import { readRecording } from "../../test/support/zero-x-recording.js";

/** One folder with its run.json. */
export interface RecordedRun {
	readonly name: string;
	readonly path: string;
	readonly record: RunRecord;
}

interface Report {
	readonly run: RunRecord;
	readonly trees: ReadonlyMap<string, CallTree>;
}

/** @param folder where they are written */
export async function recordedRuns(folder: string, others: string | null): Promise<RecordedRun[]> {
	const written = [...sampleReports(), ...recordings(), ...(await toldStories())].map(([name, report]) =>
		writeRun(folder, name, report),
	);
	return [...written, ...(others === null ? [] : copiedRuns(folder, others))];
}

function sampleReports(): [string, Report][] {
	return [samples, comparisons, matrices].flatMap((of) =>
		Object.entries(of).flatMap(([name, make]): [string, Report][] =>
			// What else these files export takes arguments, or makes no report.
			name.startsWith("sample") ? [[name, (make as () => Report)()]] : [],
		),
	);
}

/** What the real tools have recorded, each as the one profile of a run. */
function recordings(): [string, Report][] {
	const folder = join(projectRoot, "profiles/fixtures/v8");
	const v8 = readdirSync(folder).flatMap((version) =>
		readdirSync(join(folder, version)).flatMap((file): [string, CallTree][] => {
			const recording = JSON.parse(readFileSync(join(folder, version, file), "utf8"));
			const sampled = parseCpuProfile(recording.profile);
			const reference = {
				profile: parseCpuProfile(recording.reference),
				functions: parseFunctionRanges(recording.functions),
			};
			const name = `v8 ${version} ${file.replace(/\.json$/, "")}`;
			return [
				[name, putBackInlinedFrames(sampled, reference).tree],
				[`${name} as sampled`, plainCallTree(sampled)],
			];
		}),
	);
	const zeroX = ["hot-functions", "inlined-hook"].map((name): [string, CallTree] => [
		`0x ${name}`,
		readRecording(name).result.tree,
	]);
	const { run } = samples.sampleFlame();
	return [...v8, ...zeroX].map(([name, tree]) => {
		const [profile] = run.profiles;
		if (profile === undefined) throw new Error("the sample has no profile");
		return [name, { run: { ...run, profiles: [profile], agreements: [] }, trees: new Map([[profile.id, tree]]) }];
	});
}

/** A run of each command in a simulated world, whole, and cut short by Ctrl-C in its middle. */
async function toldStories(): Promise<[string, Report][]> {
	const told: [string, Report][] = [];
	for (const [name, tell] of Object.entries(stories)) {
		const whole = new SimulatedWorld({ target: healthyButLeaking });
		const { record, trees } = await tell(whole);
		told.push([`told ${name}`, { run: record, trees }]);
		const at = Math.round(whole.steps.calls.length / 2);
		const cut = await tell(new SimulatedWorld({ target: healthyButLeaking }, { at, what: "interrupt" }));
		told.push([`told ${name} until Ctrl-C`, { run: cut.record, trees: cut.trees }]);
	}
	return told;
}

const healthyButLeaking = () => ({ cpuNs: 5_000, leakBytes: 200, functions: { serve: 3_000, render: 2_000 } });

function writeRun(folder: string, name: string, { run, trees }: Report): RecordedRun {
	const path = join(folder, fileNameOf(name));
	write(join(path, RECORD_FILE), run);
	for (const { id, treeFile } of profilesOf(run)) {
		const tree = trees.get(id);
		if (treeFile !== null && tree !== undefined) write(join(path, treeFile), tree);
	}
	return { name, path, record: run };
}

function write(file: string, content: unknown): void {
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, JSON.stringify(content));
}

/** Copies, as drawing one writes its page into its folder. */
function copiedRuns(folder: string, from: string): RecordedRun[] {
	const names = readdirSync(from).filter((name) => existsSync(join(from, name, RECORD_FILE)));
	return names.sort().map((name) => {
		const path = join(folder, "recorded", name);
		cpSync(join(from, name), path, { recursive: true });
		return { name, path, record: JSON.parse(readFileSync(join(path, RECORD_FILE), "utf8")) };
	});
}
