import { expect, it } from "vitest";
import { cutLines, visibleStyledText, visibleText } from "./visible-text.js";

it("shows what would act on a terminal, and leaves line ends and tabs", () => {
	expect(visibleText("a\tb\n\u001b]0;title\u0007\u009b2J\r")).toBe("a\tb\n\\u001b]0;title\\u0007\\u009b2J\\u000d");
});

it("shows what turns the direction of writing round", () => {
	expect(visibleText("exe.\u202egnp")).toBe("exe.\\u202egnp");
});

it("keeps our own colours, and nothing else that begins like them", () => {
	expect(visibleStyledText("\u001b[1;32mgood\u001b[0m \u001b[2J")).toBe("\u001b[1;32mgood\u001b[0m \\u001b[2J");
});

it("cuts long lines, each by itself, and says how much is missing", () => {
	expect(cutLines(`${"a".repeat(12)}\nshort`, 10)).toBe(`${"a".repeat(10)}… (2 more characters)\nshort`);
	expect(cutLines(`${"a".repeat(20)}the end`, 10, 7)).toBe("aaa… (17 more characters) …the end");
});
