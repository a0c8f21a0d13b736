import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { histogramFromPairs, valueAtQuantile } from "#src/analyse/latency/histogram.js";
import type { Arrivals } from "#src/model/load.js";
import { Slices } from "./slices.js";

const ANSWER_MS = 5;
let server: Server | null = null;
/** Requests that were under way at a time, at most. */
let mostAtOnce = 0;

async function serve(): Promise<string> {
	let underWay = 0;
	mostAtOnce = 0;
	server = createServer((_, response) => {
		mostAtOnce = Math.max(mostAtOnce, ++underWay);
		setTimeout(() => {
			underWay--;
			response.end("ok");
		}, ANSWER_MS);
	});
	await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

afterEach(() => {
	server?.closeAllConnections();
	server?.close();
});

const orderOf = (origin: string, load: Arrivals) => ({
	origin,
	request: { method: "GET", path: "/", headers: {}, body: null },
	expectedStatus: null,
	load: load.kind === "closed" ? load : { ...load, spin: false },
	timeoutMs: 5_000,
});

describe("slices", () => {
	it("of a few clients and of one take turns on one target, and each is of its own load", async () => {
		const origin = await serve();
		const slices = new Slices([4, 1].map((clients) => orderOf(origin, { kind: "closed", clients })));
		const found: [number, number][] = [];
		for (const target of [0, 1, 0, 1]) {
			mostAtOnce = 0;
			const slice = await slices.run(target, { durationMs: 10_000, answers: 12 });
			expect(slice.ok).toBeGreaterThanOrEqual(12);
			found.push([target, mostAtOnce]);
		}
		await slices.stop();
		expect(found).toEqual([
			[0, 4],
			[1, 1],
			[0, 4],
			[1, 1],
		]);
	});

	it("of requests at random times send as many as were asked for, whose time runs from when they are sent", async () => {
		const origin = await serve();
		const load = { kind: "open", ratePerSecond: 200, arrivals: "poisson", seed: 7, maxInFlight: 200 } as const;
		const slices = new Slices([orderOf(origin, load)]);
		let ok = 0;
		for (let slice = 0; slice < 10; slice++) {
			const counted = await slices.run(0, { durationMs: 100, answers: null });
			expect(counted.errors).toMatchObject({ timeout: 0, refused: 0, reset: 0 });
			ok += counted.ok;
			if (counted.ok === 0) continue;
			const p50Ns = valueAtQuantile(histogramFromPairs(counted.pairs), 0.5) as number;
			expect(p50Ns).toBeGreaterThan((ANSWER_MS - 1) * 1e6);
		}
		await slices.stop();
		// 200 of a Poisson process in a second, a standard deviation of 14; the same seed plans the same ones.
		expect(ok).toBeGreaterThan(130);
		expect(ok).toBeLessThan(270);
	});
});
