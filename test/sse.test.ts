/** Streams of events under load, against servers whose truth is known. Every server is real; the generator is its own process. */
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { lowestValueOf } from "#src/analyse/latency/buckets.js";
import type { LatencyHistogram } from "#src/analyse/latency/histogram.js";
import { estimatePercentiles } from "#src/analyse/latency/percentiles.js";
import { buildApp } from "#src/gateway/app.js";
import { type LoadGenerator, startLoadGenerator } from "#src/load/handle/generator-process.js";
import type { LoadOrder, SeriesName, WindowResult } from "#src/load/order/order.js";
import { gatewayConfig, listen } from "./fixtures/running-gateway.js";
import { type Answer, type RawServer, rawServer } from "./support/raw-server.js";
import { recordOf } from "./support/record-of.js";
import { runCli, temporaryFolder } from "./support/run-cli.js";
import { afterReally, medianOf } from "./support/waiting.js";

const CLIENTS = 4;
const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
const END = "0\r\n\r\n";
const ENDLESS_MS = 60_000;
const out = temporaryFolder();

let generator: LoadGenerator;
beforeAll(async () => {
	generator = await startLoadGenerator({ pinnedCpus: null });
});
afterEach(() => generator.end().catch(() => {}));
afterAll(() => generator.close());

const order = (origin: string, changes: Partial<LoadOrder> = {}, streamMs = ENDLESS_MS): LoadOrder => ({
	origin,
	request: { method: "GET", path: "/events", headers: {}, body: null },
	expectedStatus: null,
	load: { kind: "closed", clients: CLIENTS },
	harness: { kind: "sse", streamMs },
	timeoutMs: 5_000,
	...changes,
});

async function loadFor(ms: number, toLoad: LoadOrder): Promise<WindowResult> {
	await generator.begin(toLoad);
	return await generator.record(ms);
}

const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
const event = (data: string | number): string => chunk(`data: ${data}\n\n`);

const seriesOf = (window: WindowResult, name: SeriesName) => window.series.find((each) => each.name === name);
const median = (blocks: readonly LatencyHistogram[]): number =>
	(estimatePercentiles(blocks)[0]?.valueNs ?? Number.NaN) / 1e6;
const medianOfSeries = (window: WindowResult, name: SeriesName): number => median(seriesOf(window, name)?.blocks ?? []);
const medianToFirst = (window: WindowResult): number => median(window.blocks.map(({ histogram }) => histogram));
const lowestMs = (histogram: LatencyHistogram | undefined): number =>
	lowestValueOf(histogram?.buckets[0] ?? Number.NaN) / 1e6;

/** Holds for every window, whatever the server did. */
function expectEveryAttemptOnce(window: WindowResult): void {
	const { counts, serviceTime, tallies } = window;
	const errors = Object.values(counts.errors).reduce((sum, each) => sum + each, 0);
	const unexpected = Object.values(counts.unexpectedStatus).reduce((sum, each) => sum + each, 0);
	expect(counts.ok + unexpected + errors).toBe(counts.attempted);
	expect(serviceTime.histogram.totalCount).toBe(counts.ok + counts.errors.timeout);
	// Each stream has one event that no gap comes before.
	expect(tallies.events ?? 0).toBe(counts.ok + (seriesOf(window, "eventGap")?.count ?? 0));
	const { streamsEnded = 0, streamsLeft = 0, brokenStreams = 0 } = tallies;
	expect(Math.abs(streamsEnded + streamsLeft + brokenStreams - counts.ok)).toBeLessThanOrEqual(2 * CLIENTS);
	expect(seriesOf(window, "stream")?.count ?? 0).toBe(streamsEnded);
}

/** A stream with its first event after `firstMs` and `events` in all, `gapMs` apart; it notes what it really did. */
function timedStreams(firstMs: number, gapMs: number, events: number) {
	const truth = { firstMs: [] as number[], gapMs: [] as number[], streamMs: [] as number[] };
	const answer: Answer = (socket) => {
		const askedAt = performance.now();
		socket.write(HEAD);
		const next = (number: number, lastAt: number): void => {
			const now = performance.now();
			if (number === 1) truth.firstMs.push(now - askedAt);
			else truth.gapMs.push(now - lastAt);
			socket.write(event(number));
			if (number < events) {
				afterReally(gapMs, () => next(number + 1, now));
			} else {
				truth.streamMs.push(now - askedAt);
				socket.write(END);
			}
		};
		afterReally(firstMs, () => next(1, askedAt));
	};
	return { truth, answer };
}

