/** Agents' loops under load, against servers whose truth is known. Every server is real; the generator is its own process. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { lowestValueOf } from "#src/analyse/latency/buckets.js";
import type { LatencyHistogram } from "#src/analyse/latency/histogram.js";
import { estimatePercentiles } from "#src/analyse/latency/percentiles.js";
import { buildApp } from "#src/gateway/app.js";
import { type LoadGenerator, startLoadGenerator } from "#src/load/handle/generator-process.js";
import type { LoadOrder, SeriesName, WindowResult } from "#src/load/order/order.js";
import { entryPoint } from "#src/process/entry-point.js";
import { gatewayConfig, listen as listenTo } from "./fixtures/running-gateway.js";
import { listen } from "./support/raw-server.js";
import { recordOf } from "./support/record-of.js";
import { runCli, temporaryFolder } from "./support/run-cli.js";
import { afterReally } from "./support/waiting.js";

const CLIENTS = 4;
const POLL_MS = 10;
const out = temporaryFolder();

let generator: LoadGenerator;
beforeAll(async () => {
	generator = await startLoadGenerator({ pinnedCpus: null });
});
afterAll(() => generator.close());

const ending: (() => void)[] = [];
afterEach(async () => {
	await generator.end().catch(() => {});
	for (const end of ending.splice(0)) end();
});

interface Asked {
	readonly method: string;
	readonly url: string;
	readonly headers: IncomingMessage["headers"];
	readonly body: string;
}
type Reply = (asked: Asked, response: ServerResponse) => void;

interface AgentServer {
	readonly origin: string;
	readonly asked: Asked[];
}

async function agentServer(reply: Reply): Promise<AgentServer> {
	const asked: Asked[] = [];
	const http = createServer((request, response) => {
		let body = "";
		request.on("data", (chunk) => {
			body += chunk;
		});
		request.on("end", () => {
			const one = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body };
			asked.push(one);
			reply(one, response);
		});
	});
	ending.push(() => {
		http.close();
		http.closeAllConnections();
	});
	return { origin: await listen(http), asked };
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
	response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}
const providerTime = (ms: number): Record<string, string> => ({
	"server-timing": `cache, provider;dur=${ms.toFixed(3)}`,
});

/** Waits for a provider for `providerMs` and says so, and before it for `ownMs`. */
const chat =
	(providerMs: number, ownMs: number): Reply =>
	(_, response) =>
		afterReally(ownMs, () => {
			const since = performance.now();
			afterReally(providerMs, () => {
				json(response, 200, { message: "hi" }, providerTime(performance.now() - since));
			});
		});

interface RunServer extends AgentServer {
	/** Looks at a run before it was finished. */
	early: number;
}

/** Runs that are finished `runMs` after they were made; `last` answers who looks at one then. */
async function runServer(runMs: number, last: (response: ServerResponse, id: string) => void): Promise<RunServer> {
	const finished = new Map<string, number>();
	let made = 0;
	const server: RunServer = {
		early: 0,
		...(await agentServer(({ method, url }, response) => {
			if (method === "POST") {
				const id = `run ${made++}`;
				finished.set(id, performance.now() + runMs);
				json(response, 201, { id, status: "created" });
				return;
			}
			const [, id = "", stream] = /^\/v1\/runs\/([^/]+)(\/stream)?$/.exec(url) ?? [];
			const at = finished.get(decodeURIComponent(id));
			if (at === undefined) {
				json(response, 404, {});
			} else if (stream !== undefined) {
				response.writeHead(200, { "content-type": "text/event-stream" });
				response.write('data: {"status":"running"}\n\n');
				afterReally(Math.max(0, at - performance.now()), () => response.end('data: {"status":"completed"}\n\n'));
			} else if (performance.now() < at) {
				server.early++;
				json(response, 200, { id, status: "running" });
			} else {
				last(response, decodeURIComponent(id));
			}
		})),
	};
	return server;
}

