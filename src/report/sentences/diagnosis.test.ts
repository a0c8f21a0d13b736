import { describe, expect, it } from "vitest";
import { renderDiagnosisMarkdown } from "#src/report/markdown/diagnosis.js";
import { renderDiagnosis } from "#src/report/terminal/diagnosis.js";
import { sampleDiagnose, sampleDiagnoseUnproved } from "../../../test/fixtures/report/sample-diagnosis.js";
import { wholeAnswer } from "../../../test/support/whole-answer.js";
import { chainOf } from "./diagnosis.js";

const style = { columns: 100, color: false };

describe("the chain of a diagnosis", () => {
	const proved = sampleDiagnose().run;
	const unproved = sampleDiagnoseUnproved().run;

	it("goes from the verdict to the proof, each link with its figures", () => {
		const links = chainOf(proved);
		expect(links.map(({ name, isTold }) => [name, isTold])).toMatchObject([
			["verdict", true],
			["part", true],
			["function", expect.any(Boolean)],
			["line", true],
			["proof", true],
		]);
		expect(links[1]?.text).toBe("CPU a request: the application +10.0 µs [7.0 … 13.0]; all together +12.0 µs.");
		expect(links[3]?.text).toMatch(/^src\/metrics\.js:12–13, by aaaaaaa “Label by <header>”, \d+ \w+ old\.$/);
		expect(links[4]?.text).toBe(
			"Without it 97 % [88 … 106] of the regression in CPU is gone: 112 µs → 100 µs, base 100 µs, in 6 process sets.",
		);
	});

	it("says of each link that could not be told what is known", () => {
		const links = chainOf(unproved);
		expect(links.slice(3).map(({ isTold }) => isTold)).toEqual([false, false]);
		expect(links[3]?.text).toMatch(
			/^3 things differ, the most suspect first: src\/metrics\.js:12–13, .*Not taken apart: tools\/yarn\.lock/,
		);
		expect(links[4]?.text).toMatch(
			/^Nothing that was taken back by itself is the cause; tried: src\/metrics\.js:12–13 \(10 % \[−20 … 40\] of the regression is gone\); prom-client 15\.0\.0 → 15\.1\.3 \(not applied: it cannot/,
		);
	});

	it("is the headline in short", () => {
		expect(wholeAnswer(proved, new Map())).toMatch(
			/^Regressed: .* Cause: src\/metrics\.js:12–13, .* Without it 97 % \[88 … 106\]/i,
		);
		expect(wholeAnswer(unproved, new Map())).toMatch(/^Regressed: .* Nothing that was taken back/);
	});

	it("is drawn for a terminal, with the lines and what was tried", () => {
		const text = renderDiagnosis(proved, [], style);
		expect(text).toMatch(/^verdict {3}Regressed: /);
		expect(text).toContain("- \u0020 count(route);");
		expect(text).toMatch(/prom-client 15\.0\.0 → 15\.1\.3 {2,}–.*not started: /);
		expect(text).toMatch(/src\/metrics\.js:12–13 +97 % \[88 … 106\] +100 µs +112 µs +100 µs +6 +proved/);
	});

	it("is written as Markdown, in which nothing of the code is markup", () => {
		const text = renderDiagnosisMarkdown(proved, []);
		expect(text).toMatch(/^1\. \*\*verdict\*\*: Regressed/);
		expect(text).toContain("```diff\n-\tcount(route);\n+\tconst labels");
		expect(text).not.toContain("“Label by <header>”");
		expect(text.endsWith("\n")).toBe(true);
	});
});