describe("a stream that ends", () => {
	it("is timed to its first event, between events, and to its end", async () => {
		const slow = timedStreams(30, 10, 6);
		const control = timedStreams(0, 0, 6);
		const [slowServer, controlServer] = [await rawServer(slow.answer), await rawServer(control.answer)];
		for (let round = 0; round < 2; round++) {
			const atOnce = await loadFor(200, order(controlServer.origin));
			await generator.end();
			const window = await loadFor(450, order(slowServer.origin));
			await generator.end();
			// What the machine and the client add, with as much again for its noise.
			const slackMs = 3 * medianToFirst(atOnce) + 2;
			expect(lowestMs(window.serviceTime.histogram)).toBeGreaterThanOrEqual(30 * 0.999);
			expect(medianToFirst(window)).toBeLessThan(medianOf(slow.truth.firstMs) + slackMs);
			const gap = medianOfSeries(window, "eventGap");
			expect(Math.abs(gap - medianOf(slow.truth.gapMs))).toBeLessThan(slackMs);
			expect(gap).toBeGreaterThan(5);
			expect(medianOfSeries(window, "stream")).toBeGreaterThanOrEqual(80 * 0.999);
			expect(medianOfSeries(window, "stream")).toBeLessThan(medianOf(slow.truth.streamMs) + slackMs);
			expect(medianOfSeries(atOnce, "stream")).toBeLessThan(80);
			for (const each of [window, atOnce]) {
				expect(each.counts.ok).toBe(each.counts.attempted);
				expect(each.tallies.streamsEnded).toBeGreaterThan(CLIENTS);
				expect(each.tallies.brokenStreams ?? 0).toBe(0);
				// The connection stays where the server keeps it.
				expect(each.health.reconnects).toBe(0);
				expectEveryAttemptOnce(each);
			}
		}
	});

	it("agrees with the server to the event and the byte, however it is cut into pieces", async () => {
		const pieces = [
			": a comment\n\n",
			"data: o",
			"ne\n\nevent: two\nid: 2\nda",
			"ta: 2\ndata: and more\r",
			'\n\r\ndata: {"text":"é"}\n\ndata: 4\n\nevent: without data\n\n: ping\n\nretry: 10\n\n',
			"data: 5\n\n",
		];
		let silent = false;
		const answer: Answer = (socket) => {
			if (silent) return;
			socket.write(HEAD);
			let index = 0;
			const next = (): void => {
				const piece = pieces[index++];
				socket.write(piece === undefined ? END : chunk(piece));
				if (piece !== undefined) setImmediate(next);
			};
			next();
		};
		const server = await rawServer(answer);
		const window = await loadFor(250, order(server.origin));
		silent = true;
		await sleep(50);
		expect((await generator.progress()).ok).toBe(server.requests - CLIENTS);
		expect(window.counts.ok).toBe(window.counts.attempted);
		const streams = window.counts.ok;
		expect(Math.abs((window.tallies.events ?? 0) - 5 * streams)).toBeLessThanOrEqual(5 * CLIENTS);
		const bytes = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
		expect(Math.abs(window.bodyBytes - bytes * streams)).toBeLessThanOrEqual(bytes * CLIENTS);
		expectEveryAttemptOnce(window);
	});

	it("ends with [DONE], which is no event, even if its connection does not", async () => {
		const server = await rawServer((socket) => {
			socket.write(HEAD + event(1) + event(2));
			afterReally(20, () => socket.write(event("[DONE]")));
		});
		const window = await loadFor(350, order(server.origin, {}, 60));
		expect(window.tallies.streamsEnded).toBeGreaterThan(CLIENTS);
		expect(window.tallies.streamsLeft ?? 0).toBe(0);
		expect(medianOfSeries(window, "stream")).toBeGreaterThanOrEqual(20);
		expect(medianOfSeries(window, "stream")).toBeLessThan(60);
		expect(Math.abs((window.tallies.events ?? 0) - 2 * window.counts.ok)).toBeLessThanOrEqual(CLIENTS);
		expectEveryAttemptOnce(window);
	});

	it("may end with its connection", async () => {
		const server = await rawServer((socket) => {
			socket.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: 1\n\n");
			setTimeout(() => socket.end("data: 2\n\n"), 5);
		});
		const window = await loadFor(200, order(server.origin));
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(window.tallies.streamsEnded).toBeGreaterThan(CLIENTS);
		expect(window.health.reconnects).toBeGreaterThan(0);
		expectEveryAttemptOnce(window);
	});
});

