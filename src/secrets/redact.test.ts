import { describe, expect, it } from "vitest";
import { redact, redactHeaders, redactPath, redactText, secretsOfHeaders } from "./redact.js";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("a text loses a secret in the shapes in which it comes back", () => {
	it.each([
		["as it is", "s3cr3t-value", "got s3cr3t-value!"],
		["after its scheme", "Bearer s3cr3t-value", "token s3cr3t-value"],
		["Basic, decoded", `Basic ${base64("me:pa55word")}`, "login me:pa55word"],
		["Basic, the password alone", `Basic ${base64("me:pa55word")}`, "password is pa55word."],
		["a password that is sent as Basic", "pa55word-of-me", `authorization: Basic ${base64("me:pa55word-of-me")}`],
		["a session id out of a cookie", "theme=dark; sid=9f8e7d6c5b", '{"session":"9f8e7d6c5b"}'],
		["a cookie that is percent-encoded", "sid=s%3Aabc.def%2Bghi", "session s:abc.def+ghi"],
		["in JSON", 'say "hush" \\ now', JSON.stringify({ token: 'say "hush" \\ now' })],
		["in JSON in JSON", 'say "hush" now', JSON.stringify(JSON.stringify({ token: 'say "hush" now' }))],
		["in a URL", "a b/c&d=e", "?q=a%20b%2Fc%26d%3De"],
		["in a form", "a b/c&d=e", "q=a+b%2Fc%26d%3De"],
		["in a page", 'a<b>"c"&d', "<p>a&lt;b&gt;&quot;c&quot;&amp;d</p>"],
		["as base64", "s3cr3t-value", base64("s3cr3t-value")],
		["within base64, behind one letter", "s3cr3t-value", base64("xs3cr3t-valueyz")],
		["within base64, behind two", "s3cr3t-value", base64("xxs3cr3t-valueyz")],
		["as hex", "s3cr3t-value", Buffer.from("s3cr3t-value").toString("hex")],
		["as hex in upper case", "s3cr3t-value", Buffer.from("s3cr3t-value").toString("hex").toUpperCase()],
	])("%s", (_, secret, text) => {
		const redacted = redactText(text, [secret]);
		expect(redacted).toContain("[secret]");
		const longest = secret.split(/\W/).sort((a, b) => b.length - a.length)[0] ?? "";
		expect(redacted).not.toContain(longest);
	});

	it("but a short one only where it stands alone", () => {
		expect(redactText("the dark and the darkest", ["dark"])).toBe("the [secret] and the darkest");
		expect(redactText("abc 1234", ["abc", "1234"])).toBe("abc 1234");
	});

	it("of two that begin alike the longer first, every time it stands there", () => {
		expect(redactText("abcdefgh-1 abcdefgh abcdefgh-1", ["abcdefgh", "abcdefgh-1"])).toBe("[secret] [secret] [secret]");
	});
});

it("headers keep the values of those alone that are known to be harmless", () => {
	const headers = { accept: "*/*", "content-type": "text/plain", "x-tenant": "acme", cookie: "a=b", apikey: "k" };
	expect(redactHeaders(headers)).toEqual({
		accept: "*/*",
		"content-type": "text/plain",
		"x-tenant": "[secret]",
		cookie: "[secret]",
		apikey: "[secret]",
	});
	expect(secretsOfHeaders(headers)).toEqual(["acme", "a=b", "k"]);
});

it("paths lose values of their query by name, however short", () => {
	expect(redactPath("/a?page=2&token=x&api%5Fkey=y&n={{seq}}&key={{uuid}}")).toBe(
		"/a?page=2&token=[secret]&api%5Fkey=[secret]&n={{seq}}&key={{uuid}}",
	);
});

describe("a value loses secrets at any depth", () => {
	it("but not the words that its readers go by", () => {
		const record = { command: "load", notes: ["load it with load-token"], argv: ["node", "--password", "ab"] };
		expect(redact(record, ["load", "load-token"], new Set(["load"]))).toEqual({
			command: "load",
			notes: ["[secret] it with [secret]"],
			argv: ["node", "--password", "[secret]"],
		});
	});
});