const order = (
	origin: string,
	changes: Partial<LoadOrder> = {},
	follow: "poll" | "stream" = "poll",
	path = "/v1/runs",
): LoadOrder => ({
	origin,
	request: {
		method: "POST",
		path,
		headers: { "content-type": "application/json" },
		body: new TextEncoder().encode('{"message":"hello"}'),
	},
	expectedStatus: null,
	load: { kind: "closed", clients: CLIENTS },
	harness: { kind: "agent", follow, pollMs: POLL_MS },
	timeoutMs: 5_000,
	...changes,
});

async function loadFor(ms: number, toLoad: LoadOrder): Promise<WindowResult> {
	await generator.begin(toLoad);
	return await generator.record(ms);
}

const seriesOf = (window: WindowResult, name: SeriesName) => window.series.find((each) => each.name === name);
const median = (blocks: readonly LatencyHistogram[]): number =>
	(estimatePercentiles(blocks)[0]?.valueNs ?? Number.NaN) / 1e6;
const medianOfSeries = (window: WindowResult, name: SeriesName): number => median(seriesOf(window, name)?.blocks ?? []);
const lowestMs = ({ serviceTime }: WindowResult): number =>
	lowestValueOf(serviceTime.histogram.buckets[0] ?? Number.NaN) / 1e6;

/** Holds for every window, whatever the server did. */
function expectEveryAttemptOnce(window: WindowResult): void {
	const { counts, serviceTime, tallies } = window;
	const errors = Object.values(counts.errors).reduce((sum, each) => sum + each, 0);
	const unexpected = Object.values(counts.unexpectedStatus).reduce((sum, each) => sum + each, 0);
	expect(counts.ok + unexpected + errors).toBe(counts.attempted);
	expect(serviceTime.histogram.totalCount).toBe(counts.ok + counts.errors.timeout);
	const told = seriesOf(window, "provider")?.count ?? 0;
	expect(told + (tallies.loopsWithoutProviderTime ?? 0)).toBe(counts.ok);
	expect(seriesOf(window, "overhead")?.count ?? 0).toBe(told);
}

describe("an answer that is the result", () => {
	it("shows what the gateway adds to its provider: 20 ms more are 20 ms more, in turn", async () => {
		const quick = await agentServer(chat(30, 0));
		const slow = await agentServer(chat(30, 20));
		const overheads = { quick: [] as number[], slow: [] as number[] };
		for (let round = 0; round < 2; round++) {
			for (const [name, server] of [["quick", quick] as const, ["slow", slow] as const]) {
				const window = await loadFor(300, order(server.origin));
				await generator.end();
				expect(window.counts.ok).toBe(window.counts.attempted);
				expect(window.counts.ok).toBeGreaterThan(CLIENTS);
				expect(medianOfSeries(window, "provider")).toBeGreaterThanOrEqual(30 * 0.999);
				expect(lowestMs(window)).toBeGreaterThanOrEqual((name === "slow" ? 50 : 30) * 0.999);
				// The whole is its two parts, in each loop and so in the mean.
				const parts = (seriesOf(window, "provider")?.meanNs ?? 0) + (seriesOf(window, "overhead")?.meanNs ?? 0);
				expect(parts / 1e3).toBeCloseTo((window.serviceTime.meanNs ?? Number.NaN) / 1e3, 0);
				overheads[name].push(medianOfSeries(window, "overhead"));
				expectEveryAttemptOnce(window);
			}
		}
		const [least, most] = [Math.min(...overheads.quick), Math.max(...overheads.quick)];
		expect(least).toBeLessThan(15);
		expect(Math.min(...overheads.slow)).toBeGreaterThanOrEqual(20 * 0.999);
		// The same server with 20 ms of waiting: what is more than that is the noise of the quick one.
		expect(Math.min(...overheads.slow) - least).toBeLessThan(20 + most + 2);
	});

	it("without a provider's time has no overhead, and needs one request", async () => {
		const server = await agentServer((_, response) => json(response, 200, { id: "chatcmpl-1", choices: [] }));
		const window = await loadFor(200, order(server.origin, {}, "poll", "/v1/chat/completions"));
		expect(window.counts.ok).toBeGreaterThan(CLIENTS);
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(window.tallies.loopsWithoutProviderTime).toBe(window.counts.ok);
		expect(Math.abs((window.tallies.steps ?? 0) - window.counts.ok)).toBeLessThanOrEqual(CLIENTS);
		expect(new Set(server.asked.map(({ method, url, body }) => `${method} ${url} ${body}`))).toEqual(
			new Set(['POST /v1/chat/completions {"message":"hello"}']),
		);
		expect(window.health.reconnects).toBe(0);
		expectEveryAttemptOnce(window);
	});
});

