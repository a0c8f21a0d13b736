import { expect, it } from "vitest";
import type { RunSoFar } from "#src/investigate/run.js";
import type { FlameRun } from "#src/model/run.js";
import { sampleFlame } from "../../test/fixtures/report/sample-run.js";
import { RunningReport } from "./running-report.js";
import type { Terminal } from "./terminal.js";

function watched() {
	const written: string[] = [];
	const files: string[] = [];
	const terminal: Terminal = {
		out: () => {
			throw new Error("stdout is for the one answer at the end");
		},
		err: (text) => void written.push(text),
		progress: () => {},
		conceal: () => {},
		interactive: false,
		columns: 100,
		color: false,
	};
	const { run, trees } = sampleFlame();
	const soFar: RunSoFar<FlameRun> = {
		record: { ...run, state: { kind: "partial", reason: "it did not finish" } },
		trees,
		folder: {
			id: "run",
			path: "/runs/run",
			saveRecord: () => {},
			saveFile: (name) => {
				files.push(name);
				return name;
			},
			saveTree: (name) => name,
			subfolder: (name) => name,
		},
	};
	return { terminal, soFar, written, files };
}

it("tells the first answer once on stderr, and draws the page whenever there is more", async () => {
	const { terminal, soFar, written, files } = watched();
	const { answered } = new RunningReport({}, terminal);
	await answered?.(soFar, 1_000);
	await answered?.(soFar, 1_000);
	expect(files).toEqual(["report.html", "report.html"]);
	expect(written).toHaveLength(1);
	expect(written[0]?.replaceAll("\n", " ")).toMatch(
		/^Preliminary, after [\d.]+ (?:s|min.*): GET \/metrics costs .* So far: \/runs\/run\/report\.html\s+$/,
	);
	for (const line of written[0]?.split("\n") ?? []) expect(line.length).toBeLessThanOrEqual(100);
});

it("asks for no first answer where nobody would see it", () => {
	const { terminal } = watched();
	expect(new RunningReport({ json: true }, terminal).answered).toBeNull();
	expect(new RunningReport({ quiet: true }, terminal).answered).toBeNull();
	expect(new RunningReport({ json: true, open: true }, terminal).answered).not.toBeNull();
	expect(new RunningReport({}, terminal).answered).not.toBeNull();
});
