import { expect, it } from "vitest";
import type { AnswerDifference } from "#src/model/answer-difference.js";
import { answerDifferenceClause } from "./answer-difference.js";

it.each<[AnswerDifference, string]>([
	[{ kind: "status", base: 200, head: 404 }, "base answers 200, head 404"],
	[{ kind: "content type", base: "text/html", head: null }, "base answers text/html, head without a type"],
	[{ kind: "length", baseCharacters: 100, headCharacters: 12 }, "the body of base has 100 characters, that of head 12"],
	[{ kind: "JSON type", path: "", base: "list", head: "object" }, "the body is a list in base and an object in head"],
	[{ kind: "elements", path: ".items", base: 3, head: 4 }, "the body.items has 3 elements in base and 4 in head"],
	[{ kind: "key", path: "[0]", key: "id", onlyIn: "head" }, 'the body[0] has "id" in head only'],
])("how answers differ (%#)", (difference, clause) => {
	expect(answerDifferenceClause(difference)).toBe(clause);
	expect(answerDifferenceClause(difference, ["A", "B"])).toBe(clause.replace("base", "A").replace("head", "B"));
});