describe("a run", () => {
	it("is looked at until it is finished", async () => {
		const server = await runServer(60, (response, id) =>
			json(response, 200, { id, status: "completed" }, providerTime(55)),
		);
		const window = await loadFor(400, order(server.origin));
		await generator.end();
		expect(window.counts.ok).toBeGreaterThan(CLIENTS);
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(lowestMs(window)).toBeGreaterThanOrEqual(60 * 0.99);
		// At most one look each 10 ms, and one more than fits.
		expect((window.tallies.steps ?? 0) / window.counts.ok).toBeGreaterThan(2);
		expect(server.early).toBeGreaterThan(0);
		expect(server.early).toBeLessThanOrEqual(6 * server.asked.filter(({ method }) => method === "POST").length);
		expect(medianOfSeries(window, "provider")).toBeCloseTo(55, 0);
		const followed = server.asked.filter(({ method }) => method === "GET");
		for (const { url, headers, body } of followed) {
			expect(url).toMatch(/^\/v1\/runs\/run%20\d+$/);
			expect([headers["content-type"], headers["content-length"], body]).toEqual([undefined, undefined, ""]);
		}
		expectEveryAttemptOnce(window);
	});

	it("is listened to until its stream ends, and then has its result: three requests", async () => {
		const server = await runServer(60, (response, id) => json(response, 200, { id, status: "done" }, providerTime(50)));
		const window = await loadFor(400, order(server.origin, {}, "stream"));
		await generator.end();
		expect(window.counts.ok).toBeGreaterThan(CLIENTS);
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(lowestMs(window)).toBeGreaterThanOrEqual(60 * 0.99);
		expect(server.early).toBe(0);
		expect(Math.abs((window.tallies.steps ?? 0) - 3 * window.counts.ok)).toBeLessThanOrEqual(3 * CLIENTS);
		const listening = server.asked.filter(({ url }) => url.endsWith("/stream"));
		for (const { headers } of listening) expect(headers.accept).toBe("text/event-stream");
		expectEveryAttemptOnce(window);
	});

	it("is found at its Location, on this server whatever host that names, with the client's token", async () => {
		const tokens = new Map<string, Set<string | undefined>>();
		let made = 0;
		const server = await agentServer(({ method, url, headers }, response) => {
			const id = method === "POST" ? String(made++) : (/\d+$/.exec(url)?.[0] ?? "");
			const seen = tokens.get(id) ?? new Set();
			tokens.set(id, seen.add(headers.authorization));
			if (method === "POST") {
				json(response, 202, { id: "elsewhere" }, { location: `http://192.0.2.1/jobs/a?number=${id}` });
			} else {
				json(response, 200, { status: "succeeded" });
			}
		});
		const request = { ...order(server.origin).request, tokens: ["a", "b"] };
		const window = await loadFor(200, order(server.origin, { request }));
		await generator.end();
		expect(window.counts.ok).toBeGreaterThan(CLIENTS);
		expect(window.counts.ok).toBe(window.counts.attempted);
		for (const { method, url } of server.asked) {
			expect(url).toMatch(method === "POST" ? /^\/v1\/runs$/ : /^\/jobs\/a\?number=\d+$/);
		}
		expect(new Set([...tokens.values()].map((seen) => [...seen].join()))).toEqual(new Set(["Bearer a", "Bearer b"]));
	});

	const failing = [
		{ what: "as 500 where the answer is 200", status: 200, word: "failed", counted: 500 },
		{ what: "as what the answer is, where that is an error", status: 410, word: "cancelled", counted: 410 },
	];
	it.each(failing)("that has failed is an unexpected answer: $what", async ({ status, word, counted }) => {
		const server = await runServer(20, (response, id) => json(response, status, { id, status: word }));
		const window = await loadFor(250, order(server.origin));
		expect(window.counts.ok).toBe(0);
		expect(window.counts.unexpectedStatus).toEqual({ [counted]: window.counts.attempted });
		expect(window.counts.attempted).toBeGreaterThan(0);
		expect(lowestMs(window)).toBeNaN();
		expect(window.tallies.loopsWithoutProviderTime ?? 0).toBe(0);
		expectEveryAttemptOnce(window);
	});

	it.each(["poll", "stream"] as const)("that never finishes is a time-out of the whole loop (%s)", async (follow) => {
		const server = await runServer(60_000, () => {});
		const window = await loadFor(300, order(server.origin, { timeoutMs: 80 }, follow));
		await generator.end();
		// What was on its way is there by then.
		await sleep(50);
		expect(window.counts.errors.timeout).toBe(window.counts.attempted);
		expect(window.counts.attempted).toBeGreaterThanOrEqual(CLIENTS);
		expect(window.serviceTime.maxNs).toBe(80e6);
		const made = server.asked.filter(({ method }) => method === "POST").length;
		expect(server.asked.length).toBeLessThanOrEqual(made * (1 + 80 / POLL_MS));
		// Nothing is asked for any more when the load has ended.
		const asked = server.asked.length;
		await sleep(50);
		expect(server.asked.length).toBe(asked);
		expectEveryAttemptOnce(window);
	});
});

