/** The generator against servers whose truth is known. Every server is real; the generator runs as its own process. */
import { execFileSync } from "node:child_process";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { lowestValueOf } from "#src/analyse/latency/buckets.js";
import { estimatePercentiles } from "#src/analyse/latency/percentiles.js";
import { KnownError } from "#src/errors.js";
import { type LoadGenerator, startLoadGenerator } from "#src/load/handle/generator-process.js";
import type { LoadOrder, RequestCounts, WindowResult } from "#src/load/order/order.js";
import { type Answer, listen, rawServer } from "./support/raw-server.js";

const CLIENTS = 4;
const HELLO = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

let generator: LoadGenerator;
beforeAll(async () => {
	generator = await startLoadGenerator({ pinnedCpus: null });
});
afterAll(() => generator.close());

afterEach(() => generator.end().catch(() => {}));

const order = (origin: string, changes: Partial<LoadOrder> = {}): LoadOrder => ({
	origin,
	request: { method: "GET", path: "/", headers: {}, body: null },
	expectedStatus: null,
	load: { kind: "closed", clients: CLIENTS },
	timeoutMs: 5_000,
	...changes,
});

async function loadFor(ms: number, toLoad: LoadOrder): Promise<WindowResult> {
	await generator.begin(toLoad);
	return await generator.record(ms);
}

const unexpectedCount = (counts: RequestCounts): number =>
	Object.values(counts.unexpectedStatus).reduce((sum, count) => sum + count, 0);

/** Holds for every window, whatever the server did. */
function expectEveryAttemptOnce(window: WindowResult): void {
	const { counts } = window;
	const errors = Object.values(counts.errors).reduce((sum, count) => sum + count, 0);
	expect(counts.ok + unexpectedCount(counts) + errors).toBe(counts.attempted);
	expect(window.serviceTime.histogram.totalCount).toBe(counts.ok + counts.errors.timeout);
	expect(window.unexpectedServiceTime?.histogram.totalCount ?? 0).toBe(unexpectedCount(counts));
	const bySecond = window.seconds.reduce((sum, second) => sum + second.requests, 0);
	expect(bySecond).toBe(counts.attempted);
	expect(window.seconds.reduce((sum, second) => sum + second.errors, 0)).toBe(counts.attempted - counts.ok);
	const covered = window.blocks.reduce((sum, block) => sum + block.durationMs, 0);
	expect(covered * 1e6).toBeCloseTo(window.windowNs, -3);
}

it("what was under way when it was asked to catch up is in no window that opens then", async () => {
	const HELD_MS = 1_000;
	let holds = false;
	const held: Socket[] = [];
	const server = await rawServer((socket) => {
		if (holds) held.push(socket);
		else socket.write(HELLO);
	});
	await generator.begin(order(server.origin));
	holds = true;
	while (held.length < CLIENTS) await sleep(5);
	setTimeout(() => {
		holds = false;
		for (const socket of held) socket.write(HELLO);
	}, HELD_MS);
	await generator.caughtUp();
	expect(holds).toBe(false);
	const { serviceTime } = await generator.record(200);
	expect(serviceTime.maxNs).toBeLessThan(HELD_MS * 1e6);
});

