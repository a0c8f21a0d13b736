import stringWidth from "string-width";
import { expect, it } from "vitest";
import { seededRandom } from "#src/random.js";
import { widthOf } from "./width.js";

it.each([
	["", 0],
	["p99.9 ±1.8 % [−0.3 … 12] µs │█▏░ →", 34],
	["\u001b[1mbold\u001b[22m", 4],
	["\u001b]8;;https://a.b\u0007link\u001b]8;;\u0007", 4],
	["関数", 4],
	["한국어", 6],
	["e\u0301te\u0301", 3],
	["a\u00adb\u200bc", 3],
	["👨‍👩‍👧 family", 9],
	["❤️ 1️⃣ 🇩🇪", 8],
])("%j takes %i columns", (text, columns) => {
	expect(widthOf(text)).toBe(columns);
	expect(stringWidth(text)).toBe(columns);
});

it("agrees with string-width on texts of all kinds", () => {
	const random = seededRandom(5);
	const ranges = [
		[0x20, 0x7e],
		[0xa0, 0x24f],
		[0x300, 0x36f],
		[0x400, 0x4ff],
		[0x2010, 0x2bff],
		[0x3041, 0x30ff],
		[0x4e00, 0x9fff],
		[0xac00, 0xd7a3],
		[0x1f300, 0x1faff],
	] as const;
	const differing: string[] = [];
	for (let n = 0; n < 5_000; n++) {
		const codes = Array.from({ length: 4 }, () => {
			const [from, to] = ranges[Math.floor(random() * ranges.length)] ?? ranges[0];
			return from + Math.floor(random() * (to - from + 1));
		});
		const text = String.fromCodePoint(...codes);
		if (widthOf(text) !== stringWidth(text))
			differing.push(`${text} ${codes.map((code) => code.toString(16)).join(" ")}`);
	}
	expect(differing).toEqual([]);
});
