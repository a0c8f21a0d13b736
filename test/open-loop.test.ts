/** The open loop of the generator against servers whose truth is known. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type LoadGenerator, startLoadGenerator } from "#src/load/handle/generator-process.js";
import type { LoadOrder, OpenArrivals, WindowResult } from "#src/load/order/order.js";
import { distanceFromExponential, largestDistance } from "./support/kolmogorov-smirnov.js";
import { rawServer } from "./support/raw-server.js";

const HELLO = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

let generator: LoadGenerator;
beforeAll(async () => {
	generator = await startLoadGenerator({ pinnedCpus: null });
});
afterEach(() => generator.end().catch(() => {}));
afterAll(() => generator.close());

const openOrder = (
	origin: string,
	load: Partial<OpenArrivals>,
	request: Partial<LoadOrder["request"]> = {},
): LoadOrder => ({
	origin,
	request: { method: "GET", path: "/", headers: {}, body: null, ...request },
	expectedStatus: null,
	load: {
		kind: "open",
		ratePerSecond: 200,
		arrivals: "constant",
		seed: 1,
		maxInFlight: 100,
		spin: false,
		...load,
	},
	timeoutMs: 5_000,
});

async function loadFor(ms: number, order: LoadOrder): Promise<WindowResult> {
	await generator.begin(order);
	return await generator.record(ms);
}

const seriesOf = (window: WindowResult, name: string) => window.series.find((each) => each.name === name);

describe("an open loop", () => {
	it("keeps its rate whatever the answers take, on as many connections as that needs", async () => {
		const server = await rawServer((socket) => setTimeout(() => socket.write(HELLO), 100));
		const window = await loadFor(1_500, openOrder(server.origin, { ratePerSecond: 100 }));
		// 100 a second that take 100 ms: ten are under way at any time.
		expect(window.tallies.planned).toBeGreaterThanOrEqual(149);
		expect(window.tallies.planned).toBeLessThanOrEqual(151);
		expect(window.tallies.missed ?? 0).toBe(0);
		expect(Math.abs(window.counts.ok - 150)).toBeLessThanOrEqual(12);
		expect(window.unanswered.count).toBeGreaterThanOrEqual(7);
		expect(window.counts.errors).toEqual({ refused: 0, reset: 0, timeout: 0, protocol: 0, other: 0 });
	});

	it("counts what it could not send as missed, and forgets nothing", async () => {
		// Four in flight and 200 ms each: 20 of 100 a second can be sent.
		const server = await rawServer((socket) => setTimeout(() => socket.write(HELLO), 200));
		const maxInFlight = 4;
		const window = await loadFor(2_000, openOrder(server.origin, { ratePerSecond: 100, maxInFlight }));
		const { planned = 0, missed = 0 } = window.tallies;
		expect(missed / planned).toBeGreaterThan(0.75);
		expect(missed / planned).toBeLessThan(0.9);
		// What was in flight when the window opened or closed may be in one figure and not in the other.
		expect(Math.abs(planned - missed - window.counts.attempted)).toBeLessThanOrEqual(maxInFlight);
	});

	it("measures response from the planned start and service from the send", async () => {
		// Only one connection may be open, so what comes while it is busy waits: for 30 ms each, at 20 a second none does.
		const server = await rawServer((socket) => setTimeout(() => socket.write(HELLO), 30));
		const calm = await loadFor(1_000, openOrder(server.origin, { ratePerSecond: 20, maxInFlight: 50 }));
		const response = seriesOf(calm, "response");
		expect(response?.count).toBeGreaterThanOrEqual(calm.counts.ok);
		const lagNs = seriesOf(calm, "sendLag")?.meanNs ?? Number.NaN;
		// Each response is its lag and its service; so are their means, but for those that had not been answered.
		expect((response?.meanNs ?? 0) - (calm.serviceTime.meanNs ?? 0)).toBeCloseTo(lagNs, -6);
		expect(calm.serviceTime.meanNs).toBeGreaterThanOrEqual(30e6);
		// Connections stay open while they are idle.
		expect(calm.health.reconnects).toBe(0);
	});

	it("counts what has not been answered when the window closes with what it has waited", async () => {
		let silent = false;
		const server = await rawServer((socket) => {
			if (!silent) socket.write(HELLO);
		});
		await generator.begin(openOrder(server.origin, { ratePerSecond: 100, maxInFlight: 500 }));
		const recorded = generator.record(1_000);
		await sleep(500);
		silent = true;
		const window = await recorded;
		// Half of the window has no answers, and what was due in it has waited for up to 500 ms.
		expect(window.unanswered.count).toBeGreaterThanOrEqual(40);
		expect(window.unanswered.oldestNs).toBeGreaterThan(400e6);
		const response = seriesOf(window, "response");
		// One that has waited less than half of the others took tells nothing and is left out.
		const missing = window.counts.ok + window.unanswered.count - (response?.count ?? 0);
		expect(missing).toBeGreaterThanOrEqual(0);
		expect(missing).toBeLessThanOrEqual(2);
		expect(response?.maxNs).toBe(window.unanswered.oldestNs);
		expect(window.serviceTime.maxNs).toBeLessThan(400e6);
	});

	it("opens a connection anew before its server gives it up, where that says when", async () => {
		const answeredAt = new WeakMap<object, number>();
		const server = await rawServer((socket) => {
			if (performance.now() - (answeredAt.get(socket) ?? performance.now()) > 950) {
				socket.resetAndDestroy();
				return;
			}
			answeredAt.set(socket, performance.now());
			socket.write("HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 0\r\n\r\n");
		});
		const window = await loadFor(2_500, openOrder(server.origin, { ratePerSecond: 1 }));
		expect(window.counts.ok).toBeGreaterThanOrEqual(2);
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(window.health.reconnects).toBeGreaterThanOrEqual(2);
	});

	it("goes on after its server was away, and counts what was refused", async () => {
		const server = await rawServer((socket) => socket.write(HELLO));
		await generator.begin(openOrder(server.origin, { maxInFlight: 2 }));
		await server.kill();
		const window = await generator.record(600);
		const errors = Object.values(window.counts.errors).reduce((sum, each) => sum + each, 0);
		expect(window.counts.ok).toBe(0);
		expect(errors).toBe(window.counts.attempted);
		expect(window.tallies.missed).toBeGreaterThan(0);
	});
});

describe("arrivals", () => {
	it("are independent of each other: their gaps at the server are exponential", { timeout: 20_000 }, async () => {
		const arrivedMs: number[] = [];
		const server = await rawServer((socket) => {
			arrivedMs.push(performance.now());
			socket.write(HELLO);
		});
		const ratePerSecond = 60;
		await loadFor(5_000, openOrder(server.origin, { ratePerSecond, arrivals: "poisson", seed: 20_261_126 }));
		const gapsMs = arrivedMs.slice(1).map((at, index) => at - (arrivedMs[index] as number));
		expect(gapsMs.length).toBeGreaterThan(200);
		// 1 % significance: a right generator fails once in a hundred seeds, and this one is fixed.
		expect(distanceFromExponential(gapsMs, 1_000 / ratePerSecond)).toBeLessThan(largestDistance(gapsMs.length));
	});
});

describe("what each request says", () => {
	it("is filled in anew: numbers in order over all clients, and UUIDs that never come twice", async () => {
		const heads: string[] = [];
		const server = await rawServer((socket, _, head) => {
			heads.push(head);
			socket.write(HELLO);
		});
		await loadFor(
			500,
			openOrder(server.origin, {}, { path: "/items/{{seq}}", headers: { "x-request-id": "{{uuid}}" } }),
		);
		const numbers = heads.map((head) => Number(/^GET \/items\/(\d+) /.exec(head)?.[1])).sort((a, b) => a - b);
		expect(numbers).toEqual(numbers.map((_, index) => index));
		const ids = heads.map((head) => /x-request-id: ([0-9a-f-]{36})/.exec(head)?.[1]);
		expect(ids).not.toContain(undefined);
		expect(new Set(ids).size).toBe(heads.length);
	});

	it("has the token of its client, in turn", async () => {
		const seen = new Map<string, number>();
		const server = await rawServer((socket, _, head) => {
			const token = /authorization: Bearer (\S+)/.exec(head)?.[1] ?? "none";
			seen.set(token, (seen.get(token) ?? 0) + 1);
			socket.write(HELLO);
		});
		const closed = { ...openOrder(server.origin, {}, { tokens: ["one", "two", "three"] }) };
		await loadFor(300, { ...closed, load: { kind: "closed", clients: 6 } });
		expect([...seen.keys()].sort()).toEqual(["one", "three", "two"]);
	});
});
