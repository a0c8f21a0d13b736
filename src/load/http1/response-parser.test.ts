import { request as httpRequest } from "node:http";
import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { type RandomSource, seededRandom } from "#src/random.js";
import { ResponseError } from "./response-error.js";
import { ResponseParser } from "./response-parser.js";

interface Read {
	readonly status: number;
	readonly bodyBytes: number;
	readonly keepsAlive: boolean;
}

/** What comes of the chunks, behind which the connection ends: an answer, "behind" where more follows it, or why it is none. */
function read(chunks: readonly Buffer[], { isHead = false } = {}): Read | "behind" | "more" | "error" {
	const parser = new ResponseParser();
	parser.expect(isHead ? "head" : "get");
	// As sockets do it: every chunk is in the same memory.
	const shared = Buffer.alloc(64 * 1024);
	try {
		let isWhole = false;
		for (const chunk of chunks) {
			if (isWhole) return "behind";
			chunk.copy(shared);
			isWhole = parser.feed(shared.subarray(0, chunk.length));
			shared.fill(0);
		}
		if (parser.bytesBehind > 0) return "behind";
		if (!isWhole && !parser.end()) return "more";
		const { status, bodyBytes, keepsAlive } = parser;
		return { status, bodyBytes, keepsAlive };
	} catch (error) {
		if (error instanceof ResponseError) return "error";
		throw error;
	}
}

/** In pieces of 1 to `longest` bytes. */
function torn(text: string, random: RandomSource, longest: number): Buffer[] {
	const bytes = Buffer.from(text, "latin1");
	const chunks: Buffer[] = [];
	for (let at = 0; at < bytes.length; ) {
		const size = 1 + Math.floor(random() * longest);
		chunks.push(bytes.subarray(at, at + size));
		at += size;
	}
	return chunks;
}

/** What Node's own client makes of it. */
function readByNode(text: string, isHead: boolean): Promise<{ status: number; bodyBytes: number } | "none"> {
	return new Promise((resolve) => {
		const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
		const request = httpRequest({ createConnection: () => socket, method: isHead ? "HEAD" : "GET" }, (response) => {
			let bodyBytes = 0;
			response.on("data", (chunk: Buffer) => {
				bodyBytes += chunk.length;
			});
			response.on("end", () => resolve({ status: response.statusCode ?? 0, bodyBytes }));
			response.on("error", () => resolve("none"));
		});
		request.on("upgrade", () => resolve("none"));
		request.on("error", () => resolve("none"));
		request.end();
		socket.push(Buffer.from(text, "latin1"));
		socket.push(null);
	});
}

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;

/** Answers of all kinds, with what they are. */
const answers: readonly { text: string; isHead?: boolean; read: Read }[] = [
	{ text: `${OK}content-length: 5\r\n\r\nhello`, read: { status: 200, bodyBytes: 5, keepsAlive: true } },
	{ text: `${OK}Content-LENGTH: \t 5 \r\n\r\nhello`, read: { status: 200, bodyBytes: 5, keepsAlive: true } },
	{ text: `${OK}content-length: 0\r\n\r\n`, read: { status: 200, bodyBytes: 0, keepsAlive: true } },
	{ text: `${OK}content-length: 5\r\n\r\n`, isHead: true, read: { status: 200, bodyBytes: 0, keepsAlive: true } },
	{ text: "HTTP/1.1 204 No Content\r\n\r\n", read: { status: 204, bodyBytes: 0, keepsAlive: true } },
	{ text: "HTTP/1.1 304 \r\ncontent-length: 9\r\n\r\n", read: { status: 304, bodyBytes: 0, keepsAlive: true } },
	{
		text: `${OK}Connection: foo, Close\r\ncontent-length: 2\r\n\r\nok`,
		read: { status: 200, bodyBytes: 2, keepsAlive: false },
	},
	{
		text: "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
		read: { status: 200, bodyBytes: 2, keepsAlive: false },
	},
	{
		text: "HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok",
		read: { status: 200, bodyBytes: 2, keepsAlive: true },
	},
	{ text: `${OK}x: y\r\n\r\nuntil the end`, read: { status: 200, bodyBytes: 13, keepsAlive: false } },
	{ text: `${OK}transfer-encoding: gzip\r\n\r\nabc`, read: { status: 200, bodyBytes: 3, keepsAlive: false } },
	{ text: `${CHUNKED}5\r\nhello\r\n0\r\n\r\n`, read: { status: 200, bodyBytes: 5, keepsAlive: true } },
	{
		text: `${CHUNKED}A;name="value"\r\n0123456789\r\n1\r\nx\r\n000\r\nx-sum: 1\r\nx-two: 2\r\n\r\n`,
		read: { status: 200, bodyBytes: 11, keepsAlive: true },
	},
	{
		text: `HTTP/1.1 103 Early Hints\r\nlink: <a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 500 No\r\ncontent-length: 2\r\n\r\nno`,
		read: { status: 500, bodyBytes: 2, keepsAlive: true },
	},
	{
		text: `${OK}content-type: x\r\nconnectiom: close\r\nx-empty:\r\ncontent-length: 1\r\n\r\n.`,
		read: { status: 200, bodyBytes: 1, keepsAlive: true },
	},
];

