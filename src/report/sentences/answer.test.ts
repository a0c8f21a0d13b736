import { expect, it } from "vitest";
import { answerOf } from "./answer.js";

/** Of words of nine letters. */
const sentence = (letter: string, length: number): string => `${`${letter.repeat(9)} `.repeat(length / 10).trim()}.`;

it("holds as many sentences as two lines, the first in any case, in their order", () => {
	const [a, b, c, d] = [sentence("a", 100), sentence("b", 100), sentence("c", 100), sentence("d", 10)];
	expect(answerOf([a, ` ${b}`, ` ${c}`, ` ${d}`])).toEqual({ headline: `${a} ${b}`, besides: `${c} ${d}` });
	expect(answerOf([a, "", b])).toEqual({ headline: `${a} ${b}`, besides: "" });
	const long = sentence("x", 400);
	expect(answerOf([long, d])).toEqual({ headline: long, besides: d });
	expect(answerOf([])).toEqual({ headline: "", besides: "" });
});
