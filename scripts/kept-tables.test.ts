import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { projectRoot } from "#src/process/entry-point.js";
import { matrixBenchResults } from "./matrix-bench/results.js";
import { tableOf as matrixBenchTable } from "./matrix-bench/table.js";
import { matrixSizeResults } from "./matrix-size/results.js";
import { tableOf as matrixSizeTable } from "./matrix-size/table.js";
import { headlineTable } from "./verdict-bench/headline-table.js";
import { verdictResults } from "./verdict-bench/results.js";
import { detectionTable } from "./verdict-bench/table.js";

it.each([
	["verdict-bench.md", "headlines", () => headlineTable(verdictResults().results)],
	["verdict-bench.md", "table", () => detectionTable(verdictResults().results)],
	["matrix-bench.md", "table", () => matrixBenchTable(matrixBenchResults().results)],
	["matrix-size.md", "table", () => matrixSizeTable(matrixSizeResults().results)],
] as const)(
	"%s shows under %s what the kept results say (else run its script with --runs 0 --write)",
	(page, name, table) => {
		const text = readFileSync(join(projectRoot, "docs", page), "utf8");
		const shown = text.split(`<!-- ${name}: begin -->\n`)[1]?.split(`\n<!-- ${name}: end -->`)[0];
		expect(shown?.split("\n")).toEqual(table());
	},
);
