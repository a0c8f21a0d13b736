/** The histogram files of a run, read by HdrHistogram's own tools and by a log reader that is always there. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { HistogramLogReader } from "hdr-histogram-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Window } from "#src/model/measurement.js";
import { runRecordSchema } from "#src/model/run.js";
import { runCli, temporaryFolder } from "./support/run-cli.js";

const JAR = "/usr/share/java/hdrhistogram.jar";
const hasTools = existsSync(JAR) && spawnSync("java", ["-version"]).error === undefined;
const out = temporaryFolder();
const csv = join(out, "figures.csv");

const server = createServer((_, response) => setTimeout(() => response.end("ok"), Math.random() * 20));
let folder: string;
let measurement: Window;
const fileNamed = (end: string): string =>
	readdirSync(join(folder, "histograms"))
		.filter((name) => name.endsWith(end))
		.map((name) => join(folder, "histograms", name))[0] ?? expect.fail(`no ${end}`);

beforeAll(async () => {
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const load = ["load", "/=1,2", "--url", url, "--warmup", "100ms", "--out", out, "--csv", csv];
	const open = await runCli([...load, "--rate", "300", "-d", "1200ms", "--json"]);
	expect([open.stderr, open.code]).toEqual(["", 0]);
	const answer = JSON.parse(open.stdout);
	folder = answer.folder;
	measurement = runRecordSchema.parse(answer).measurements[0] as Window;
}, 60_000);
afterAll(() => {
	server.close();
	server.closeAllConnections();
});

const processed = (...args: string[]): string =>
	execFileSync("java", ["-cp", JAR, "org.HdrHistogram.HistogramLogProcessor", ...args], { encoding: "utf8" });
/** Without the number of buckets, which is the memory that a histogram was given and nothing about its values. */
const values = (text: string): string[] =>
	text
		.trimEnd()
		.split("\n")
		.filter((line) => !line.startsWith("#[Buckets"));
/** The distribution at the end of what HistogramLogProcessor prints. */
const distribution = (text: string): string => text.slice(text.indexOf("       Value"));

describe("histogram files", () => {
	it("are read by a log reader, tag by tag, with nothing lost", () => {
		const reader = new HistogramLogReader(readFileSync(fileNamed(".hlog"), "utf8"));
		const counts: Record<string, number> = {};
		for (let next = reader.nextIntervalHistogram(); next !== null; next = reader.nextIntervalHistogram()) {
			counts[next.tag ?? ""] = (counts[next.tag ?? ""] ?? 0) + next.totalCount;
		}
		expect(counts[""] ?? counts["NO TAG"]).toBe(measurement.counts.ok);
		for (const { name, count } of measurement.series) expect(counts[name]).toBe(count);
		expect(Object.keys(counts)).toContain("response");
	});

	it.skipIf(!hasTools)("are to HdrHistogram's own tools what they are to us", () => {
		const log = fileNamed(".hlog");
		const tags = processed("-i", log, "-listtags");
		for (const { name } of measurement.series) expect(tags).toContain(name);
		const service = distribution(processed("-i", log));
		const response = distribution(processed("-i", log, "-tag", "response"));
		const ours = readFileSync(fileNamed(".hlog").replace(/hlog$/, "hgrm"), "utf8");
		expect(values(ours)).toEqual(values(service));
		expect(values(readFileSync(fileNamed(".response.hgrm"), "utf8"))).toEqual(values(response));
	});

	it("are exported from the record", async () => {
		const exported = (...args: string[]) => runCli(["export", folder, "--format", ...args]);
		const [response, log, unknown] = await Promise.all([
			exported("hgrm"),
			exported("hlog"),
			exported("hgrm", "--series", "respons"),
		]);
		expect(response.stderr).toMatch(/this is the response time; --series service/);
		expect(response.stdout).toBe(readFileSync(fileNamed(".response.hgrm"), "utf8"));
		expect(response.stdout).toMatch(/^ +Value +Percentile TotalCount 1\/\(1-Percentile\)\n\n[\s\S]*#\[Mean +=/);
		expect(log.stdout).toBe(readFileSync(fileNamed(".hlog"), "utf8"));
		expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringMatching(/did you mean "response"\?/)]);
	});

	it("stand beside a CSV that runs are appended to", () => {
		const [head = [], open = [], ...rest] = readFileSync(csv, "utf8")
			.split("\r\n")
			.map((line) => line.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/));
		expect(rest).toEqual([[""]]);
		const cell = (name: string) => open[head.indexOf(name)];
		expect(cell("path")).toBe('"/=1,2"');
		expect([cell("planned_requests_per_second"), cell("clients"), cell("missed")]).toEqual(["300", "", "0"]);
		expect(Number(cell("response_p50_ns"))).toBeGreaterThanOrEqual(Number(cell("p50_ns")));
		expect(Number(cell("p50_ns"))).toBeGreaterThan(1e6);
	});
});
