import type { AnswerDifference, JsonType } from "#src/model/answer-difference.js";

const jsonTypes: Readonly<Record<JsonType, string>> = {
	null: "null",
	list: "a list",
	object: "an object",
	string: "a string",
	number: "a number",
	boolean: "a boolean",
};

/** How two answers differ, as the end of a sentence: "base answers 200, head 404". */
export function answerDifferenceClause(
	difference: AnswerDifference,
	[base, head]: readonly [base: string, head: string] = ["base", "head"],
): string {
	switch (difference.kind) {
		case "status":
			return `${base} answers ${difference.base}, ${head} ${difference.head}`;
		case "content type":
			return `${base} answers ${difference.base ?? "without a type"}, ${head} ${difference.head ?? "without a type"}`;
		case "length":
			return `the body of ${base} has ${difference.baseCharacters} characters, that of ${head} ${difference.headCharacters}`;
		case "JSON type":
			return `the body${difference.path} is ${jsonTypes[difference.base]} in ${base} and ${jsonTypes[difference.head]} in ${head}`;
		case "elements":
			return `the body${difference.path} has ${difference.base} elements in ${base} and ${difference.head} in ${head}`;
		case "key":
			return `the body${difference.path} has "${difference.key}" in ${difference.onlyIn === "base" ? base : head} only`;
	}
}