const broken: readonly string[] = [
	"\u0000\u0001 garbage\r\n\r\n",
	"SSH-2.0-OpenSSH_9.6\r\n",
	"HTTP/2.0 200 OK\r\n\r\n",
	"HTTP/1.1 20 OK\r\n\r\n",
	"HTTP/1.1 2000 OK\r\n\r\n",
	"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
	`${OK}content-length: 5\r\ncontent-length: 5\r\n\r\nhello`,
	`${OK}content-length: 5x\r\n\r\nhello`,
	`${OK}content-length: -5\r\n\r\nhello`,
	`${OK}content-length:\r\n\r\nhello`,
	`${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
	`${OK}no colon here\r\n\r\n`,
	`${OK}: no name\r\n\r\n`,
	`${OK}spaced name : x\r\n\r\n`,
	`${OK}content-length: 5\n\nhello`,
	`${OK}x: \u0000\r\n\r\n`,
	`${OK}x-fill: ${"x".repeat(20_000)}\r\n\r\n`,
	`${CHUNKED}zz\r\n`,
	`${CHUNKED}\r\n`,
	`${CHUNKED}5\r\nhello!\r\n0\r\n\r\n`,
	`${CHUNKED}5\nhello\r\n0\r\n\r\n`,
	`${CHUNKED}ffffffffffffffff\r\n`,
];

describe("an answer", () => {
	it.each(answers)("$text", ({ text, isHead = false, read: expected }) => {
		const random = seededRandom(7);
		expect(read([Buffer.from(text, "latin1")], { isHead })).toEqual(expected);
		for (const longest of [1, 2, 7, 40]) {
			for (let i = 0; i < 10; i++) expect(read(torn(text, random, longest), { isHead })).toEqual(expected);
		}
	});

	it.each(broken)("that is none: %j", (text) => {
		const random = seededRandom(7);
		expect(read([Buffer.from(text, "latin1")])).toBe("error");
		for (const longest of [1, 2, 7, 40]) expect(read(torn(text, random, longest))).toBe("error");
	});

	it("is not whole before its last byte", () => {
		for (const { text, isHead = false, read: expected } of answers) {
			if (!expected.keepsAlive && !/content-length/i.test(text)) continue;
			const bytes = Buffer.from(text, "latin1");
			for (let size = 0; size < bytes.length; size++) {
				expect(read([bytes.subarray(0, size)], { isHead })).toBe("more");
			}
		}
	});

	it("says how long its connection is kept", () => {
		const parser = new ResponseParser();
		const idleMs = (header: string): number => {
			parser.expect("get");
			expect(parser.feed(Buffer.from(`${OK}${header}\r\ncontent-length: 0\r\n\r\n`))).toBe(true);
			return parser.idleMs;
		};
		expect(idleMs("connection: keep-alive")).toBe(0);
		expect(idleMs("Keep-Alive: timeout=5, max=100")).toBe(5_000);
		expect(idleMs("keep-alive: max=100")).toBe(0);
	});

	it("says what comes behind it", () => {
		const parser = new ResponseParser();
		parser.expect("get");
		expect(parser.feed(Buffer.from(`${OK}content-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n`))).toBe(true);
		expect(parser.bytesBehind).toBe(17);
		parser.expect("get");
		expect(parser.feed(Buffer.from("HTTP/1.1 204 No Content\r\n\r\n"))).toBe(true);
		expect([parser.status, parser.bodyBytes, parser.bytesBehind]).toEqual([204, 0, 0]);
	});
});

/**
 * Where both may differ: Node takes a status below 100 and empty lines before an answer, and it looks into the extensions
 * of chunks and the names in a trailer, which say nothing of where an answer ends.
 */
const mayDiffer = (text: string): boolean => /^HTTP.... 0|(^|\r\n\r\n)[\r\n]+HTTP|;.*\r\n|\r\n0+\r\n./.test(text);

it("is read as Node's own client reads it, also where bytes have been changed", async () => {
	const random = seededRandom(11);
	const pick = <Value>(list: readonly Value[]): Value => list[Math.floor(random() * list.length)] as Value;
	const bytes = ["\r", "\n", "\r\n", ":", " ", "0", "9", "f", "x", ",", "\u0000", "\u00e9", ""];
	const differing: unknown[] = [];
	let [whole, none] = [0, 0];
	for (let round = 0; round < 800; round++) {
		const { text, isHead = false } = pick(answers);
		let changed = text;
		for (let changes = Math.floor(random() * 3); changes > 0; changes--) {
			const at = Math.floor(random() * changed.length);
			changed = changed.slice(0, at) + pick(bytes) + changed.slice(at + (random() < 0.5 ? 1 : 0));
		}
		const ours = read(torn(changed, random, 30), { isHead });
		if (ours === "behind" || mayDiffer(changed)) continue;
		const nodes = await readByNode(changed, isHead);
		const summary = typeof ours === "string" ? "none" : { status: ours.status, bodyBytes: ours.bodyBytes };
		if (summary === "none") none++;
		else whole++;
		if (JSON.stringify(summary) !== JSON.stringify(nodes)) differing.push({ changed, ours, nodes });
	}
	expect(Math.min(whole, none)).toBeGreaterThan(100);
	expect(differing).toEqual([]);
});
