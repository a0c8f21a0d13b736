import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { sampleLoad } from "../../test/fixtures/report/sample-run.js";
import { appendCsv, checkCsvFile } from "./csv-file.js";

const folder = mkdtempSync(join(tmpdir(), "az-prof-csv-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { run } = sampleLoad();

it("appends runs under one line of names", () => {
	const file = join(folder, "a.csv");
	for (let round = 0; round < 2; round++) {
		checkCsvFile(file);
		expect(appendCsv(file, run)).toBeNull();
	}
	const lines = readFileSync(file, "utf8").trimEnd().split("\r\n");
	expect(lines.length).toBe(1 + 2 * run.measurements.length);
	expect(lines.filter((line) => line.startsWith("run,started_at,id,"))).toEqual([lines[0]]);
	expect(lines[1]).toBe(lines[1 + run.measurements.length]);
	const [head = [], first = []] = lines.map((line) => line.split(","));
	const cell = (name: string) => first[head.indexOf(name)];
	// A closed loop.
	expect(["clients", "planned_requests_per_second", "missed", "response_p99_ns"].map(cell)).toEqual(["32", "", "", ""]);
});

it("writes no cell that a spreadsheet takes for a formula", () => {
	const [first] = run.measurements;
	const texts = ['=HYPERLINK("x")', "+1", "-1", "@a", "\t=1", "＝1", 'a,"b"\n'];
	const measurements = texts.map((id) => ({ ...(first ?? expect.fail()), id }));
	const file = join(folder, "formula.csv");
	appendCsv(file, { ...run, measurements });
	const text = readFileSync(file, "utf8");
	for (const quoted of [`"'=HYPERLINK(""x"")"`, "'+1", "'-1", "'@a", "'\t=1", "'＝1", `"a,""b""\n"`]) {
		expect(text).toContain(`,${quoted},`);
	}
});

it("refuses a file of something else before anything is measured", () => {
	const file = join(folder, "other.csv");
	writeFileSync(file, "a,b\r\n1,2\r\n");
	expect(() => checkCsvFile(file)).toThrow(/has other columns; give a new file/);
	expect(() => checkCsvFile("/health")).toThrow(/does not end in \.csv; write --csv figures\.csv/);
	expect(() => checkCsvFile(join(folder, "no", "a.csv"))).toThrow(/cannot write .*ENOENT.*; check --csv/);
	expect(readFileSync(file, "utf8")).toBe("a,b\r\n1,2\r\n");
});
