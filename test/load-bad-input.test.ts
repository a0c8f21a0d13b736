/** What a user of `az-prof load` sees of servers that misbehave: one sentence, the right exit code, what was measured kept. */
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { type RunRecord, runRecordSchema } from "#src/model/run.js";
import { processTable, readText } from "#src/process/process-table.js";
import { runCli, temporaryFolder } from "./support/run-cli.js";

const out = temporaryFolder();
const CLIENTS = 4;
const short = ["-c", String(CLIENTS), "-d", "500ms", "--warmup", "100ms"];

const ending: (() => void)[] = [];
afterAll(() => {
	for (const end of ending) end();
});

async function listening(server: Server): Promise<string> {
	const sockets = new Set<Socket>();
	server.on("connection", (socket) => {
		sockets.add(socket);
		socket.on("error", () => {});
		socket.on("close", () => sockets.delete(socket));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	ending.push(() => {
		server.close();
		for (const socket of sockets) socket.destroy();
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** `answer` is told how many requests have come. */
const http = (
	answer: (response: ServerResponse, number: number, request: IncomingMessage) => void,
): Promise<string> => {
	let requests = 0;
	return listening(
		createServer((request, response) => {
			request.resume();
			answer(response, ++requests, request);
		}),
	);
};

/** Answers that no HTTP server of Node would give; the socket is closed behind each. */
const raw = (answer: (number: number) => string): Promise<string> => {
	let requests = 0;
	return listening(
		createTcpServer((socket) => {
			let head = "";
			socket.on("data", (chunk) => {
				head += chunk.toString("latin1");
				if (!head.includes("\r\n\r\n")) return;
				head = "";
				socket.end(answer(++requests));
			});
		}),
	);
};

async function webSocket(onMessage: (socket: WebSocket) => void): Promise<string> {
	const server = createServer();
	new WebSocketServer({ server }).on("connection", (socket) => {
		socket.on("error", () => {});
		socket.on("message", () => onMessage(socket));
	});
	return listening(server);
}

interface Loaded {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
	readonly record: RunRecord;
}

let folders = 0;
async function load(origin: string, endpoint: string, ...args: string[]): Promise<Loaded> {
	const folder = join(out, String(++folders));
	const result = await runCli(["load", endpoint, "--url", origin, ...short, "--out", folder, ...args]);
	const [name = ""] = readdirSync(folder).filter((each) => each.includes("Z-load-"));
	const record = runRecordSchema.parse(JSON.parse(readFileSync(join(folder, name, "run.json"), "utf8")));
	return { ...result, record };
}

/** One line that says what, why and what to do, and no stack. */
function expectOneSentence({ code, stderr }: Pick<Loaded, "code" | "stderr">, pattern: RegExp): void {
	expect(stderr).toMatch(pattern);
	expect(stderr).toMatch(/^az-prof: [^\n]+; [^\n]+\n$/);
	expect(code).toBe(2);
}

const CUT = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n5\r\nwo";
const WHOLE = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello";
const OVERSIZED = `HTTP/1.1 200 OK\r\nx-fill: ${"x".repeat(20_000)}\r\ncontent-length: 0\r\n\r\n`;

describe.concurrent("what is typed", () => {
	it.each<[string, string[], RegExp]>([
		["an endpoint in place of a CSV file", ["--csv", "/health"], /--csv "\/health" does not end in \.csv; write/],
		["CSV and JSON at once", ["/", "--csv", "--json"], /--csv and --json both want stdout; give/],
	])("%s", async (_, args, pattern) => {
		const result = await runCli(["load", ...args, "--url", "http://127.0.0.1:9", "--out", out]);
		expectOneSentence(result, pattern);
		expect(result.stdout).toBe("");
	});
});

describe.concurrent("answers that are refused", () => {
	const unauthorized = (response: ServerResponse): void => void response.writeHead(401).end();

	it("are no benchmark, and a token is asked for", async () => {
		const origin = await http(unauthorized);
		const missing = await load(origin, "/");
		expectOneSentence(missing, /GET \/ answers 401: .*; give a token with --token/);
		expect(missing.record.measurements).toEqual([]);
		expectOneSentence(
			await load(origin, "/", "--token", "wrong"),
			/answers 401: .*; the token is refused: check --token/,
		);
	});

	it("also when that begins under load", async () => {
		const origin = await http((response, number) => (number <= 2 ? response.end("ok") : unauthorized(response)));
		expectOneSentence(
			await load(origin, "/"),
			/GET \/ gave no good answer in .* s under 4 clients: \d+× status 401; give/,
		);
	});

	it("also when that begins after the warm-up; what was measured is kept", async () => {
		let since = 0;
		const origin = await http((response, number) => {
			// The first two are those that look whether the endpoint is there.
			if (number === 3) since = performance.now();
			if (since > 0 && performance.now() - since > 150) unauthorized(response);
			else response.end("ok");
		});
		const refused = await load(origin, "/", "--warmup", "600ms");
		expectOneSentence(refused, /gave no good answer in 0\.5 s.*status 401; give a token/);
		const { counts } = refused.record.measurements[0] ?? expect.fail("the window is lost");
		expect(counts.unexpectedStatus).toEqual({ 401: counts.attempted });
		expect(refused.record.state.kind).toBe("partial");
		expect(refused.stdout).toMatch(/report: .*report\.html/);
	});
});

describe.concurrent("WebSockets", () => {
	it("that are refused are told with their status", async () => {
		const origin = await listening(
			createServer().on("upgrade", (_, socket) => socket.end("HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n")),
		);
		expectOneSentence(await load(origin, "WS:/ws"), /WS \/ws answers 401: .*; give a token with --token/);
		expectOneSentence(
			await load("http://127.0.0.1:9", "WS:/ws"),
			/nothing answers at http:\/\/127\.0\.0\.1:9: .*; start/,
		);
	});

	it("that are closed on the first message are told with their code", async () => {
		const origin = await webSocket((socket) => socket.close(1011, "no provider"));
		expectOneSentence(
			await load(origin, "WS:/ws"),
			/WS \/ws gave no good answer.*× reset, \d+× closed with 1011; look in the server/,
		);
	});
});

describe.concurrent("answers that are broken", () => {
	it.each([
		["bodies that end too early", CUT, /closed in the middle of the body/],
		["headers over the limit", OVERSIZED, /its headers are larger than 16 KiB/],
	])("%s are told before a load", async (_, answer, pattern) => {
		const result = await load(await raw(() => answer), "/");
		expectOneSentence(result, /GET \/ gives no whole answer: /);
		expect(result.stderr).toMatch(pattern);
	});

	it.each([
		["bodies that end too early", CUT, "reset"],
		["headers over the limit", OVERSIZED, "protocol"],
	] as const)("%s under load are counted apart from those that are whole", async (_, answer, kind) => {
		const { code, stdout, stderr, record } = await load(
			await raw((number) => (number % 3 === 0 ? answer : WHOLE)),
			"/",
		);
		expect([code, stderr]).toEqual([0, ""]);
		const { counts } = record.measurements[0] ?? expect.fail("nothing was measured");
		expect(counts.ok).toBeGreaterThan(0);
		expect(counts.errors[kind]).toBeGreaterThan(0);
		expect(counts.errors[kind] + counts.ok).toBe(counts.attempted);
		expect(stdout).toMatch(new RegExp(`requests of .* failed \\([\\d,]+ ${kind}\\)`));
	});
});

// One after the other: beside each other they make the machine busy, and closes late.
describe("connections that are closed after each answer", () => {
	it.each([
		["with a word", WHOLE],
		["without a word", WHOLE.replace("connection: close\r\n", "")],
	])("%s are opened again", async (_, answer) => {
		const { code, stderr, record } = await load(await raw(() => answer), "/");
		expect([code, stderr]).toEqual([0, ""]);
		const { counts, generator } = record.measurements[0] ?? expect.fail("nothing was measured");
		expect(counts.ok).toBeGreaterThan(CLIENTS);
		expect(generator.reconnects).toBeGreaterThan(CLIENTS);
		// A close that comes late on a busy machine meets the next request.
		expect(counts.attempted - counts.ok).toBeLessThan(counts.ok / 4);
	});
});

describe.skipIf(process.platform !== "linux")("answers of 50 MB", () => {
	const BODY_BYTES = 50e6;

	it("do not pile up in the generator", async () => {
		const body = Buffer.alloc(BODY_BYTES, "x");
		const origin = await http((response) => response.end(body));
		let peakKiB = 0;
		const watch = setInterval(() => {
			for (const { pid } of processTable()) {
				if (!readText(`/proc/${pid}/cmdline`)?.includes("load/generator/generator")) continue;
				const peak = Number(/^VmHWM:\s+(\d+)/m.exec(readText(`/proc/${pid}/status`) ?? "")?.[1] ?? 0);
				peakKiB = Math.max(peakKiB, peak);
			}
		}, 20);
		try {
			const { code, record } = await load(origin, "/", "--timeout", "10s", "-d", "3s");
			expect(code).toBe(0);
			expect(record.measurements[0]?.counts.ok).toBeGreaterThan(0);
			expect(record.measurements[0]?.bodyBytesPerRequest).toBe(BODY_BYTES);
			expect(peakKiB).toBeGreaterThan(0);
			// Without anything it has about half of that; one body of each client would be too much.
			expect(peakKiB * 1024).toBeLessThan(CLIENTS * BODY_BYTES);
		} finally {
			clearInterval(watch);
		}
	});
});