describe("an open loop", () => {
	it("has the whole of each loop from its planned start", async () => {
		const server = await runServer(40, (response, id) => json(response, 200, { id, status: "done" }, providerTime(35)));
		const load = {
			kind: "open",
			ratePerSecond: 100,
			arrivals: "constant",
			seed: 1,
			maxInFlight: 50,
			spin: false,
		} as const;
		const window = await loadFor(600, order(server.origin, { load }));
		expect(Math.abs((window.tallies.planned ?? 0) - 60)).toBeLessThanOrEqual(1);
		expect(window.tallies.missed ?? 0).toBe(0);
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(Math.abs(window.counts.ok - 60)).toBeLessThanOrEqual(8);
		expect(seriesOf(window, "response")?.count).toBeGreaterThanOrEqual(window.counts.ok);
		expect(seriesOf(window, "response")?.meanNs).toBeGreaterThanOrEqual(window.serviceTime.meanNs ?? Number.NaN);
		// Idle connections are kept for the next loop: there are as many as loops at a time, not as loops.
		expect(window.health.reconnects).toBe(0);
		expectEveryAttemptOnce(window);
	});
});

describe("failures", () => {
	it("in the middle of a loop are errors of it", async () => {
		const server = await agentServer(({ method }, response) => {
			if (method === "POST") json(response, 201, { id: "1", status: "queued" });
			else response.destroy();
		});
		const window = await loadFor(200, order(server.origin));
		expect(window.counts.errors.reset).toBe(window.counts.attempted);
		expect(window.counts.attempted).toBeGreaterThan(0);
		expect(server.asked.length).toBeLessThan(CLIENTS * 60);
		expectEveryAttemptOnce(window);
	});

	it("of status: 401 at once, 404 where the run is not found", async () => {
		const closed = await agentServer((_, response) => json(response, 401, { id: "1", status: "queued" }));
		const refused = await loadFor(150, order(closed.origin));
		expect(refused.counts.unexpectedStatus).toEqual({ 401: refused.counts.attempted });
		expect(refused.counts.attempted).toBeGreaterThan(0);
		await generator.end();
		const empty = await agentServer(({ method }, response) => {
			json(response, method === "POST" ? 201 : 404, { id: "1", status: "queued" });
		});
		const lost = await loadFor(200, order(empty.origin));
		expect(lost.counts.unexpectedStatus).toEqual({ 404: lost.counts.attempted });
		expect(lost.counts.attempted).toBeGreaterThan(0);
	});

	it("lose nothing where the server closes its connection after each answer", async () => {
		const server = await agentServer(({ method }, response) => {
			const status = method === "POST" ? "queued" : "completed";
			json(response, 200, { id: "1", status }, { connection: "close" });
		});
		const window = await loadFor(200, order(server.origin));
		expect(window.counts.ok).toBeGreaterThan(CLIENTS);
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(window.health.reconnects).toBeGreaterThanOrEqual(window.counts.ok);
	});
});