describe("a stream without an end", () => {
	/** Events every 5 ms until the connection is closed; how long each was read from its first event. */
	async function endless(): Promise<{ server: RawServer; readMs: number[] }> {
		const readMs: number[] = [];
		const server = await rawServer((socket) => {
			const firstAt = performance.now();
			socket.write(HEAD + event(1));
			const timer = setInterval(() => socket.write(event(2)), 5);
			socket.once("close", () => {
				clearInterval(timer);
				readMs.push(performance.now() - firstAt);
			});
		});
		return { server, readMs };
	}

	it("is left after its time, and the next one is on a new connection", async () => {
		const { server, readMs } = await endless();
		const window = await loadFor(450, order(server.origin, {}, 80));
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(window.tallies.streamsLeft).toBeGreaterThan(CLIENTS);
		expect(window.tallies.streamsEnded ?? 0).toBe(0);
		expect(Math.min(...readMs)).toBeGreaterThanOrEqual(79);
		expect(seriesOf(window, "connect")?.count).toBeGreaterThan(CLIENTS);
		// None of these connections was lost.
		expect(window.health.reconnects).toBe(0);
		expectEveryAttemptOnce(window);
		await generator.end();
		await sleep(50);
		expect(readMs.length).toBe(server.requests);
	});

	it("is left when the load ends", async () => {
		const { server, readMs } = await endless();
		await generator.begin(order(server.origin));
		await sleep(100);
		const window = await generator.record(150);
		expect(window.counts.attempted).toBe(0);
		expect(window.tallies.events).toBe(seriesOf(window, "eventGap")?.count);
		// It has been answered, and nothing of it is still to come.
		expect(window.unanswered.count).toBe(0);
		await generator.end();
		await sleep(50);
		expect(readMs.length).toBe(server.requests);
		expect(server.requests).toBe(CLIENTS);
	});

	it("is open loop as well: each is planned, and the response is from there to the first event", async () => {
		const { server } = await endless();
		const load = {
			kind: "open",
			ratePerSecond: 100,
			arrivals: "constant",
			seed: 1,
			maxInFlight: 50,
			spin: false,
		} as const;
		const window = await loadFor(600, order(server.origin, { load }, 100));
		expect(Math.abs((window.tallies.planned ?? 0) - 60)).toBeLessThanOrEqual(1);
		expect(window.tallies.missed ?? 0).toBe(0);
		expect(Math.abs(window.counts.ok - 60)).toBeLessThanOrEqual(10);
		expect(seriesOf(window, "response")?.count).toBeGreaterThanOrEqual(window.counts.ok);
		expect(seriesOf(window, "response")?.meanNs).toBeGreaterThanOrEqual(window.serviceTime.meanNs ?? Number.NaN);
		// Ten are open at a time, more after a moment in which the machine did something else.
		expect(Math.abs((window.tallies.streamsLeft ?? 0) - window.counts.ok)).toBeLessThanOrEqual(25);
	});
});

describe("failures", () => {
	const silent: { what: string; answer: Answer }[] = [
		{ what: "never answers", answer: () => {} },
		{ what: "never sends an event", answer: (socket) => socket.write(HEAD) },
		{ what: "sends comments only", answer: (socket) => socket.write(HEAD + chunk(": still there\n\n")) },
		{ what: "never ends its first event", answer: (socket) => socket.write(HEAD + chunk("data: 1\n")) },
	];
	it.each(silent)("a stream that $what is a time-out", async ({ answer }) => {
		const server = await rawServer(answer);
		const window = await loadFor(200, order(server.origin, { timeoutMs: 60 }));
		expect(window.counts.errors.timeout).toBe(window.counts.attempted);
		expect(window.counts.attempted).toBeGreaterThanOrEqual(CLIENTS);
		expect(window.serviceTime.maxNs).toBe(60e6);
		expect(window.health.reconnects).toBeGreaterThan(0);
		expectEveryAttemptOnce(window);
	});

	const breaking: { what: string; end: (socket: Socket) => void }[] = [
		{ what: "its connection is reset", end: (socket) => socket.resetAndDestroy() },
		{ what: "its connection is closed", end: (socket) => socket.end() },
		{ what: "what follows is not HTTP", end: (socket) => socket.write("zz\r\n") },
		{ what: "it says nothing any more", end: () => {} },
	];
	it.each(breaking)("a stream is broken where $what", async ({ end }) => {
		const server = await rawServer((socket) => {
			socket.write(HEAD + event(1));
			setTimeout(() => {
				if (!socket.destroyed) socket.write(event(2), () => end(socket));
			}, 10);
		});
		const window = await loadFor(300, order(server.origin, { timeoutMs: 80 }));
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(window.tallies.brokenStreams).toBeGreaterThanOrEqual(CLIENTS);
		expect(window.tallies.streamsEnded ?? 0).toBe(0);
		expect(Math.abs((window.tallies.events ?? 0) - 2 * window.counts.ok)).toBeLessThanOrEqual(CLIENTS);
		expectEveryAttemptOnce(window);
	});

	it("before the first event a lost connection is an error", async () => {
		const server = await rawServer((socket) => socket.write(HEAD, () => socket.resetAndDestroy()));
		const window = await loadFor(200, order(server.origin));
		expect(window.counts.errors.reset).toBe(window.counts.attempted);
		expect(window.counts.attempted).toBeGreaterThan(0);
		expect(window.tallies.brokenStreams ?? 0).toBe(0);
		expect(server.requests).toBeLessThan(CLIENTS * 30);
	});

	const none = ["HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", "HTTP/1.1 204 No\r\n\r\n"];
	it.each(none)("a whole answer without an event is an error of protocol: %j", async (answer) => {
		const server = await rawServer((socket) => socket.write(answer));
		const window = await loadFor(200, order(server.origin));
		expect(window.counts.errors.protocol).toBe(window.counts.attempted);
		expect(window.counts.attempted).toBeGreaterThan(0);
		expect(server.requests).toBeLessThan(CLIENTS * 30);
	});

	it("an event that never ends is an error of protocol, and is not kept", async () => {
		const megabyte = chunk("x".repeat(1024 * 1024));
		const server = await rawServer((socket) => {
			socket.write(`${HEAD}${chunk("data: ")}`);
			const more = (error?: Error | null): void => {
				if (!error && socket.writable) socket.write(megabyte, more);
			};
			more();
		});
		const window = await loadFor(300, order(server.origin, { load: { kind: "closed", clients: 1 } }));
		expect(window.counts.errors.protocol).toBe(window.counts.attempted);
		expect(window.counts.attempted).toBeGreaterThan(0);
	});

	it("another status is an unexpected answer, whatever its body", async () => {
		const server = await rawServer((socket) => socket.write("HTTP/1.1 401 No\r\ncontent-length: 9\r\n\r\ndata: 1\n\n"));
		const window = await loadFor(150, order(server.origin));
		expect(window.counts.unexpectedStatus).toEqual({ 401: window.counts.attempted });
		expect(window.bodyBytes).toBe(9 * window.counts.attempted);
		expect(window.tallies.events ?? 0).toBe(0);
		expectEveryAttemptOnce(window);
	});
});

