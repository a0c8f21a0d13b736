/** Numbers become text in report/numbers, findings become sentences in report/sentences, and nobody reads them back. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");

const sources = ["src", "middleware-matrix"].flatMap((folder) =>
	readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
		.map((file) => `${folder}/${file.replaceAll("\\", "/")}`)
		.filter((file) => /\.ts$/.test(file) && !/\.test\.ts$|\.generated\.ts$/.test(file))
		.map((file) => ({ file, text: readFileSync(join(ROOT, file), "utf8") })),
);
const filesWith = (pattern: RegExp, among = sources): string[] =>
	among
		.filter(({ text }) => pattern.test(text))
		.map(({ file }) => file)
		.sort();

describe("numbers", () => {
	/** Not for a report: file formats of others, an answer of the gateway, names of windows, what is refused in options. */
	const elsewhere = [
		"src/analyse/latency/hgrm.ts",
		"src/analyse/latency/hlog.ts",
		"src/commands/parse.ts",
		"src/gateway/server-timing.ts",
		"src/investigate/find-limit.ts",
	];

	it("are written by report/numbers alone", () => {
		const found = filesWith(/\.(?:toFixed|toPrecision|toLocaleString)\(|\bIntl\.(?!Segmenter)/);
		expect(found.filter((file) => !file.startsWith("src/report/numbers/"))).toEqual(elsewhere);
	});

	it("are written as per cent by one file for all views, and by the two that refuse answers", () => {
		// With the blank that our text has before the sign; CSS has none.
		expect(filesWith(/\* 100\b[^\n]*\} %/)).toEqual([
			"middleware-matrix/story/variant.ts",
			"src/investigate/live-sides.ts",
			"src/report/numbers/shares.ts",
		]);
	});
});

describe("a finding", () => {
	it("carries no sentence, wherever it is made", () => {
		const makers = sources.filter(({ file }) =>
			/^(?:src\/(?:model|analyse|collect|sides|investigate|measure)|middleware-matrix)\//.test(file),
		);
		expect(filesWith(/\bsentence:/, makers)).toEqual([]);
	});

	it("is told by its code, not by a part of it, and its sentence is never read", () => {
		const readers = sources.filter(({ file }) =>
			/^(?:src\/(?:report|commands|investigate)|middleware-matrix)\//.test(file),
		);
		expect(filesWith(/\bcode\.(?:startsWith|endsWith|includes|match)\(/, readers)).toEqual([]);
		expect(
			filesWith(/(?:sentenceOf|headline|Sentence)\([^;]*\)\s*\.(?:split|match|replace|slice|startsWith|includes)\(/),
		).toEqual([]);
	});
});
