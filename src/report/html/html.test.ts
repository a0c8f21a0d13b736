import { createHash } from "node:crypto";
import { build, encodeIntoCompressedBase64 } from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { sampleFlame } from "../../../test/fixtures/report/sample-run.js";
import { jsonForScript } from "./escape.js";
import { renderHtml } from "./html.js";
import { packTree, unpackTree } from "./packed-tree.js";
import { percentilePoints } from "./percentile-points.js";

describe("the document", () => {
	it("is the same for the same run, and refers to nothing outside", () => {
		const html = renderHtml(sampleFlame());
		expect(renderHtml(sampleFlame())).toBe(html);
		const outside = html.match(/(?:src|href)\s*=\s*["']?https?:/g);
		expect(outside).toBeNull();
	});

	it("allows exactly the script and the style that it carries", () => {
		const html = renderHtml(sampleFlame());
		const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
		expect(policy).toContain("default-src 'none'");
		expect(policy).not.toContain("unsafe");
		for (const element of [/<style>([\s\S]*?)<\/style>/, /<script>([\s\S]*?)<\/script>/]) {
			const hash = createHash("sha256")
				.update(element.exec(html)?.[1] ?? "")
				.digest("base64");
			expect(policy).toContain(`'sha256-${hash}'`);
		}
	});

	it("escapes what stands in the document itself", () => {
		const { run, trees } = sampleFlame();
		const measurements = run.measurements.map((each) => ({
			...each,
			endpoint: { ...each.endpoint, path: "/<b>\"'&" },
		}));
		const html = renderHtml({ run: { ...run, measurements }, trees });
		expect(html).not.toContain("<b>");
		expect(html).toContain("GET /&lt;b&gt;&quot;&#39;&amp;");
	});
});

describe("jsonForScript", () => {
	it("has nothing that ends or opens a script element, and reads back the same", () => {
		const value = ["</script>", "<!--<script>", "]]>", "a\u2028b\u2029c", "&amp;", "\ud800", '"\\'];
		const text = jsonForScript(value);
		expect(text).not.toMatch(/[<>&\u2028\u2029]/);
		expect(JSON.parse(text)).toEqual(value);
	});
});

describe("percentilePoints", () => {
	it("finds the quantiles of a known distribution", () => {
		const histogram = build({ numberOfSignificantValueDigits: 3, highestTrackableValue: 60e9 });
		for (let i = 1; i <= 10_000; i++) histogram.recordValue(i * 1000);
		const points = percentilePoints(encodeIntoCompressedBase64(histogram));
		for (const { quantile, valueNs } of points.filter((each) => each.quantile > 0.01)) {
			expect(Math.abs(valueNs / (quantile * 10_000_000) - 1)).toBeLessThan(0.002);
		}
		expect(points.at(-1)?.quantile).toBeCloseTo(0.9999, 6);
	});

	it("is empty for an empty or a damaged histogram", () => {
		expect(percentilePoints(encodeIntoCompressedBase64(build()))).toEqual([]);
		expect(percentilePoints("not a histogram")).toEqual([]);
	});
});

describe("packTree", () => {
	it("comes back as it was", () => {
		const tree = sampleFlame().trees.get("v8");
		if (tree === undefined) throw new Error("the sample has no tree");
		expect(tree.nodes.some((node) => node.putBack)).toBe(true);
		expect(unpackTree(packTree(tree))).toEqual(tree);
	});
});