describe("the reference gateway", () => {
	// 20 ms to the first token and 5 ms to each of two more.
	const provider = ["--provider", "latency", "--provider-tokens", "3", "--provider-first-token-ms", "20"];
	const flags = [...provider, "--provider-token-ms", "5", "--provider-spread-percent", "0"];
	const PROVIDER_MS = 30;

	it("tells az-prof load what is its own in a chat and in a run", async () => {
		const gateway = [process.execPath, entryPoint("gateway/main"), "--no-auth", "--rate-limit-max", "0"];
		const loop = ["--agent-loop", "--poll", "10ms", "--body", '{"message":"hello"}', "-c", "4"];
		const window = ["-d", "500ms", "--warmup", "100ms", "--out", out, "--json"];
		const endpoints = ["POST:/api/chat", "POST:/v1/runs"];
		const target = ["--", ...gateway, "--log", "none", ...flags];
		const { code, stdout, stderr } = await runCli(["load", ...endpoints, ...loop, ...window, ...target]);
		expect([code, stderr]).toEqual([0, ""]);
		const { measurements } = recordOf(stdout, "load");
		expect(measurements.length).toBe(endpoints.length);
		for (const { harness, counts, tallies, series } of measurements) {
			expect(harness).toBe("agent");
			expect(counts.ok).toBeGreaterThan(4);
			expect(counts.ok).toBe(counts.attempted);
			expect(tallies.loopsWithoutProviderTime ?? 0).toBe(0);
			const meanNs = (name: SeriesName) => series.find((each) => each.name === name)?.meanNs ?? Number.NaN;
			expect(meanNs("provider")).toBeGreaterThanOrEqual(PROVIDER_MS * 0.95e6);
			expect(meanNs("overhead")).toBeLessThan(meanNs("provider"));
		}
		const [chats, runs] = measurements.map(({ tallies, counts }) => (tallies.steps ?? 0) / counts.ok);
		expect(chats).toBeLessThan(1.5);
		expect(runs).toBeGreaterThan(2.5);
	});

	it("is listened to until a run's stream ends", async () => {
		const app = await buildApp(gatewayConfig(flags));
		ending.push(() => void app.close());
		const window = await loadFor(400, order(await listenTo(app), {}, "stream"));
		await generator.end();
		expect(window.counts.ok).toBeGreaterThan(CLIENTS);
		expect(window.counts.ok).toBe(window.counts.attempted);
		expect(window.tallies.loopsWithoutProviderTime ?? 0).toBe(0);
		expect(Math.abs((window.tallies.steps ?? 0) - 3 * window.counts.ok)).toBeLessThanOrEqual(3 * CLIENTS);
		expect(medianOfSeries(window, "provider")).toBeGreaterThanOrEqual(PROVIDER_MS * 0.95);
		expect(medianOfSeries(window, "overhead")).toBeLessThan(medianOfSeries(window, "provider"));
		expectEveryAttemptOnce(window);
	});
});
