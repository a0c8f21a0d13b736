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

	it.each<[Answer, Answer, string]>([
		[json(1), { ...json(1), status: 404 }, "base answers 200, head 404"],
		[json(1), text("1"), "base answers application/json, head text/plain"],
		[json({ a: 1, b: 2 }), json({ a: 1 }), 'the body has "b" in base only'],
		[json({ a: 1 }), json({ a: 1, b: 2 }), 'the body has "b" in head only'],
		[json({ a: { b: 1 } }), json({ a: { b: "1" } }), "the body.a.b is a number in base and a string in head"],
		[json({ a: null }), json({ a: {} }), "the body.a is null in base and an object in head"],
		[json([1, 2]), json([1]), "the body has 2 elements in base and 1 in head"],
		[json([{ a: 1 }]), json([{ b: 1 }]), 'the body[0] has "a" in base only'],
		[text("short"), text("very much longer"), "the body of base has 5 characters, that of head 16"],
	])("are different work where status, type or shape differ (%#)", (base, head, difference) => {
		expect(answerDifference(base, head)).toBe(difference);
	});
});