describe("counting", () => {
	it("agrees with the server to the request", async () => {
		let answers = 0;
		let silent = false;
		const server = await rawServer((socket) => {
			if (silent) return;
			answers++;
			socket.write(HELLO);
		});
		const window = await loadFor(500, order(server.origin));
		silent = true;
		await sleep(100);
		const progress = await generator.progress();
		expect(progress.ok).toBe(answers);
		expect(server.requests).toBe(answers + CLIENTS);
		expect(window.counts.ok).toBeGreaterThan(CLIENTS);
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(window.bodyBytes).toBe(5 * window.counts.ok);
		expect(window.windowNs).toBe(500e6);
		expect(window.health.reconnects).toBe(0);
		expectEveryAttemptOnce(window);
	});

	it("reads chunked bodies whole, also when they come in pieces", async () => {
		const server = await rawServer((socket) => {
			socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n6\r\nhel");
			setImmediate(() => socket.write("lo \r\n5\r\nworld\r\n0\r\n\r\n"));
		});
		const window = await loadFor(300, order(server.origin));
		expect(window.counts.ok).toBeGreaterThan(0);
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(window.bodyBytes).toBe(11 * window.counts.ok);
	});

	it("understands headers that are torn apart, while other connections read into the same buffer", async () => {
		const server = await rawServer((socket, request) => {
			if (request % 3 !== 0) {
				socket.write("HTTP/1.1 200 OK\r\nx-fill: ----------------\r\ncontent-length: 7\r\n\r\ngoodbye");
				return;
			}
			socket.write("HTTP/1.1 200 OK\r\ncontent-le");
			setTimeout(() => socket.write("ngth: 7\r\nconnec"), 2);
			setTimeout(() => socket.write("tion: close\r\n\r\nbye bye"), 4);
		});
		const window = await loadFor(400, order(server.origin, { load: { kind: "closed", clients: 9 } }));
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(window.bodyBytes).toBe(7 * window.counts.ok);
		expect(window.health.reconnects).toBeGreaterThan(0);
	});

	it("sends method, path, headers and body as ordered", async () => {
		const seen: { request: IncomingMessage; body: string }[] = [];
		const http = createHttpServer((request, response) => {
			let body = "";
			request.on("data", (chunk) => {
				body += chunk;
			});
			request.on("end", () => {
				seen.push({ request, body });
				response.end();
			});
		});
		const origin = await listen(http);
		try {
			const body = new TextEncoder().encode('{"message":"hé"}');
			const headers = { "content-type": "application/json", authorization: "Bearer x" };
			const window = await loadFor(
				200,
				order(origin, { request: { method: "POST", path: "/v1/ping?a=1", headers, body } }),
			);
			expect(window.counts.ok).toBe(window.counts.attempted);
			expect(seen.length).toBeGreaterThan(0);
			for (const { request, body: received } of seen) {
				expect([request.method, request.url, received]).toEqual(["POST", "/v1/ping?a=1", '{"message":"hé"}']);
				expect(request.headers).toMatchObject({ ...headers, connection: "keep-alive" });
			}
		} finally {
			await generator.end();
			http.close();
			http.closeAllConnections();
		}
	});

	it("keeps the connection after HEAD", async () => {
		const server = await rawServer((socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"));
		const request = { method: "HEAD", path: "/", headers: {}, body: null };
		const window = await loadFor(200, order(server.origin, { request }));
		expect(window.counts.ok).toBeGreaterThan(CLIENTS);
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(window.health.reconnects).toBe(0);
	});

	it("carries 1,000 clients, and 1", async () => {
		const connections = new Set<Socket>();
		const server = await rawServer((socket) => {
			connections.add(socket);
			socket.write(HELLO);
		});
		// Long enough for the last of them to have had its turn on a busy machine.
		const many = await loadFor(2_000, order(server.origin, { load: { kind: "closed", clients: 1_000 } }));
		expect(connections.size).toBe(1_000);
		expect(many.counts.ok).toBe(many.counts.attempted);
		await generator.end();
		connections.clear();
		await loadFor(200, order(server.origin, { load: { kind: "closed", clients: 1 } }));
		expect(connections.size).toBe(1);
	});
});

describe("service time", () => {
	it("is never below a delay that the server is known to have", async () => {
		const server = await rawServer((socket) => {
			const since = performance.now();
			const answer = (): void => {
				if (performance.now() - since < 5) setTimeout(answer, 1);
				else socket.write(HELLO);
			};
			setTimeout(answer, 5);
		});
		const window = await loadFor(500, order(server.origin));
		const lowest = lowestValueOf(window.serviceTime.histogram.buckets[0] ?? 0);
		expect(lowest).toBeGreaterThanOrEqual(5e6 * 0.999);
		const [median] = estimatePercentiles(window.blocks.map((block) => block.histogram));
		expect(median?.valueNs).toBeGreaterThanOrEqual(5e6);
		expect(window.serviceTime.meanNs).toBeGreaterThanOrEqual(5e6);
	});

	it("of unexpected answers stays out of the percentiles", async () => {
		const server = await rawServer((socket) => socket.write("HTTP/1.1 500 No\r\ncontent-length: 2\r\n\r\nno"));
		const window = await loadFor(300, order(server.origin));
		expect(window.counts.ok).toBe(0);
		expect(window.counts.unexpectedStatus).toEqual({ 500: window.counts.attempted });
		expect(window.serviceTime.maxNs).toBeNull();
		expect(estimatePercentiles(window.blocks.map((block) => block.histogram))).toEqual([]);
		expect(window.bodyBytes).toBe(2 * window.counts.attempted);
		expectEveryAttemptOnce(window);
	});

	it("separates statuses, unless they are expected", async () => {
		const server = await rawServer((socket, request) => {
			socket.write(request % 2 === 0 ? HELLO : "HTTP/1.1 429 Slow down\r\ncontent-length: 0\r\n\r\n");
		});
		const window = await loadFor(300, order(server.origin));
		const limited = window.counts.unexpectedStatus["429"] ?? 0;
		expect(limited + window.counts.ok).toBe(window.counts.attempted);
		expect(Math.abs(limited - window.counts.ok)).toBeLessThanOrEqual(2 * CLIENTS);
		expectEveryAttemptOnce(window);
		await generator.end();
		const both = await loadFor(200, order(server.origin, { expectedStatus: [200, 429] }));
		expect(both.counts.ok).toBe(both.counts.attempted);
		expect(both.unexpectedServiceTime).toBeNull();
	});
});

describe("failures", () => {
	it("reconnects without an error to a server that announces that it closes", async () => {
		const server = await rawServer((socket) =>
			socket.end("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok"),
		);
		const window = await loadFor(400, order(server.origin));
		expect(window.counts.ok).toBeGreaterThan(CLIENTS);
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(Math.abs(window.health.reconnects - window.counts.ok)).toBeLessThanOrEqual(CLIENTS);
	});

	it("leaves a connection on which more comes than was asked for", async () => {
		const server = await rawServer((socket) => socket.write(`${HELLO}HTTP/1.1 200 OK\r\n`));
		const window = await loadFor(400, order(server.origin));
		expect(window.counts.ok).toBeGreaterThan(CLIENTS);
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(window.bodyBytes).toBe(5 * window.counts.ok);
		expect(Math.abs(window.health.reconnects - window.counts.ok)).toBeLessThanOrEqual(CLIENTS);
	});

	it("learns when a server closes after each answer without saying so", async () => {
		const server = await rawServer((socket) => socket.end(HELLO));
		await generator.begin(order(server.origin));
		await sleep(100);
		const window = await generator.record(400);
		expect(window.counts.ok).toBeGreaterThan(CLIENTS);
		// Without learning, every answer would be followed by a reset; a close that comes late on a busy machine still is.
		expect(window.counts.errors.reset).toBeLessThan(window.counts.ok / 4);
		expect(window.health.reconnects).toBeGreaterThan(CLIENTS);
		expectEveryAttemptOnce(window);
	});

	const failing: { what: string; kind: "reset" | "protocol"; answer: Answer }[] = [
		{
			what: "a reset in the middle of the body",
			kind: "reset",
			answer: (socket) =>
				socket.write("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhal", () => socket.resetAndDestroy()),
		},
		{
			what: "an end in the middle of the body",
			kind: "reset",
			answer: (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhal"),
		},
		{ what: "an end without an answer", kind: "reset", answer: (socket) => socket.end() },
		{ what: "garbage", kind: "protocol", answer: (socket) => socket.write("\u0000\u0001 garbage\r\n\r\n") },
		{
			what: "a chunk size that is none",
			kind: "protocol",
			answer: (socket) => socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"),
		},
		{
			what: "a protocol switch nobody asked for",
			kind: "protocol",
			answer: (socket) => socket.write("HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
		},
	];
	it.each(failing)("counts $what as $kind", async ({ kind, answer }) => {
		const server = await rawServer(answer);
		const window = await loadFor(400, order(server.origin));
		expect(window.counts.errors[kind]).toBeGreaterThan(0);
		expect(window.counts.errors[kind]).toBe(window.counts.attempted);
		expect(server.requests).toBeLessThan(CLIENTS * 30);
		expectEveryAttemptOnce(window);
	});

	it("puts time-outs into the histogram at their deadline and replaces their connections", async () => {
		const server = await rawServer(() => {});
		const window = await loadFor(1_050, order(server.origin, { timeoutMs: 100 }));
		const { counts, serviceTime } = window;
		expect(counts.errors.timeout).toBe(counts.attempted);
		// One deadline after the other: each client has at most 10 of them in 1.05 s, and how few depends on the machine.
		expect(counts.attempted).toBeGreaterThanOrEqual(CLIENTS);
		expect(counts.attempted).toBeLessThanOrEqual(CLIENTS * 11);
		expect(serviceTime.maxNs).toBe(100e6);
		expect(serviceTime.histogram.buckets.length).toBe(1);
		expect(window.health.reconnects).toBeGreaterThan(0);
		expectEveryAttemptOnce(window);
	});

	it("counts an answer after the deadline as a time-out", async () => {
		const server = await rawServer((socket, request) => {
			if (request % 2 === 0) socket.write(HELLO);
			else setTimeout(() => socket.write(HELLO), 150);
		});
		const window = await loadFor(600, order(server.origin, { timeoutMs: 100 }));
		expect(window.counts.ok).toBeGreaterThan(0);
		expect(window.counts.errors.timeout).toBeGreaterThan(0);
		expect(window.serviceTime.maxNs).toBe(100e6);
		expectEveryAttemptOnce(window);
	});

	it("does not spin where nobody listens", async () => {
		const server = await rawServer(() => {});
		await server.kill();
		const window = await loadFor(600, order(server.origin));
		expect(window.counts.errors.refused).toBe(window.counts.attempted);
		expect(window.counts.attempted).toBeGreaterThan(0);
		// 10, 20, 40, … ms apart: seven tries in 600 ms at most.
		expect(window.counts.attempted).toBeLessThanOrEqual(CLIENTS * 8);
	});

	it("keeps what it has when the server dies in the middle", async () => {
		let silent = false;
		const server = await rawServer((socket) => {
			if (!silent) socket.write(HELLO);
		});
		await generator.begin(order(server.origin));
		const recording = generator.record(800);
		await sleep(300);
		// Every client has a request under way when the connections are reset.
		silent = true;
		await sleep(100);
		await server.kill();
		const window = await recording;
		expect(window.counts.ok).toBeGreaterThan(0);
		expect(window.counts.errors.reset).toBe(CLIENTS);
		expect(window.counts.errors.refused).toBeGreaterThan(0);
		expectEveryAttemptOnce(window);
	});
});

describe("the window", () => {
	it("tells each second when it closes, and cuts what is left into a shorter one", async () => {
		const server = await rawServer((socket) => setTimeout(() => socket.write(HELLO), 1));
		await generator.begin(order(server.origin));
		const told: number[] = [];
		const window = await generator.record(2_300, (index) => told.push(index));
		expect(told).toEqual([0, 1]);
		expect(window.seconds.map((second) => second.startMs)).toEqual([0, 1_000, 2_000]);
		expect(window.seconds[0]?.durationMs).toBe(1_000);
		expect(window.seconds[2]?.durationMs).toBeCloseTo(300, 3);
		expect(window.blocks.length).toBe(10);
		expect(window.cutShort).toBe(false);
		expectEveryAttemptOnce(window);
	});

	it("closes its seconds also when nothing ends in them", async () => {
		const server = await rawServer(() => {});
		await generator.begin(order(server.origin));
		const told: number[] = [];
		const window = await generator.record(1_000, (index) => told.push(index));
		expect(told).toEqual([0]);
		expect(window.counts.attempted).toBe(0);
		expect(window.seconds[0]).toMatchObject({ requests: 0, errors: 0, p50Ns: null, p99Ns: null, maxNs: null });
	});

	it("is returned with its true length when it is interrupted, and the load goes on", async () => {
		const server = await rawServer((socket) => setTimeout(() => socket.write(HELLO), 1));
		await generator.begin(order(server.origin));
		const abort = new AbortController();
		setTimeout(() => abort.abort(), 400);
		const window = await generator.record(60_000, undefined, abort.signal);
		expect(window.cutShort).toBe(true);
		expect(window.windowNs).toBeLessThan(30e9);
		expect(window.counts.ok).toBeGreaterThan(0);
		expectEveryAttemptOnce(window);
		const next = await generator.record(200);
		expect(next.cutShort).toBe(false);
		expect(next.counts.ok).toBeGreaterThan(0);
		const progress = await generator.progress();
		expect(progress.ok).toBeGreaterThanOrEqual(window.counts.ok + next.counts.ok);
	});
});

describe("the process", () => {
	const refusal = async (promise: Promise<unknown>): Promise<KnownError> => {
		const error: unknown = await promise.then(
			() => null,
			(reason: unknown) => reason,
		);
		expect(error).toBeInstanceOf(KnownError);
		return error as KnownError;
	};

	it("refuses what it must not or cannot send", async () => {
		const remote = await refusal(generator.begin(order("http://192.0.2.1:80")));
		expect(remote.message).toContain("this machine only");
		const server = await rawServer((socket) => socket.write(HELLO));
		const request = { method: "GET", path: "/", headers: { "bad header": "x" }, body: null };
		const malformed = await refusal(generator.begin(order(server.origin, { request })));
		expect(malformed.code).toBe("USAGE");
		expect(malformed.message).toContain("header");
		await refusal(generator.begin(order(server.origin, { load: { kind: "closed", clients: 100_000 } })));
		// It can still be used.
		expect((await loadFor(100, order(server.origin))).counts.ok).toBeGreaterThan(0);
	});

	it.skipIf(process.platform !== "linux")("says when file descriptors do not suffice", async () => {
		const poor = await startLoadGenerator({ pinnedCpus: null });
		try {
			execFileSync("prlimit", ["--pid", String(poor.pid), "--nofile=100:100"]);
			const error = await refusal(poor.begin(order("http://127.0.0.1:9", { load: { kind: "closed", clients: 500 } })));
			expect(error.code).toBe("GENERATOR_FAILED");
			expect(error.message).toMatch(/limit is 100; use fewer clients/);
		} finally {
			await poor.close();
		}
	});

	it("ends when it is closed, and a call to a dead one fails with a sentence", async () => {
		const server = await rawServer((socket) => socket.write(HELLO));
		const other = await startLoadGenerator({ pinnedCpus: null });
		await other.begin(order(server.origin));
		const recording = refusal(other.record(30_000));
		process.kill(other.pid, "SIGKILL");
		const error = await recording;
		expect(error.code).toBe("GENERATOR_FAILED");
		expect(error.message).toContain("SIGKILL");
		await other.close();

		const third = await startLoadGenerator({ pinnedCpus: null });
		await third.begin(order(server.origin));
		await third.close();
		expect(() => process.kill(third.pid, 0)).toThrow("ESRCH");
	});
});
