import { describe, expect, it } from "vitest";
import { encodeRequest } from "./encode-request.js";

const HOST = "127.0.0.1:3000";
const request = { method: "GET", path: "/items?a=1", headers: [] as string[], body: null as Buffer | null };
const encoded = (changes: Partial<typeof request>): string =>
	encodeRequest({ ...request, ...changes }, HOST).toString("latin1");

describe("a request", () => {
	it("has host, connection and its headers, as they are written", () => {
		expect(encoded({ headers: ["X-Name", "b\u00e9", "accept", "*/*"] })).toBe(
			"GET /items?a=1 HTTP/1.1\r\nhost: 127.0.0.1:3000\r\nconnection: keep-alive\r\nX-Name: b\u00e9\r\naccept: */*\r\n\r\n",
		);
	});

	it("has the host and the connection that it is given", () => {
		expect(encoded({ headers: ["Host", "gateway.test", "Connection", "close"] })).toBe(
			"GET /items?a=1 HTTP/1.1\r\nhost: gateway.test\r\nConnection: close\r\n\r\n",
		);
	});

	it("has the length of its body in bytes, which follows", () => {
		const text = encodeRequest({ ...request, method: "POST", body: Buffer.from("h\u00e9") }, HOST).toString("utf8");
		expect(text).toMatch(/\r\ncontent-length: 3\r\n\r\nh\u00e9$/);
	});

	it("has a length without a body where its method has one", () => {
		expect(encoded({ method: "POST" })).toMatch(/\r\ncontent-length: 0\r\n\r\n$/);
		expect(encoded({ method: "DELETE" })).not.toContain("content-length");
	});
});

describe("what HTTP does not allow", () => {
	it.each<[string, Partial<typeof request>, RegExp]>([
		["a method with a blank", { method: "GE T" }, /"GE T" is no method/],
		["a path with a blank", { path: "/a b" }, /percent-encoded/],
		["a path beyond latin1", { path: "/\u20ac" }, /percent-encoded/],
		["a path that adds a header", { path: "/ HTTP/1.1\r\nx: y" }, /percent-encoded/],
		["a name with a blank", { headers: ["a b", "c"] }, /a b/],
		["a value that adds a header", { headers: ["a", "b\r\nc: d"] }, /"a"/],
		["a transfer coding", { headers: ["Transfer-Encoding", "chunked"] }, /transfer-encoding cannot be sent/],
		["another protocol", { headers: ["upgrade", "h2c"] }, /upgrade cannot be sent/],
		["a length that is not the body's", { headers: ["content-length", "5"] }, /says 5 and the body has 0 bytes/],
	])("%s", (_, changes, message) => {
		expect(() => encoded(changes)).toThrow(message);
	});
});