it("asks for events with its client's token, unless something else is asked for", async () => {
	const heads: string[] = [];
	const server = await rawServer((socket, _, head) => {
		heads.push(head);
		socket.write(HEAD + event(1) + END);
	});
	const request = { method: "GET", path: "/", headers: {}, body: null, tokens: ["a", "b"] };
	await loadFor(100, order(server.origin, { request }));
	await generator.end();
	expect(heads.length).toBeGreaterThan(0);
	for (const head of heads) expect(head).toMatch(/^accept: text\/event-stream$/m);
	expect(new Set(heads.map((head) => /^authorization: Bearer (.*)$/m.exec(head)?.[1]))).toEqual(new Set(["a", "b"]));
	await loadFor(100, order(server.origin, { request: { ...request, path: "/any", headers: { Accept: "*/*" } } }));
	const others = heads.filter((head) => head.startsWith("GET /any "));
	expect(others.length).toBeGreaterThan(0);
	for (const head of others) expect(head.match(/^accept: .*$/gim)).toEqual(["Accept: */*"]);
});

describe("the reference gateway", () => {
	it("streams completions to az-prof load, which end by themselves", async () => {
		const body = JSON.stringify({ stream: true, messages: [{ role: "user", content: "hello" }] });
		const window = ["-c", "8", "-d", "500ms", "--warmup", "100ms", "--out", out, "--json"];
		const { code, stdout, stderr } = await runCli(["load", "POST:/v1/chat/completions", "--body", body, ...window]);
		expect([code, stderr]).toEqual([0, ""]);
		const [completions] = recordOf(stdout, "load").measurements;
		expect(completions?.harness).toBe("sse");
		expect(completions?.counts.ok).toBeGreaterThan(8);
		expect(completions?.counts.ok).toBe(completions?.counts.attempted);
		expect(completions?.tallies.streamsEnded).toBeGreaterThan(8);
		expect(completions?.tallies.streamsLeft ?? 0).toBe(0);
		expect(completions?.tallies.brokenStreams ?? 0).toBe(0);
		expect(completions?.series.map(({ name }) => name)).toEqual(expect.arrayContaining(["eventGap", "stream"]));
	});

	it("tells its events for as long as somebody listens", async () => {
		const app = await buildApp(gatewayConfig(["--heartbeat-interval-ms", "20"]));
		try {
			const request = { method: "GET", path: "/v1/events", headers: {}, body: null };
			const window = await loadFor(450, order(await listen(app), { request }, 100));
			expect(window.counts.ok).toBe(window.counts.attempted);
			expect(window.tallies.streamsLeft).toBeGreaterThan(CLIENTS);
			expect(window.tallies.streamsEnded ?? 0).toBe(0);
			// The first event comes at once, and then a heartbeat every 20 ms.
			expect((window.tallies.events ?? 0) / window.counts.ok).toBeGreaterThan(2);
			expectEveryAttemptOnce(window);
		} finally {
			await generator.end();
			await app.close();
		}
	});
});
