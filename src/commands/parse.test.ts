import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
	parseBody,
	parseDuration,
	parseDurationOrZero,
	parseEndpoint,
	parseHeader,
	parseList,
	parseOrigin,
	parseWhole,
} from "./parse.js";

const { signal } = new AbortController();
const common = { method: "GET", headers: {}, body: null };

describe("durations", () => {
	it.each([
		["500ms", 500],
		["10s", 10_000],
		["1.5s", 1_500],
		["2m", 120_000],
		[" 3s ", 3_000],
	])("reads %s", (text, ms) => expect(parseDuration(text, "-d")).toBe(ms));

	it.each(["", "10", "s", "-1s", "0s", "0ms", "1h", "1e3s", "10 s", "NaNs", "61m"])("refuses %j", (text) => {
		expect(() => parseDuration(text, "--duration")).toThrow(/--duration/);
	});

	it("takes nothing at all where that makes sense", () => {
		expect(parseDurationOrZero("0s", "--warmup")).toBe(0);
		expect(parseDurationOrZero("0", "--warmup")).toBe(0);
		expect(parseDurationOrZero("200ms", "--warmup")).toBe(200);
	});
});

describe("whole numbers", () => {
	it("reads those in range", () => expect(parseWhole("64", "-c", 1, 10_000)).toBe(64));
	it.each(["0", "100000", "1.5", "-1", "", "0x10", "many"])("refuses %j clients", (text) => {
		expect(() => parseWhole(text, "--concurrency", 1, 10_000)).toThrow(/--concurrency ".*" is out of range/);
	});
});

describe("endpoints", () => {
	it("reads a path and a method", () => {
		expect(parseEndpoint("/metrics?a=b", common)).toEqual({ ...common, path: "/metrics?a=b" });
		expect(parseEndpoint("post:/v1/ping", common)).toEqual({ ...common, method: "POST", path: "/v1/ping" });
		expect(parseEndpoint("/a:/b", common).path).toBe("/a:/b");
	});
	it.each(["", "metrics", "http://127.0.0.1/", "GET:metrics", "BREW:/pot", "/with space", "/new\nline"])(
		"refuses %j",
		(text) => {
			expect(() => parseEndpoint(text, common)).toThrow();
		},
	);
});

describe("headers and bodies", () => {
	it("reads a header, its name in lower case", () => {
		expect(parseHeader("X-Request-Id: a: b")).toEqual(["x-request-id", "a: b"]);
		expect(parseHeader("Empty:")).toEqual(["empty", ""]);
	});
	it.each(["nothing", ": value", "bad name: x", "x: a\r\ny: b"])("refuses %j", (text) => {
		expect(() => parseHeader(text)).toThrow(/not a header/);
	});
	it("does not repeat a header's value in the error: it may be a secret", () => {
		expect(() => parseHeader("bad name: hush")).toThrow(expect.not.stringContaining("hush"));
	});
	it("reads a body from the command line or a file", async () => {
		const file = join(tmpdir(), `az-prof-body-${process.pid}`);
		writeFileSync(file, "from the file");
		expect(new TextDecoder().decode(await parseBody("plain", signal))).toBe("plain");
		expect(new TextDecoder().decode(await parseBody(`@${file}`, signal))).toBe("from the file");
		await expect(parseBody("@/no/such/file", signal)).rejects.toThrow(/cannot read the body file/);
		await expect(parseBody("@/dev/zero", signal)).rejects.toThrow(/it is a device, not a plain file/);
	});
});

describe("origins", () => {
	it("keeps what a name and its user information say in requests", () => {
		expect(parseOrigin("http://127.0.0.1:3000/")).toMatchObject({ host: null, authorization: null });
		expect(parseOrigin("http://[::1]:8080")).toMatchObject({ host: null });
		expect(parseOrigin("http://localhost:8080")).toMatchObject({ host: "localhost:8080" });
		const { authorization } = parseOrigin("http://me:a%20b@127.0.0.1:80");
		expect(authorization).toBe(`Basic ${Buffer.from("me:a b").toString("base64")}`);
	});
	it("does not repeat a password in its message", () => {
		expect(() => parseOrigin("ftp://me:hush@127.0.0.1")).toThrow(expect.not.stringContaining("hush"));
	});
	it.each(["https://127.0.0.1", "127.0.0.1:3000", "http://127.0.0.1:3000/path"])("refuses %j", (text) => {
		expect(() => parseOrigin(text)).toThrow();
	});
});

it("reads lists", () => expect(parseList(" v8, 0x ,,")).toEqual(["v8", "0x"]));
