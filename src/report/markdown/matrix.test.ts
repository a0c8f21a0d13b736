import { describe, expect, it } from "vitest";
import { sampleMatrix, sampleMatrixNothing } from "../../../test/fixtures/report/sample-matrix.js";
import { renderMatrixMarkdown } from "./matrix.js";

const { run } = sampleMatrix();
const text = renderMatrixMarkdown(run);

describe("the matrix in Markdown", () => {
	it("answers first, then the layers by cost", () => {
		expect(text).toMatch(/^\*\*Of 9 layers and groups on GET \/metrics, @&#8203;fastify\/compress costs most/);
		expect(text).toContain(
			"| <code>@fastify/compress</code> | +21.3 µs | [19.8 … 22.8] | ≠ +14.9 µs | ~ | +690 µs | ~ | +1.18 ms | +9.19 KiB | −1,640 requests/s | **costs** |",
		);
		expect(text).toContain(
			"| layer | CPU/request | interval | hooks skipped | p50 | p50 loaded | p99 | p99 loaded | bytes | requests/s | verdict |",
		);
		expect(text).toMatch(
			/^\| <code>@fastify\/under-pressure<\/code> \| \+0\.10 µs \| .* \| {2}\| ~ \| ~ \| ~ \| ~ \| ~ \| ~ \| nothing \|$/m,
		);
	});

	it("has as many cells in every row of a table", () => {
		for (const block of text.split("\n\n").filter((each) => each.startsWith("|"))) {
			const widths = block.split("\n").map((line) => line.split(/(?<!\\)\|/).length);
			expect(new Set(widths).size).toBe(1);
		}
	});

	it("warns outside, and folds variants, profile and method away", () => {
		const [outside = "", inside = ""] = text.split("<details>");
		expect(outside).toContain("**!** The layers do not simply add up");
		expect(outside).toContain("- warning: @&#8203;fastify/compress: skipping its hooks");
		expect(inside).toContain("| bare control |");
		expect(inside).toContain("≠ Measured more than the profile shows: it may make others work");
		expect(inside).toContain("<code>@fastify/cookie</code>: needed.");
		expect(inside).toContain("Seed 90210");
	});

	it("leaves no markup to the target", () => {
		expect(text).not.toContain("<img");
		expect(text).toContain("&lt;img src=x onerror=alert(1)&gt;");
		expect(text.endsWith("</details>\n")).toBe(true);
	});

	it("says why there is nothing", () => {
		expect(renderMatrixMarkdown(sampleMatrixNothing().run)).toBe(
			"**Nothing could be measured: bare exited with code 1 before it listened.**\n",
		);
	});
});
