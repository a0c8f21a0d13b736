/** WebSockets under load, against servers whose truth is known. Every server is real; the generator is its own process. */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { lowestValueOf } from "#src/analyse/latency/buckets.js";
import { estimatePercentiles } from "#src/analyse/latency/percentiles.js";
import { type LoadGenerator, startLoadGenerator } from "#src/load/handle/generator-process.js";
import type { LoadOrder, WindowResult } from "#src/load/order/order.js";
import { recordOf } from "./support/record-of.js";
import { runCli, temporaryFolder } from "./support/run-cli.js";

const CLIENTS = 4;
const MESSAGE = '{"message":"hello"}';
const out = temporaryFolder();

let generator: LoadGenerator;
beforeAll(async () => {
	generator = await startLoadGenerator({ pinnedCpus: null });
});
afterAll(() => generator.close());

const ending: (() => Promise<void>)[] = [];
afterEach(async () => {
	await generator.end().catch(() => {});
	for (const end of ending.splice(0)) await end();
});

const listening = async (server: Server): Promise<string> => {
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

interface ChatServer {
	readonly origin: string;
	/** Connections that were opened, and messages that have come, in their order. */
	readonly opened: WebSocket[];
	readonly messages: string[];
	readonly tokens: (string | undefined)[];
	/** How connections have ended, as the server sees it. */
	readonly closed: number[];
}

/** `answer` is called for each message, with its number on its connection. */
async function chatServer(answer: (socket: WebSocket, message: string, number: number) => void): Promise<ChatServer> {
	const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
	await new Promise((resolve) => server.once("listening", resolve));
	const chat: ChatServer = {
		origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		opened: [],
		messages: [],
		tokens: [],
		closed: [],
	};
	server.on("connection", (socket, { headers }) => {
		chat.opened.push(socket);
		chat.tokens.push(headers.authorization);
		let number = 0;
		socket.on("error", () => {});
		socket.on("close", (code) => chat.closed.push(code));
		socket.on("message", (data) => {
			const message = data.toString();
			chat.messages.push(message);
			answer(socket, message, ++number);
		});
	});
	ending.push(
		() =>
			new Promise((resolve) => {
				for (const socket of chat.opened) socket.terminate();
				server.close(() => resolve());
			}),
	);
	return chat;
}

const order = (origin: string, changes: Partial<LoadOrder> = {}, message = MESSAGE): LoadOrder => ({
	origin,
	request: { method: "WS", path: "/ws/chat", headers: {}, body: null },
	expectedStatus: null,
	load: { kind: "closed", clients: CLIENTS },
	harness: { kind: "websocket", message },
	timeoutMs: 5_000,
	...changes,
});

async function loadFor(ms: number, toLoad: LoadOrder): Promise<WindowResult> {
	await generator.begin(toLoad);
	return await generator.record(ms);
}

const p50Of = (window: WindowResult): number =>
	estimatePercentiles(window.blocks.map(({ histogram }) => histogram))[0]?.valueNs ?? Number.NaN;

/** Holds for every window, whatever the server did. */
function expectEveryAttemptOnce({ counts, serviceTime, tallies }: WindowResult): void {
	const errors = Object.values(counts.errors).reduce((sum, each) => sum + each, 0);
	const unexpected = Object.values(counts.unexpectedStatus).reduce((sum, each) => sum + each, 0);
	expect(counts.ok + unexpected + errors).toBe(counts.attempted);
	expect(serviceTime.histogram.totalCount).toBe(counts.ok + counts.errors.timeout);
	expect(tallies.messages ?? 0).toBe(counts.ok);
}

/** Answers with the message itself once `delayMs` have really passed. */
const echoAfter =
	(delayMs: number) =>
	(socket: WebSocket, message: string): void => {
		const since = performance.now();
		const answer = (): void => {
			if (performance.now() - since < delayMs) setTimeout(answer, 1);
			else socket.send(message);
		};
		if (delayMs === 0) socket.send(message);
		else setTimeout(answer, delayMs);
	};

describe("messages and their answers", () => {
	it("agree with the server to the message, and the connection stays", async () => {
		let answers = 0;
		let silent = false;
		const server = await chatServer((socket, message) => {
			if (silent) return;
			answers++;
			socket.send(message);
		});
		const window = await loadFor(500, order(server.origin));
		silent = true;
		await sleep(100);
		expect((await generator.progress()).ok).toBe(answers);
		expect(server.messages.length).toBe(answers + CLIENTS);
		expect(new Set(server.messages)).toEqual(new Set([MESSAGE]));
		expect(server.opened.length).toBe(CLIENTS);
		expect(window.counts.ok).toBeGreaterThan(CLIENTS);
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(window.bodyBytes).toBe(MESSAGE.length * window.counts.ok);
		expect(window.health.reconnects).toBe(0);
		expectEveryAttemptOnce(window);
		await generator.end();
		await sleep(50);
		expect(server.closed).toEqual(Array(CLIENTS).fill(1_000));
	});

	it("take as long as the server is known to take: 15 ms against at once, in turn", async () => {
		const [slow, fast] = [await chatServer(echoAfter(15)), await chatServer(echoAfter(0))];
		const measured = { slow: [] as number[], fast: [] as number[] };
		for (let round = 0; round < 2; round++) {
			for (const [name, server] of [["slow", slow] as const, ["fast", fast] as const]) {
				const window = await loadFor(400, order(server.origin));
				await generator.end();
				expectEveryAttemptOnce(window);
				measured[name].push(p50Of(window));
				if (name === "slow") {
					expect(lowestValueOf(window.serviceTime.histogram.buckets[0] ?? 0)).toBeGreaterThanOrEqual(15e6 * 0.999);
				}
			}
		}
		for (const fastNs of measured.fast) for (const slowNs of measured.slow) expect(fastNs).toBeLessThan(slowNs);
		expect(Math.min(...measured.slow)).toBeGreaterThanOrEqual(15e6);
	});

	it("are counted apart from what nobody asked for, also in one packet with an answer", async () => {
		const server = await chatServer((socket, message) => {
			const raw = (socket as unknown as { _socket: Socket })._socket;
			raw.cork();
			socket.send(message);
			socket.send("news");
			socket.ping();
			raw.uncork();
		});
		const window = await loadFor(400, order(server.origin));
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(window.bodyBytes).toBe(MESSAGE.length * window.counts.ok);
		expect(Math.abs((window.tallies.unsolicited ?? 0) - window.counts.ok)).toBeLessThanOrEqual(CLIENTS);
		expect(Math.abs((window.tallies.pings ?? 0) - window.counts.ok)).toBeLessThanOrEqual(CLIENTS);
		expectEveryAttemptOnce(window);
	});

	it("may be binary, or say that something went wrong", async () => {
		const answers = [Buffer.from([0, 1, 2, 255]), '{"error":{"type":"bad_request"}}', '{"error":null}', "error"];
		const server = await chatServer((socket, _, number) => socket.send(answers[number % 4] ?? ""));
		const window = await loadFor(400, order(server.origin));
		const { ok, attempted } = window.counts;
		expect(ok).toBe(attempted);
		expect(Math.abs((window.tallies.errorMessages ?? 0) - ok / 4)).toBeLessThanOrEqual(CLIENTS);
		const bytes = answers.reduce((sum, answer) => sum + answer.length, 0);
		expect(Math.abs(window.bodyBytes - (ok / 4) * bytes)).toBeLessThanOrEqual(CLIENTS * bytes);
	});

	it("are filled from templates, and every client has its token", async () => {
		const server = await chatServer(echoAfter(1));
		const request = { method: "WS", path: "/", headers: { authorization: "Bearer x" }, body: null, tokens: ["a", "b"] };
		await loadFor(200, order(server.origin, { request }, "{{seq}} {{uuid}}"));
		await generator.end();
		const [seqs, uuids] = [0, 1].map((part) => server.messages.map((message) => message.split(" ")[part]));
		expect(seqs?.map(Number).sort((x, y) => x - y)).toEqual(server.messages.map((_, index) => index));
		expect(new Set(uuids).size).toBe(server.messages.length);
		expect(server.tokens.toSorted()).toEqual(["Bearer a", "Bearer a", "Bearer b", "Bearer b"]);
	});
});

describe("an open loop", () => {
	it("sends messages when they are due, and opening a connection is send lag, not service time", async () => {
		const server = await chatServer(echoAfter(15));
		const load = { kind: "open", ratePerSecond: 200, arrivals: "constant", seed: 1, maxInFlight: 100 } as const;
		const window = await loadFor(1_000, order(server.origin, { load: { ...load, spin: false } }));
		const named = (name: string) => window.series.find((each) => each.name === name);
		// One that is due just as the window opens or closes may be on either side.
		expect(Math.abs((window.tallies.planned ?? 0) - 200)).toBeLessThanOrEqual(1);
		expect(window.counts.ok + window.unanswered.count).toBeGreaterThanOrEqual(window.counts.attempted);
		expect(named("response")?.count).toBeGreaterThanOrEqual(window.counts.ok);
		expect(named("sendLag")?.count).toBe(window.counts.ok);
		expect(lowestValueOf(window.serviceTime.histogram.buckets[0] ?? 0)).toBeGreaterThanOrEqual(15e6 * 0.999);
		expect(named("response")?.meanNs).toBeGreaterThanOrEqual(window.serviceTime.meanNs ?? Number.NaN);
		expectEveryAttemptOnce(window);
	});
});

describe("failures", () => {
	it("tells closes by their code, and loses only the message that was in flight", async () => {
		const server = await chatServer((socket, message, number) => {
			if (number === 10) socket.close(1011, "out of tokens");
			else socket.send(message);
		});
		const window = await loadFor(500, order(server.origin));
		const { ok, errors } = window.counts;
		expect(errors.reset).toBeGreaterThan(0);
		expect(window.tallies["close 1011"]).toBe(errors.reset);
		expect(Math.abs(ok - 9 * errors.reset)).toBeLessThanOrEqual(9 * CLIENTS);
		expect(Math.abs(window.health.reconnects - errors.reset)).toBeLessThanOrEqual(CLIENTS);
		const connects = window.series.find(({ name }) => name === "connect");
		// One of each client may be under way at the end.
		expect(window.health.reconnects - (connects?.count ?? 0)).toBeGreaterThanOrEqual(0);
		expect(window.health.reconnects - (connects?.count ?? 0)).toBeLessThanOrEqual(CLIENTS);
		expectEveryAttemptOnce(window);
	});

	it("loses nothing where a connection is closed between two messages", async () => {
		const server = await chatServer((socket, message, number) => {
			// In one packet: a close that comes later may meet the next message on its way.
			const raw = (socket as unknown as { _socket: Socket })._socket;
			raw.cork();
			socket.send(message);
			if (number === 5) socket.close(1001);
			raw.uncork();
		});
		const window = await loadFor(400, order(server.origin));
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(Math.abs(window.counts.ok - 5 * (window.tallies["close 1001"] ?? 0))).toBeLessThanOrEqual(5 * CLIENTS);
		expectEveryAttemptOnce(window);
	});

	it("counts a connection that breaks without a word as 1006", async () => {
		const server = await chatServer((socket, message, number) => {
			if (number % 3 === 0) socket.terminate();
			else socket.send(message);
		});
		const window = await loadFor(300, order(server.origin));
		expect(window.counts.errors.reset).toBeGreaterThan(0);
		expect(window.tallies["close 1006"]).toBe(window.counts.errors.reset);
		expectEveryAttemptOnce(window);
	});

	const refusing: { what: string; answer: string; kind: "status" | "protocol" | "reset" }[] = [
		{ what: "401", answer: "HTTP/1.1 401 No\r\ncontent-length: 2\r\n\r\nno", kind: "status" },
		{ what: "200", answer: "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", kind: "status" },
		{ what: "garbage", answer: "\u0000 garbage\r\n\r\n", kind: "protocol" },
		{
			what: "a switch to something else",
			answer: "HTTP/1.1 101 X\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n",
			kind: "protocol",
		},
		{
			what: "a wrong key",
			answer: "HTTP/1.1 101 X\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: x\r\n\r\n",
			kind: "protocol",
		},
		{ what: "nothing", answer: "", kind: "reset" },
	];
	it.each(refusing)("does not spin on a handshake that is answered with $what", async ({ what, answer, kind }) => {
		let handshakes = 0;
		const tcp = createServer((socket) => {
			socket.on("error", () => {});
			socket.once("data", () => {
				handshakes++;
				if (answer === "") socket.end();
				else socket.write(answer);
			});
		});
		const origin = await listening(tcp);
		ending.push(() => new Promise((resolve) => tcp.close(() => resolve())));
		const { counts, serviceTime } = await loadFor(400, order(origin));
		expect(counts.attempted).toBeGreaterThan(0);
		if (kind === "status") expect(counts.unexpectedStatus).toEqual({ [what]: counts.attempted });
		else expect(counts.errors[kind]).toBe(counts.attempted);
		expect(serviceTime.maxNs).toBeNull();
		// 0 or 10, 20, 40, … ms apart: eight tries of each client in 400 ms at most.
		expect(handshakes).toBeLessThanOrEqual(CLIENTS * 8);
	});

	it("counts refused connections, and frames that break the protocol", async () => {
		const server = await chatServer((socket) => {
			const raw = (socket as unknown as { _socket: Socket })._socket;
			raw.write(Buffer.from([0xff, 0x00]));
		});
		const broken = await loadFor(300, order(server.origin));
		expect(broken.counts.errors.protocol).toBeGreaterThan(0);
		expect(broken.counts.errors.protocol).toBe(broken.counts.attempted);
		await generator.end();
		const refused = await loadFor(300, order("http://127.0.0.1:9"));
		expect(refused.counts.errors.refused).toBeGreaterThan(0);
		expect(refused.counts.errors.refused).toBe(refused.counts.attempted);
	});

	it("expires messages and handshakes that are never answered, and takes no late answer for another", async () => {
		const server = await chatServer((socket, message, number) => {
			if (number % 2 === 1) socket.send(message);
			else setTimeout(() => socket.send("late"), 130);
		});
		const late = await loadFor(600, order(server.origin, { timeoutMs: 100 }));
		expect(late.counts.errors.timeout).toBeGreaterThan(0);
		expect(late.counts.ok).toBeGreaterThan(0);
		expect(late.bodyBytes).toBe(MESSAGE.length * late.counts.ok);
		expect(late.serviceTime.maxNs).toBe(100e6);
		expectEveryAttemptOnce(late);
		await generator.end();
		const tcp = createServer((socket) => {
			socket.on("error", () => {});
			socket.resume();
		});
		const origin = await listening(tcp);
		ending.push(() => new Promise((resolve) => tcp.close(() => resolve())));
		const silent = await loadFor(350, order(origin, { timeoutMs: 100 }));
		expect(silent.counts.errors.timeout).toBe(silent.counts.attempted);
		expect(silent.counts.attempted).toBeGreaterThanOrEqual(CLIENTS);
	});

	it("refuses a header that HTTP forbids", async () => {
		const server = await chatServer(echoAfter(0));
		const request = { method: "WS", path: "/", headers: { "bad header": "x" }, body: null };
		await expect(generator.begin(order(server.origin, { request }))).rejects.toThrow(/cannot be sent.*header/i);
	});
});

describe("az-prof load", () => {
	it("chats with the reference gateway", async () => {
		const args = ["load", "WS:/ws/chat", "-c", "8", "-d", "500ms", "--warmup", "100ms", "--out", out, "--json"];
		const { code, stdout, stderr } = await runCli(args);
		expect([code, stderr]).toEqual([0, ""]);
		const [measurement] = recordOf(stdout, "load").measurements;
		expect(measurement).toMatchObject({ harness: "websocket", endpoint: { method: "WS", path: "/ws/chat" } });
		expect(measurement?.counts.ok).toBe(measurement?.counts.attempted);
		expect(measurement?.tallies.messages).toBe(measurement?.counts.ok);
		expect(measurement?.tallies.errorMessages ?? 0).toBe(0);
	});
});
