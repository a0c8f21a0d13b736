import { describe, expect, it } from "vitest";
import { type Answer, answerDifference } from "./answer.js";

const json = (value: unknown): Answer => ({
	status: 200,
	contentType: "application/json",
	body: JSON.stringify(value),
});
const text = (body: string): Answer => ({ status: 200, contentType: "text/plain", body });

describe("two answers", () => {
	it.each([
		[json({ id: 1, at: "a" }), json({ id: 2, at: "b" })],
		[json([{ id: 1 }, { id: 2 }]), json([{ id: 3 }, { id: 4 }])],
		[json([]), json([])],
		[json(null), json(null)],
		[text("one two three"), text("one two thred")],
		[text(""), text("")],
	])("are the same work where only values differ (%#)", (base, head) => {
		expect(answerDifference(base, head)).toBeNull();
	});

	it.each<[Answer, Answer, ReturnType<typeof answerDifference>]>([
		[json(1), { ...json(1), status: 404 }, { kind: "status", base: 200, head: 404 }],
		[json(1), text("1"), { kind: "content type", base: "application/json", head: "text/plain" }],
		[json({ a: 1, b: 2 }), json({ a: 1 }), { kind: "key", path: "", key: "b", onlyIn: "base" }],
		[json({ a: 1 }), json({ a: 1, b: 2 }), { kind: "key", path: "", key: "b", onlyIn: "head" }],
		[
			json({ a: { b: 1 } }),
			json({ a: { b: "1" } }),
			{ kind: "JSON type", path: ".a.b", base: "number", head: "string" },
		],
		[json({ a: null }), json({ a: {} }), { kind: "JSON type", path: ".a", base: "null", head: "object" }],
		[json([1, 2]), json([1]), { kind: "elements", path: "", base: 2, head: 1 }],
		[json([{ a: 1 }]), json([{ b: 1 }]), { kind: "key", path: "[0]", key: "a", onlyIn: "base" }],
		[text("short"), text("very much longer"), { kind: "length", baseCharacters: 5, headCharacters: 16 }],
	])("are different work where status, type or shape differ (%#)", (base, head, difference) => {
		expect(answerDifference(base, head)).toEqual(difference);
	});
});
